"""What the command line prints: findings, one message; for people, and as JSON for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.markup import escape

from bot.language import moment, number
from bot.model import Act, Outcome, RefusalReason, Severity
from bot.review_status import tell_fate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bot.adapters.ledger import Shown, ShownExplanation, ShownPart
    from bot.model import Finding, Part, Settlement
    from bot.runners.check import Checked
    from bot.runners.doctor import Examined
    from bot.runners.feed import Fed
    from bot.runners.pool import Fault

VERDICTS = {
    Outcome.ACCEPTED: ("đạt yêu cầu", "green"),
    Outcome.RETURNED: ("cần chỉnh sửa", "red"),
    Outcome.DUPLICATE: ("đã gửi trước đây", "cyan"),
    Outcome.ANSWERED: ("đã trả lời", "cyan"),
    Outcome.TRIAL: ("thư kiểm tra, không tính", "cyan"),
    Outcome.SIGNED: ("đã nhận bản ký", "cyan"),
    Outcome.REFUSED: ("không đọc được", "red"),
    Outcome.HELD: ("chờ Bộ xem xét", "yellow"),
    Outcome.IGNORED: ("không phải trả lời", "dim"),
    Outcome.DISMISSED: ("thư không liên quan, đã bỏ qua", "dim"),
    Outcome.FAILED: ("sự cố của hệ thống", "red"),
}
ACTS = {
    Act.ACCEPT: "chấp nhận lần nộp này",
    Act.RETURN: "yêu cầu chỉnh sửa lần nộp này",
    Act.INVALIDATE: "loại bỏ lần nộp này, lần trước đó được tính lại",
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
    RefusalReason.OLD_VERSION: "biểu theo mẫu cũ",
    RefusalReason.WRONG_PERIOD: "biểu ghi kỳ báo cáo khác",
    RefusalReason.SAME_FORM_TWICE: "một biểu gửi hai bản khác nhau",
    RefusalReason.OTHER_REPORTER: "tệp ghi tên đơn vị khác",
    RefusalReason.OTHER_MINISTRY: "biểu của đợt báo cáo gửi nơi khác",
    RefusalReason.LINK_ONLY: "thư chỉ có liên kết, không có tệp",
    RefusalReason.PROTECTED: "thư được mã hóa",
}
WHYS = {
    "our own mail": "thư của chính hệ thống",
    "auto-submitted": "thư do máy tự gửi",
    "null return path": "thông báo của máy chủ thư",
    "delivery notice": "thông báo của máy chủ thư",
    "failed recipients": "thông báo không gửi được thư",
    "daemon address": "người gửi là máy chủ thư",
    "precedence": "thư gửi hàng loạt",
    "mailing list": "thư của danh sách gửi chung",
    "autoreply header": "thư trả lời tự động",
    "automatic subject": "thư trả lời tự động",
    "unknown sender": "người gửi chưa có trong danh bạ",
    "no sender": "thư không ghi người gửi",
    "authentication failed": "địa chỉ có trong danh bạ nhưng máy chủ thư xác định thư không phải của địa chỉ đó",
    "not authenticated": "địa chỉ có trong danh bạ nhưng chưa có gì chứng thực thư là của địa chỉ đó",
    "officer not authenticated": "địa chỉ của cán bộ ở Bộ nhưng chưa có gì chứng thực; lệnh không được thực hiện",
    "unknown sender in a shared inbox": "người gửi chưa có trong danh bạ; hộp thư dùng chung",
    "no file in a shared inbox": "thư không có tệp; hộp thư dùng chung",
}
"""The machine's reasons for a mail that is held or ignored."""
_SEVERITIES = {Severity.ERROR: "Lỗi", Severity.QUERY: "Giải trình", Severity.NOTE: "Ghi chú"}
_LINES = 40


def print_checked(checked: Sequence[Checked], out: Console, *, as_json: bool) -> None:
    """Print the verdict on each file with all its findings."""
    if as_json:
        text = json.dumps([_checked_value(one) for one in checked], ensure_ascii=False, indent=2)
        out.print(text, markup=False, soft_wrap=True)
        return
    for one in checked:
        if one.fault:
            out.print(f"[bold]{escape(one.file)}[/]: [red]không kiểm tra được[/] ({escape(one.fault)})")
        for part in one.parts:
            _print_part(part, out, most=None)


