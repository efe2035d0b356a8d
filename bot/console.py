"""What the command line prints: findings, standings, one message; for people, and as JSON for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from bot.language import day, moment, number
from bot.model import Outcome, RefusalReason, Severity, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bot.adapters.ledger import Counts, Shown
    from bot.model import Finding, Part, Rulebook, Settlement, Standing
    from bot.runners.check import Checked
    from bot.runners.doctor import Examined

VERDICTS = {
    Outcome.ACCEPTED: ("đạt yêu cầu", "green"),
    Outcome.RETURNED: ("cần chỉnh sửa", "red"),
    Outcome.DUPLICATE: ("đã gửi trước đây", "cyan"),
    Outcome.REFUSED: ("không đọc được", "red"),
    Outcome.HELD: ("chờ Bộ xem xét", "yellow"),
    Outcome.IGNORED: ("không phải trả lời", "dim"),
    Outcome.FAILED: ("sự cố của hệ thống", "red"),
}
REASONS = {
    RefusalReason.NO_ATTACHMENT: "thư không có tệp đính kèm",
    RefusalReason.WRONG_TYPE: "không phải tệp bảng tính",
    RefusalReason.EMPTY_FILE: "tệp rỗng (0 byte)",
    RefusalReason.ENCRYPTED: "tệp có mật khẩu",
    RefusalReason.DAMAGED: "tệp bị hỏng hoặc bị cắt",
    RefusalReason.TOO_LARGE: "tệp quá lớn",
    RefusalReason.UNKNOWN_FORM: "không tìm thấy biểu nào của đợt báo cáo",
    RefusalReason.AMBIGUOUS_FORM: "một trang giống hai biểu",
    RefusalReason.EMPTY_FORM: "biểu chưa có dòng số liệu nào",
    RefusalReason.OTHER_REPORTER: "tệp ghi tên đơn vị khác",
}
_STATES = {
    State.NOTHING: "[dim]chưa gửi[/]",
    State.RETURNED: "[red]cần sửa[/]",
    State.ACCEPTED: "[green]đạt[/]",
    State.NIL: "[green]không phát sinh[/]",
}
_SEVERITIES = {Severity.ERROR: "Lỗi", Severity.QUERY: "Giải trình", Severity.NOTE: "Ghi chú"}
_LINES = 40


def print_checked(checked: Sequence[Checked], out: Console, *, as_json: bool) -> None:
    """Print the verdict on each file with all its findings."""
    if as_json:
        values = [
            {
                "file": one.file,
                "exit_code": one.exit_code,
                "fault": one.fault,
                "parts": [{key: value for key, value in asdict(part).items() if key != "table"} for part in one.parts],
            }
            for one in checked
        ]
        out.print_json(json.dumps(values, ensure_ascii=False, default=str))
        return
    for one in checked:
        if one.fault:
            out.print(f"[bold]{escape(one.file)}[/]: [red]không kiểm tra được[/] ({escape(one.fault)})")
        for part in one.parts:
            _print_part(part, out, most=None)


def print_settlement(file: str, settlement: Settlement, out: Console) -> None:
    """Print what becomes of a mail: its outcome, its parts, and the mails that answer it."""
    decision = settlement.decision
    words, style = VERDICTS[decision.outcome]
    out.print(f"[bold]{escape(file)}[/]: [{style}]{words}[/] – {decision.receipt}{escape(_because(decision.why))}")
    if decision.outcome is Outcome.REFUSED and decision.reason and not decision.parts:
        out.print(f"  {REASONS[decision.reason]}")
    for part in decision.parts:
        _print_part(part, out, most=_LINES)
    for mail in settlement.mails:
        out.print(f"  → {escape(', '.join(mail.to))}: {escape(mail.subject)}")
    if not settlement.mails:
        out.print("  → không gửi thư nào")


def print_status(rulebook: Rulebook, standing: Sequence[Standing], counts: Counts, out: Console) -> None:
    """Print who has sent what, and how much waits."""
    for campaign in rulebook.campaigns:
        rows = [one for one in standing if one.obligation.campaign == campaign.id]
        table = Table(title=escape(campaign.title), title_justify="left")
        table.add_column("Đơn vị")
        for form in campaign.forms:
            table.add_column(f"Biểu {form}")
        cells = {(one.obligation.reporter, one.obligation.form): one for one in rows}
        for reporter in rulebook.reporters:
            line = [_cell(cells.get((reporter.code, form))) for form in campaign.forms]
            if any(line):
                table.add_row(reporter.name, *line)
        out.print(table)
    out.print(
        f"Thư đã nhận: {counts.received_total}; chưa xử lý: {counts.undecided}; sự cố để riêng: {counts.set_aside}. "
        f"Thư gửi đi: {counts.outbox_sent} đã gửi, {counts.outbox_pending} đang chờ, "
        f"{counts.outbox_dead} không gửi được."
    )
    if counts.oldest_undecided:
        out.print(f"Thư chờ lâu nhất: nhận lúc {moment(counts.oldest_undecided)}.")


def print_shown(shown: Shown, out: Console) -> None:
    """Print everything about one message."""
    words, style = VERDICTS[Outcome(shown.outcome)] if shown.outcome else ("chưa xử lý", "yellow")
    out.print(f"[bold]{shown.receipt or shown.id}[/]: [{style}]{words}[/]{escape(_because(shown.why))}")
    out.print(f"  Từ: {escape(shown.sender_name)} <{escape(shown.sender)}>", f"Đơn vị: {shown.reporter or '–'}")
    out.print(f"  Tiêu đề: {escape(shown.subject)}")
    out.print(f"  Nhận lúc {moment(shown.received_at)}, {number(shown.size)} byte, SHA-256 {shown.sha256}")
    if shown.error:
        out.print(f"  Sự cố ({shown.tries} lần): {escape(shown.error)}", style="red")
    for part in shown.parts:
        name = f"Biểu {part.form}, lần nộp {part.revision}" if part.form else REASONS[RefusalReason(part.reason)]
        out.print(
            f"  {escape(part.file)}: {VERDICTS[part.verdict][0]} – {name}; {part.rows} dòng, "
            f"{part.errors} lỗi, {part.queries} nội dung cần giải trình"
        )
        _print_findings(part.findings, out, most=_LINES)
    for mail in shown.mails:
        state = f"gửi lúc {moment(mail.sent_at)}" if mail.sent_at else (mail.error or "đang chờ gửi")
        out.print(f"  → {escape(', '.join(mail.to))}: {escape(mail.subject)} ({escape(state)})")


def print_examined(examined: Sequence[Examined], out: Console) -> None:
    """Print each point that was looked at, and the cure where it is not well."""
    for one in examined:
        sign = "[green]✓[/]" if one.well else "[red]✗[/]"
        out.print(f"{sign} {escape(one.point)}: {escape(one.said)}")
        if one.cure:
            out.print(f"    → {escape(one.cure)}")


def _print_part(part: Part, out: Console, *, most: int | None) -> None:
    words, style = VERDICTS[part.verdict]
    name = f"Biểu {part.form}" if part.form else (REASONS[part.reason] if part.reason else "")
    detail = f" ({part.detail})" if part.detail and part.verdict is Outcome.REFUSED else ""
    rows = f", {number(part.rows)} dòng" if part.rows else ""
    out.print(f"[bold]{escape(part.file)}[/]: [{style}]{words}[/] – {name}{escape(detail)}{rows}")
    for one in part.understood:
        out.print(
            f"    trang {escape(one.sheet)}, cột {one.letter} ({escape(one.written)}) được hiểu là {escape(one.column)}"
        )
    _print_findings([one for one in part.findings if not one.trial], out, most=most)


def _print_findings(findings: Sequence[Finding], out: Console, *, most: int | None) -> None:
    for one in findings[:most]:
        place = f"trang {one.place.sheet}" + (f", ô {one.place.cell}" if one.place.cell else "")
        out.print(f"    {_SEVERITIES[one.severity]}: {place}: {one.say} {one.fix}", markup=False)
    if most is not None and len(findings) > most:
        out.print(f"    … và {len(findings) - most} nội dung khác")


def _cell(standing: Standing | None) -> str:
    if standing is None:
        return ""
    late = f", chậm {standing.late_days} ngày" if standing.late_days else ""
    when = f" {day(standing.when.date())}" if standing.when else ""
    return f"{_STATES[standing.state]}{when}{late}"


def _because(why: str) -> str:
    return f" ({why})" if why else ""
