"""What ``bot status`` prints: each campaign under way on one screen, or one reporter in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

from bot.language import VIETNAM, day, fold, moment, one_line
from bot.model import Outcome, State
from bot.reply.board import MAX_CALLS, Board
from bot.reply.facts import count_days
from bot.reply.names import name_form, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from rich.console import Console

    from bot.adapters.ledger import Aside, Counts, PossiblySent, Unreachable
    from bot.model import Campaign, Reporter, Rulebook, SignedCopy, Silence, Standing
    from bot.reply.board_lines import CallLine, Matrix
    from bot.reply.lines import Due

STATES = {
    State.NOTHING: ("chưa gửi", "dim"),
    State.RETURNED: ("cần sửa", "red"),
    State.ACCEPTED: ("đạt", "green"),
    State.NIL: ("không có nội dung phải báo cáo", "green"),
}
_LETTERS = {
    "": ("–", "dim"),
    "accepted": ("Đ", "green"),
    "queried": ("G", "yellow"),
    "late": ("M", "green"),
    "nil": ("K", "green"),
    "returned": ("S", "bold red"),
    "overdue": ("Q", "red"),
    "extended": ("H", "cyan"),
    "nothing": ("·", ""),
}
_LEGEND = (
    "Đ: đạt; G: đạt, còn nội dung cần giải trình; M: đạt, nhận sau thời hạn; K: không có nội dung phải báo cáo;\n"
    "S: cần sửa; Q: chưa gửi, đã qua thời hạn; H: được gia hạn; ·: chưa gửi; –: không phải nộp."
)
_NAME = 20
_MAX_ASIDE = 20


def find_subject(rulebook: Rulebook, words: str, today: date) -> Campaign | Reporter | None:
    """Return the campaign or reporter that *words* name, by id, code or name; None where there is none.

    Of several reporters of one name that of *today* is meant: a province keeps its name when it takes in another.
    """
    for campaign in rulebook.campaigns:
        if campaign.id == words:
            return campaign
    wanted = fold(words)
    named = [
        one
        for one in rulebook.reporters
        if one.code == words or wanted in {fold(one.name), fold(one.full_name), *map(fold, one.aliases)}
    ]
    return max(named, key=lambda one: (one.code == words, one.exists(today)), default=None)


def print_status(
    rulebook: Rulebook,
    standing: Sequence[Standing],
    counts: Counts,
    now: datetime,
    out: Console,
    campaign: Campaign | None = None,
    unreachable: Sequence[Unreachable] = (),
    silences: Sequence[Silence] = (),
) -> None:
    """Print each campaign under way, or the one named; how much mail waits; who is out of reach, or above a cap."""
    under_way = (campaign,) if campaign else rulebook.under_way(now.astimezone(VIETNAM).date())
    if not under_way:
        others = ", ".join(one.id for one in rulebook.campaigns[-3:])
        out.print(
            f"Hôm nay không có đợt báo cáo nào đang theo dõi. Xem một đợt: bot status {others or '…'}", markup=False
        )
    for one in under_way:
        own = [each for each in standing if each.obligation.campaign == one.id]
        _print_campaign(one, Board(one.id, own, rulebook, now), out)
    out.print(
        f"Thư đã nhận: {counts.received_total}; chưa xử lý: {counts.undecided}; sự cố để riêng: {counts.set_aside}. "
        f"Thư gửi đi: {counts.outbox_sent} đã gửi, {counts.outbox_pending} đang chờ, "
        f"{counts.outbox_dead} không gửi được."
    )
    held = counts.by_outcome.get(Outcome.HELD, 0)
    if held:
        out.print(f"Thư chờ Bộ xác nhận người gửi: {held}. Xem và xác nhận: bot held")
    for address in unreachable:
        out.print(
            f"Thư gửi {address.address} bị trả lại từ {moment(address.since)} ({address.status}); đã thôi đôn đốc "
            "tới đó, đến khi có thư từ địa chỉ này.",
            markup=False,
        )
    for silence in silences:
        out.print(_silence(silence), markup=False)
    if counts.oldest_undecided:
        out.print(f"Thư chờ lâu nhất: nhận lúc {moment(counts.oldest_undecided)}.")


def print_sign_in(ends: date | None, out: Console) -> None:
    """Print that the permission to sign in at the mail server ends on *ends*; nothing where that is far away."""
    if ends is not None:
        out.print(
            f"Quyền đăng nhập hộp thư hết hạn ngày {day(ends)}; hãy gia hạn ở nhà cung cấp rồi sửa expires trong mục "
            "[oauth], hoặc chạy bot sign-in.",
            markup=False,
        )


def print_set_aside(aside: Sequence[Aside], out: Console, most: int | None = _MAX_ASIDE) -> None:
    """Print each message on which we failed, why, and how it is tried again; of more than *most* the first ones."""
    for one in aside[:most]:
        out.print(
            f"Thư {one.receipt}, nhận lúc {moment(one.received_at)}, gặp sự cố và được để riêng: "
            f"{one_line(one.error, 200)}. Đã khắc phục thì chạy: bot reprocess {one.receipt} --yes",
            markup=False,
        )
    if most is not None and len(aside) > most:
        out.print(f"… và {len(aside) - most} thư khác; xem: bot reprocess", markup=False)


def print_possibly_sent(held: Sequence[PossiblySent], out: Console, most: int | None = _MAX_ASIDE) -> None:
    """Print each mail that may have been sent, to whom and when; of more than *most* the first ones."""
    for one in held[:most]:
        why = f" ({one_line(one.error, 200)})" if one.error else ""
        out.print(
            f"Thư số {one.number} gửi {', '.join(one.to)} lúc {moment(one.handed_at)} có thể đã gửi, không tự gửi lại"
            f"{why}: {one_line(one.subject, 200)}. Gửi lại: bot outbox resend {one.number} --yes; "
            f"thôi: bot outbox drop {one.number} --yes",
            markup=False,
        )
    if most is not None and len(held) > most:
        out.print(f"… và {len(held) - most} thư khác; xem: bot outbox", markup=False)


def _silence(one: Silence) -> str:
    who = f"Địa chỉ {one.address}" if one.address else "Mọi địa chỉ"
    lost = f"{one.dropped} thư không trả lời, " if one.dropped else ""
    return (
        f"{who} gửi nhiều thư hơn mức được trả lời, từ {moment(one.since)} đến {moment(one.last_at)}: "
        f"{lost}{one.waited} thư phải chờ trả lời."
    )


def _print_campaign(campaign: Campaign, board: Board, out: Console) -> None:
    out.print(f"[bold]{escape(campaign.title)}[/] ({escape(campaign.id)})")
    if not board.reporters:
        out.print("Chưa đơn vị nào phải nộp.\n")
        return
    for one in board.list_progress():
        said = f"đạt {one.accepted}, cần sửa {one.returned}, chưa gửi {one.missing}"
        full = f"{one.complete}/{one.reporters} đơn vị đủ; " if one.many else ""
        copies = f"; bản ký {one.signed}/{one.signed_asked} đơn vị" if one.signed_asked else ""
        _print_item(f"{one.forms}, {_due(one.due)}: {full}{said}{copies}.", out)
    calls = board.list_calls()
    _print_matrix(board.draw_matrix(), {name: line for line in calls for name in line.reporters}, out)
    _print_calls(calls, out)
    _print_extended(board, out)
    out.print()


def _print_extended(board: Board, out: Console) -> None:
    """Print who has more time than the others, for what and why."""
    for line in board.list_extended():
        _print_item(f"Gia hạn cho {line.reporter}: {line.forms}, {line.words}; lý do: {line.reason}.", out)


def _due(due: Due) -> str:
    if not due.words:
        return "văn bản không nêu thời hạn"
    reason = f"; theo gia hạn: {due.reason}" if due.reason else ""
    if due.days is None:
        return due.words
    far = f"còn {due.days} ngày" if due.days > 0 else "hôm nay" if due.days == 0 else f"đã qua {-due.days} ngày"
    return f"{due.words} ({far}{reason})"


def _print_matrix(matrix: Matrix, late: dict[str, CallLine], out: Console) -> None:
    """Print a letter for each form; the forms that are overdue are named where the terminal has room for them."""
    out.print(f"\n{_LEGEND}", highlight=False)
    titles, dues, heads, totals = Text(" " * _NAME), Text("Thời hạn".ljust(_NAME)), Text("Đơn vị".ljust(_NAME)), Text()
    totals.append("Số đơn vị đạt".ljust(_NAME))
    for group in matrix.groups:
        titles.append(f" {group.title}".ljust(group.space + 1))
        dues.append(f" {group.due}".ljust(group.space + 1))
        heads.append(_align(group.heads, group.widths).ljust(group.space + 1))
        totals.append(_align(map(str, group.totals), group.widths).ljust(group.space + 1))
    for line in (titles, dues, heads, totals):
        if line.plain.strip():
            line.rstrip()
            line.stylize("bold")
            out.print(line, no_wrap=True, overflow="crop", crop=True)
    for region in matrix.regions:
        out.print(f"{region.name or 'Khác'}: {region.complete}/{len(region.rows)}", style="dim", highlight=False)
        for row in region.rows:
            text = Text(row.reporter[: _NAME - 2].ljust(_NAME - 1) + " ")
            for group, marks in zip(matrix.groups, row.marks, strict=True):
                for mark, width in zip(marks, group.widths, strict=True):
                    letter, style = _LETTERS[mark.state]
                    text.append(letter.rjust(width), style)
                text.append(" " * (group.space + 1 - sum(group.widths)))
            text.rstrip()
            if row.reporter in late:
                _append_overdue(text, late[row.reporter], out.width)
            out.print(text, no_wrap=True, overflow="ellipsis", highlight=False)


def _align(words: Iterable[str], widths: Sequence[int]) -> str:
    return "".join(word.rjust(width) for word, width in zip(words, widths, strict=True))


def _append_overdue(text: Text, line: CallLine, width: int) -> None:
    """Add what is overdue: by name where that fits, else by number."""
    for said in (f"  quá hạn: {line.missing}", f"  quá hạn {line.count}"):
        if text.cell_len + len(said) <= width:
            text.append(said, "red")
            return


def _print_calls(calls: Sequence[CallLine], out: Console) -> None:
    if not calls:
        return
    out.print("\nQuá hạn", style="bold")
    for line in calls[:MAX_CALLS]:
        many = f" ({len(line.reporters)} đơn vị)" if len(line.reporters) > 1 else ""
        silent = "; chưa gửi nội dung nào" if line.silent else ""
        _print_item(f"{', '.join(line.reporters)}{many}: {line.missing}, {line.overdue_days} ngày{silent}.", out)
    rest = [f"{name} ({line.count})" for line in calls[MAX_CALLS:] for name in line.reporters]
    if rest:
        _print_item(f"Các đơn vị khác (số nội dung còn thiếu): {', '.join(rest)}.", out)


def _print_item(said: str, out: Console) -> None:
    out.print(f"  – {said}", markup=False, highlight=False)


def print_reporter(
    reporter: Reporter, rulebook: Rulebook, standing: Sequence[Standing], now: datetime, out: Console
) -> None:
    """Print all that one reporter owes in the campaigns under way, and in those in which it has sent something."""
    out.print(f"[bold]{escape(reporter.full_name)}[/] ({reporter.code}): {escape(reporter.addressee)}")
    addresses = ", ".join(reporter.addresses) or "chưa có trong danh bạ"
    out.print(f"Địa chỉ thư: {addresses}", markup=False, highlight=False)
    today = now.astimezone(VIETNAM).date()
    shown = False
    for campaign in rulebook.campaigns:
        own = [
            one
            for one in standing
            if (one.obligation.campaign, one.obligation.reporter) == (campaign.id, reporter.code)
        ]
        if own and (campaign.is_under_way(today) or any(one.state is not State.NOTHING for one in own)):
            _print_owed(campaign, own, rulebook, now, out)
            shown = True
    if not shown:
        out.print("Hiện không phải nộp nội dung nào của các đợt đang theo dõi.")


def _print_owed(campaign: Campaign, own: Sequence[Standing], rulebook: Rulebook, now: datetime, out: Console) -> None:
    copies = {one.obligation.signed for one in own if one.lacks_signed_copy}
    left = sum(not one.done for one in own) + len(copies)
    done = f"còn {left} nội dung" if left else "đã hoàn thành"
    out.print(f"\n[bold]{escape(campaign.title)}[/] ({escape(campaign.id)}): {done}")
    groups: dict[Due, list[Standing]] = {}
    for one in own:
        groups.setdefault(count_days(one.obligation.deadline, now), []).append(one)
    for due, items in groups.items():
        said = _due(due)
        out.print(f"  {said[:1].upper()}{said[1:]}", markup=False, highlight=False)
        for one in items:
            words, style = STATES[one.state]
            title = title_of(rulebook, campaign.id, one.obligation.form)
            text = Text(f"    {title}: ").append(words, style).append(_details(one))
            out.print(text, highlight=False)
        for form, copy in {one.obligation.signed: one.signed for one in items if one.obligation.signed}.items():
            words, style = ("chưa gửi", "dim") if copy is None else ("đã nhận", "green")
            text = Text(f"    Bản ký của {name_form(rulebook, campaign.id, form)}: ").append(words, style)
            out.print(text.append(_copy_details(copy) if copy else ""), highlight=False)


def _copy_details(copy: SignedCopy) -> str:
    """Return what is known of a signed copy: its number and day where its text says them, its file and receipt."""
    facts = [
        f"số {copy.number}" if copy.number else "",
        f"ký ngày {day(copy.day)}" if copy.day else "",
        f"tệp {copy.file}",
        f"mã biên nhận {copy.receipt}" if copy.receipt else "",
    ]
    return "".join(f", {fact}" for fact in facts if fact)


def _details(one: Standing) -> str:
    """Return what is known of the last sending: its day, number, lateness, findings and receipt."""
    if one.state is State.NOTHING:
        return ""
    facts = [
        f"ngày {day(one.when.astimezone(VIETNAM).date())}" if one.when else "",
        f"lần nộp {one.revision}" if one.revision else "",
        f"chậm {one.late_days} ngày" if one.late_days else "",
        f"{one.errors} lỗi" if one.errors else "",
        f"{one.queries} nội dung cần giải trình" if one.queries else "",
        f"mã biên nhận {one.receipt}" if one.receipt else "",
    ]
    return "".join(f", {fact}" for fact in facts if fact)