def _checked_value(one: Checked) -> dict[str, object]:
    return {
        "file": one.file,
        "exit_code": one.exit_code,
        "fault": one.fault,
        "parts": [_part_value(part) for part in one.parts],
    }


def _part_value(part: Part) -> dict[str, object]:
    return {
        "campaign": part.campaign,
        "form": part.form,
        "verdict": part.verdict.value,
        "reason": part.reason.value if part.reason else "",
        "say": _refusal(part) if part.verdict is Outcome.REFUSED else "",
        "sha256": part.content,
        "rows": part.rows,
        "sheets": [sheet.name for sheet in part.sheets],
        "understood": [
            {"sheet": one.sheet, "letter": one.letter, "written": one.written, "column": one.column}
            for one in part.understood
        ],
        "findings": [_finding_value(one) for one in part.findings if not one.trial],
    }


def _finding_value(one: Finding) -> dict[str, object]:
    return {
        "rule": one.rule,
        "severity": one.severity.value,
        "sheet": one.place.sheet,
        "cell": one.place.cell,
        "row": one.place.row,
        "column": one.place.column,
        "written": one.written,
        "title": one.title,
        "say": one.say,
        "fix": one.fix,
    }


def print_previewed(file: str, settlement: Settlement | Fault, out: Console) -> None:
    """Print what would become of a mail: its outcome, its parts, and the mails that would answer it."""
    if isinstance(settlement, Exception):
        out.print(f"[bold]{escape(file)}[/]: [red]sự cố của hệ thống[/] ({escape(str(settlement))})")
        return
    decision = settlement.decision
    words, style = VERDICTS[decision.outcome]
    out.print(f"[bold]{escape(file)}[/]: [{style}]{words}[/]{escape(_because(decision.why))}")
    who = _who(settlement.heading.sender_name, settlement.heading.sender)
    out.print(f"  Từ: {who}; đơn vị: {decision.reporter or '–'}", markup=False)
    if decision.outcome is Outcome.REFUSED and decision.reason and not decision.parts:
        out.print(f"  {REASONS[decision.reason]}")
    for part in decision.parts:
        _print_part(part, out, most=_LINES)
    for mail in settlement.mails:
        out.print(f"  → {escape(', '.join(mail.to))}: {escape(mail.subject)}")
    if not settlement.mails:
        out.print("  → không gửi thư nào")


def print_fed(file: str, fed: Fed, shown: Shown | None, out: Console) -> None:
    """Print what became of a mail that was fed; *shown* is what the ledger holds of it once it is settled."""
    if fed.left_to_daemon:
        said = "đã đưa vào hàng đợi; bot đang chạy sẽ xử lý trong lần quét hộp thư tới"
    elif shown is not None:
        said = f"mã biên nhận {shown.receipt}"
    elif fed.known:
        said = "đúng thư này đã nhận trước đây; không làm gì thêm"
    else:
        said = "chưa xử lý được vì sự cố; bot sẽ thử lại"
    out.print(f"{file}: {said}", markup=False)
    if shown is not None:
        print_shown(shown, out)


def print_shown(shown: Shown, out: Console) -> None:
    """Print everything about one message."""
    words, style = VERDICTS[Outcome(shown.outcome)] if shown.outcome else ("chưa xử lý", "yellow")
    out.print(f"[bold]{escape(shown.receipt or str(shown.id))}[/]: [{style}]{words}[/]{escape(_because(shown.why))}")
    out.print(f"  Từ: {_who(shown.sender_name, shown.sender)}; đơn vị: {shown.reporter or '–'}", markup=False)
    out.print(f"  Tiêu đề: {escape(shown.subject)}")
    out.print(f"  Nhận lúc {moment(shown.received_at)}, {number(shown.size)} byte, SHA-256 {shown.sha256}")
    if shown.error:
        out.print(f"  Sự cố ({shown.tries} lần): {escape(shown.error)}", style="red")
    for part in shown.parts:
        _print_shown_part(part, out)
    for one in shown.explanations:
        _print_explanation(one, shown.receipt, out)
    if shown.documents:
        out.print(f"  Tài liệu kèm theo: {', '.join(shown.documents)}", markup=False)
    for mail in shown.mails:
        out.print(f"  → {', '.join(mail.to)}: {mail.subject} ({tell_fate(mail)})", markup=False)


