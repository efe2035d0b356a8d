"""``bot extend``: more time for one reporter, with who granted it and why; seen before it is kept."""

from __future__ import annotations

import getpass
from datetime import datetime  # noqa: TC003  Typer reads the annotations while the program runs
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.doors import opened
from bot.deadline import late_days
from bot.language import VIETNAM, moment, one_line
from bot.model import Refused, Reporter, Why
from bot.runners.extending import grant_time, owed_forms
from bot.terminal import err, give_up, out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.daemon import Daemon
    from bot.model import Extension, Obligation, Rulebook

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
    rulebook, who = daemon.rulebook, getpass.getuser()
    granting = grant_time(owed, until, reason, who, now, rulebook)
    if isinstance(granting, Refused):
        give_up(_tell(granting))
    for old, change in zip(owed, granting.changes, strict=True):
        _print_change(old, change.after, rulebook)
        if change.late_days:
            err.print(f"  Lưu ý: thời hạn mới cũng đã qua {change.late_days} ngày.")
        elif was := late_days(old.deadline, now, rulebook.workdays):
            out.print(f"  Hiện đang quá hạn {was} ngày; sau khi gia hạn thì chưa quá hạn.")
    if not yes:
        out.print("Chỉ xem trước, chưa ghi gì. Để ghi, thêm --yes.")
        return
    daemon.ledger.extend(granting.extensions)
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


def _owed(daemon: Daemon, whom: str, forms: Sequence[str], today: date) -> Sequence[Obligation]:
    """Return what the reporter owes for those forms, as it holds now; gives up where one of them is not owed."""
    from bot.status import find_subject

    reporter = find_subject(daemon.rulebook, whom.strip(), today)
    if not isinstance(reporter, Reporter):
        give_up(f"Không có đơn vị báo cáo nào là {whom}.")
    found = owed_forms(reporter, forms, daemon.extended_rulebook(), today)
    if isinstance(found, Refused):
        give_up(_tell(found))
    return found


def _tell(refused: Refused) -> str:
    """Return why there is no such extension, with what to write instead."""
    named, known = refused.named, ", ".join(refused.known)
    match refused.why:
        case Why.NO_REASON:
            return "Hãy ghi lý do sau --reason."
        case Why.NO_FORMS:
            return f"Hãy ghi biểu được gia hạn; {named} đang phải gửi: {known}."
        case Why.NOT_OWED:
            there = ", ".join(refused.known[1:])
            return f"{refused.known[0]} không phải gửi {named} theo thời hạn nào; có: {there}."
        case Why.IN_SEVERAL:
            return f"{named} có trong nhiều đợt; hãy ghi rõ một trong: {known}."
        case Why.NOT_LATER:
            return f"{named} có thời hạn {known}; ngày gia hạn phải sau ngày đó."
        case Why.AFTER_CLOSE:
            closed, family = refused.known
            return (
                f"Đợt {named} chỉ được theo dõi đến ngày {closed}; hãy ghi closed muộn hơn trong "
                f"rules/{family}/campaign.toml rồi gia hạn."
            )
    raise ValueError(f"no extension is refused for {refused.why}")


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
