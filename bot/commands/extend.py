"""``bot extend``: more time for one reporter, with who granted it and why; seen before it is kept."""

from __future__ import annotations

import getpass
from datetime import datetime  # noqa: TC003  Typer reads the annotations while the program runs
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.doors import opened
from bot.deadline import late_days
from bot.language import VIETNAM, moment, no_later_than, one_line
from bot.language import day as in_words
from bot.model import Extension, Reporter
from bot.terminal import err, give_up, out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.daemon import Daemon
    from bot.model import Obligation, Rulebook

_LONGEST_REASON = 300


def extend(
    whom: Annotated[
        str | None, typer.Argument(help="Mã hoặc tên đơn vị (48, Đà Nẵng); không ghi thì xem.", metavar="WHOM")
    ] = None,
    forms: Annotated[
        list[str] | None, typer.Argument(help="Mã biểu hoặc báo cáo: I.1, hoặc 2012-kkt-kcn/I.1.", metavar="FORM…")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="Ngày cuối được nộp, ghi như 2012-07-20.", metavar="DAY"),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Lý do; được ghi trong thư gửi đơn vị.", metavar="TEXT")] = "",
    back: Annotated[bool, typer.Option("--back", help="Thôi gia hạn: trở lại thời hạn của văn bản.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ghi lại; nếu không có thì chỉ xem trước.")] = False,
) -> None:
    """Gia hạn cho một đơn vị; kết luận, đôn đốc, bảng tổng hợp theo thời hạn mới ngay.

    Dùng khi Bộ đồng ý cho một đơn vị nộp muộn hơn.

    Ví dụ: bot extend 48 I.1 --until 2012-07-20 --reason "Chờ số liệu của KCN mới" --yes

    Không có --yes thì chỉ cho xem. Người ghi và thời điểm ghi được lưu lại; --back thôi gia hạn. Không ghi đơn vị nào
    thì in mọi lần gia hạn đã ghi. Không thư nào được gửi ngay; thư đôn đốc đang chờ gửi theo thời hạn cũ được rút.
    """
    with opened() as daemon:
        if whom is None:
            _print_all(daemon.ledger.extensions(ended=True), daemon.rulebook)
            return
        now = daemon.clock.now()
        owed = _owed(daemon, whom, forms or [], now.astimezone(VIETNAM).date())
        if back:
            _take_back(daemon, owed, now, yes=yes)
        elif until is None:
            give_up("Hãy ghi ngày cuối được nộp sau --until, hoặc --back để thôi gia hạn.")
        else:
            _grant(daemon, owed, until.date(), one_line(reason, _LONGEST_REASON), now, yes=yes)


def _grant(daemon: Daemon, owed: Sequence[Obligation], until: date, reason: str, now: datetime, *, yes: bool) -> None:
    if not reason:
        give_up("Hãy ghi lý do sau --reason.")
    rulebook, who = daemon.rulebook, getpass.getuser()
    for one in owed:
        _refuse_day(one, until, rulebook)
    words = no_later_than(until)
    granted = [Extension(one.campaign, one.form, one.reporter, until, words, reason, who, now) for one in owed]
    for old, new in zip(owed, granted, strict=True):
        _print_change(old, new.deadline.words, rulebook)
        was, will = (late_days(each, now, rulebook.workdays) for each in (old.deadline, new.deadline))
        if will:
            err.print(f"  Lưu ý: thời hạn mới cũng đã qua {will} ngày.")
        elif was:
            out.print(f"  Hiện đang quá hạn {was} ngày; sau khi gia hạn thì chưa quá hạn.")
    if not yes:
        out.print("Chỉ xem trước, chưa ghi gì. Để ghi, thêm --yes.")
        return
    daemon.ledger.extend(granted)
    out.print(f"Đã gia hạn, người ghi: {who}.", markup=False)