def _print_explanation(one: ShownExplanation, receipt: str, out: Console) -> None:
    """Print what was said about a number: by the message itself, or about it by a later one."""
    what = "ý kiến về quy tắc kiểm tra" if one.doubt else "giải trình"
    place = f"Biểu {one.form}, ô {one.cell}" if one.cell else f"Biểu {one.form}"
    whose = f"trong thư {one.receipt}, " if one.receipt != receipt else f"của thư {one.about}, "
    head = f"Mục {one.number} {whose}{place} ({one.title}) – {what} lúc {moment(one.received_at)}"
    out.print(f"  {head}: {one.text or '(không ghi lý do)'}", markup=False, highlight=False)


def _print_shown_part(part: ShownPart, out: Console) -> None:
    words, style = VERDICTS[part.verdict]
    name = part.file or "Ghi trong thư"
    out.print(f"  [bold]{escape(name)}[/]: [{style}]{words}[/] – {escape(_content_of(part))}")
    for ruling in part.rulings:
        what = f"{moment(ruling.at)}, {ruling.who}: {ACTS[ruling.act]}"
        out.print(f"    Bộ quyết định lúc {what}. Lý do: {ruling.note}", markup=False)
    _print_findings([one for one in part.findings if not one.trial], out, most=_LINES)
    if part.findings_total > len(part.findings):
        out.print(f"    … cả thảy {number(part.findings_total)} phát hiện, xem đủ trong bản đánh dấu")


def _content_of(part: ShownPart) -> str:
    if part.verdict is Outcome.DUPLICATE:
        return f"trùng với mã biên nhận {part.earlier}"
    if not part.form:
        why = REASONS[RefusalReason(part.reason)] if part.reason else "không có biểu nào"
        return f"{why} ({part.detail})" if part.detail else why
    if part.verdict is Outcome.TRIAL:
        asked = f"{part.errors} lỗi, {part.queries} nội dung cần giải trình"
        return f"Biểu {part.form}, nếu gửi chính thức: {VERDICTS[Outcome(part.detail)][0]}; {asked}"
    late = f", chậm {part.late_days} ngày" if part.late_days else ""
    rows = f"{number(part.rows)} dòng, {part.errors} lỗi, {part.queries} nội dung cần giải trình"
    return f"Biểu {part.form}, lần nộp {part.revision}{late}; {rows}"


def print_examined(one: Examined, out: Console) -> None:
    """Print one point that was looked at, and its cure."""
    sign = "[yellow]![/]" if one.is_remark else "[green]✓[/]" if one.well else "[red]✗[/]"
    out.print(f"{sign} {escape(one.point)}: {escape(one.said)}")
    if one.cure:
        out.print(f"    → {escape(one.cure)}")


def _print_part(part: Part, out: Console, *, most: int | None) -> None:
    words, style = VERDICTS[part.verdict]
    what = _refusal(part) if part.verdict is Outcome.REFUSED else f"Biểu {part.form}" if part.form else ""
    rows = f", {number(part.rows)} dòng" if part.rows else ""
    out.print(f"[bold]{escape(part.file)}[/]: [{style}]{words}[/] – {escape(what)}{rows}")
    for one in part.understood:
        out.print(
            f"    trang {escape(one.sheet)}, cột {one.letter} ({escape(one.written)}) được hiểu là {escape(one.column)}"
        )
    _print_findings([one for one in part.findings if not one.trial], out, most=most)


def _refusal(part: Part) -> str:
    """Return why a file was refused, with the detail that the reader saw."""
    why = REASONS[part.reason] if part.reason else ""
    return f"{why} ({part.detail})" if part.detail else why


def _print_findings(findings: Sequence[Finding], out: Console, *, most: int | None) -> None:
    for one in findings[:most]:
        place = f"trang {one.place.sheet}" + (f", ô {one.place.cell}" if one.place.cell else "")
        sentences = " ".join(f"{text.rstrip('.')}." for text in (one.say, one.fix) if text)
        if one.explained:
            sentences += f" Đã giải trình: {one.explained}"
        out.print(f"    {_SEVERITIES[one.severity]}: {place}: {sentences}", markup=False)
    if most is not None and len(findings) > most:
        out.print(f"    … và {len(findings) - most} nội dung khác")


def _who(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address or "–"


def _because(why: str) -> str:
    return f" ({WHYS.get(why, why)})" if why else ""
