"""``bot explain``: where a verdict came from, and whether it would be the same today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bot.commands.changes import print_part_change
from bot.commands.doors import opened
from bot.console import VERDICTS
from bot.language import moment, number
from bot.model import Outcome
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from bot.adapters.ledger import Shown
    from bot.runners.explain import Again, Explained


def explain(
    receipt: Annotated[str, typer.Argument(help="Mã biên nhận ghi trong thư trả lời.", metavar="RECEIPT")],
) -> None:
    """Cho biết một kết luận từ đâu mà có, làm lại từ thư gốc, và so với quy tắc hiện nay.

    Dùng khi đơn vị khiếu nại, hoặc khi quy tắc đã sửa sau lần nộp.

    Ví dụ: bot explain 12-40-0057

    Không gửi thư, không ghi gì. Quy tắc mỗi thời kỳ được lưu trong kho, nên kết luận cũ làm lại được bằng quy tắc khi
    đó.
    """
    from bot.runners.explain import explain as find_out

    with opened() as daemon:
        shown = daemon.ledger.show(receipt.strip())
        if shown is None:
            give_up(f"Không có mã biên nhận {receipt}.")
        found = find_out(shown, daemon.ledger, daemon.vault, daemon.config, daemon.rulebook)
        _print_origin(shown, found)
        _print_again(shown, found, daemon.rulebook.hash)


def _print_origin(shown: Shown, found: Explained) -> None:
    words, style = VERDICTS[Outcome(shown.outcome)] if shown.outcome else ("chưa xử lý", "yellow")
    at = f", lúc {moment(shown.settled_at)}" if shown.settled_at else ""
    out.print(f"[bold]{escape(shown.receipt)}[/]: [{style}]{words}[/]{at}")
    kept = "còn trong kho" if found.raw_kept else "không còn trong kho"
    out.print(f"  Thư gốc: SHA-256 {shown.sha256}, {number(shown.size)} byte, {kept}", markup=False)
    for part in shown.parts:
        out.print(f"  Tệp {part.file}: SHA-256 {part.content or '–'}", markup=False)
        if part.table:
            out.print(f"    Bảng đã đọc (Biểu {part.form}): SHA-256 {part.table}", markup=False)
    if shown.grounds:
        out.print(f"  Căn cứ về người gửi: {shown.grounds}", markup=False)
    out.print(f"  Quy tắc: {shown.rules or '–'}")
    same = " (như hiện nay)" if shown.code == found.code else f" (hiện nay: {found.code})"
    out.print(f"  Chương trình: {shown.code or 'không rõ, từ trước khi lưu phiên bản'}{same}", markup=False)


def _print_again(shown: Shown, found: Explained, today: str) -> None:
    if not found.raw_kept:
        out.print("Không làm lại được: hãy khôi phục thư gốc từ bản sao của kho.")
        return
    if found.then is None and found.today is None:
        out.print("Kết luận này không do quy tắc của biểu quyết định, nên không có gì để làm lại.")
        return
    if found.then is None:
        out.print("Quy tắc khi đó không còn được lưu; chỉ làm lại được bằng quy tắc hiện nay.")
    else:
        _print_one("Làm lại bằng quy tắc khi đó", shown, found.then)
    if found.today is not None:
        _print_one(f"Bằng quy tắc hiện nay ({today[:12]})", shown, found.today)
    else:
        out.print("Quy tắc hiện nay là quy tắc khi đó.")
    if any(part.rulings for part in shown.parts):
        out.print("Sau đó Bộ đã quyết định khác; xem bằng bot show.")


def _print_one(title: str, shown: Shown, again: Again) -> None:
    if again.fault:
        out.print(f"{title}: không làm lại được ({again.fault}).", markup=False)
    elif not again.parts:
        out.print(f"{title}: cùng kết luận, cùng các phát hiện.", markup=False)
    else:
        turned = any(part.turns for part in again.parts)
        out.print(f"{title}: {'kết luận khác' if turned else 'cùng kết luận, phát hiện khác'}.", markup=False)
        for part in again.parts:
            print_part_change(shown.receipt, part, out)