def _take_back(daemon: Daemon, owed: Sequence[Obligation], now: datetime, *, yes: bool) -> None:
    holding = {(one.campaign, one.form, one.reporter) for one in daemon.ledger.extensions()}
    ended = [one for one in owed if (one.campaign, one.form, one.reporter) in holding]
    if not ended:
        give_up("Các nội dung này không có gia hạn nào đang có hiệu lực.")
    for one in ended:
        letters = daemon.rulebook.obligation(one.campaign, one.form, one.reporter)
        _print_change(one, letters.deadline.words if letters and letters.deadline else "", daemon.rulebook)
    if not yes:
        out.print("Chỉ xem trước, chưa ghi gì. Để ghi, thêm --yes.")
        return
    daemon.ledger.end_extensions(ended, getpass.getuser(), now)
    out.print("Đã thôi gia hạn.")


def _owed(daemon: Daemon, whom: str, forms: Sequence[str], today: date) -> list[Obligation]:
    """Return what the reporter owes for those forms, as it holds now; gives up where one of them is not owed."""
    from bot.status import find_subject

    reporter = find_subject(daemon.rulebook, whom.strip(), today)
    if not isinstance(reporter, Reporter):
        give_up(f"Không có đơn vị báo cáo nào là {whom}.")
    rulebook = daemon.extended_rulebook()
    own = [one for one in rulebook.owed_by(reporter.code) if one.deadline]
    here = {one.id for one in rulebook.under_way(today)}
    # What is asked for today is meant first; an older campaign may still be corrected.
    current = [one for one in own if one.campaign in here]
    if not forms:
        give_up(f"Hãy ghi biểu được gia hạn; {reporter.name} đang phải gửi: {_listed(current or own)}.")
    found = []
    for form in forms:
        named = _named(form, current) or _named(form, own)
        if not named:
            give_up(f"{reporter.name} không phải gửi {form} theo thời hạn nào; có: {_listed(current or own)}.")
        if len(named) > 1:
            give_up(f"{form} có trong nhiều đợt; hãy ghi rõ một trong: {_listed(named)}.")
        found += named
    return list(dict.fromkeys(found))


def _named(form: str, owed: Sequence[Obligation]) -> list[Obligation]:
    wanted = form.strip().casefold()
    return [one for one in owed if wanted in (one.form.casefold(), f"{one.campaign}/{one.form}".casefold())]


def _listed(owed: Sequence[Obligation]) -> str:
    return ", ".join(f"{one.campaign}/{one.form}" for one in owed)


def _refuse_day(owed: Obligation, until: date, rulebook: Rulebook) -> None:
    """Give up where the day is no extension, or where nobody would follow it any more."""
    campaign, deadline = rulebook.campaign(owed.campaign), owed.deadline
    if deadline is not None and until <= deadline.day and not deadline.reason:
        give_up(f"{owed.form} có thời hạn {deadline.words}; ngày gia hạn phải sau ngày đó.")
    if campaign.last_day is not None and until > campaign.last_day:
        closed = in_words(campaign.last_day)
        give_up(
            f"Đợt {campaign.id} chỉ được theo dõi đến ngày {closed}; hãy ghi closed muộn hơn trong "
            f"rules/{campaign.family}/campaign.toml rồi gia hạn."
        )


def _print_change(owed: Obligation, words: str, rulebook: Rulebook) -> None:
    reporter = rulebook.reporter(owed.reporter)
    title = rulebook.title(owed.campaign, owed.form)
    before = owed.deadline.words if owed.deadline else ""
    out.print(f"{reporter.name}, {title}: {before} → {words}", markup=False)


def _print_all(extensions: Sequence[Extension], rulebook: Rulebook) -> None:
    if not extensions:
        out.print("Chưa gia hạn cho đơn vị nào.")
        return
    names = {one.code: one.name for one in rulebook.reporters}
    for one in extensions:
        state = f"thôi từ {moment(one.ended_at)}, người ghi {one.ended_by}" if one.ended_at else "đang có hiệu lực"
        out.print(
            f"{names.get(one.reporter, one.reporter)}, {one.campaign}/{one.form}: {one.words}; {state}.\n"
            f"  Lý do: {one.reason}. Ghi lúc {moment(one.at)}, người ghi {one.who}.",
            markup=False,
        )
