"""``bot sql``: a question to everything that counts, read only."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
from rich.table import Table

from bot.commands.doors import opened
from bot.commands.printed import print_csv, print_json
from bot.language import number
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from bot.runners.query import Answer

log = structlog.get_logger(__name__)


def sql(
    question: Annotated[str, typer.Argument(help="Một câu SELECT.", metavar="SELECT")],
    as_csv: Annotated[bool, typer.Option("--csv", help="In kết quả dạng CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON, mỗi dòng một đối tượng.")] = False,
) -> None:
    """Hỏi số liệu đang được tính của mọi biểu bằng một câu SELECT; chỉ đọc, không sửa được gì.

    Dùng khi cần một con số mà bảng tổng hợp chưa có.

    Ví dụ: bot sql "SELECT don_vi, count(*) FROM iii_4 GROUP BY don_vi"

    Mỗi biểu là một bảng (iii_4, hoặc "2012-kkt-kcn/III.4"); tinh_hinh là tình hình nộp; don_vi, kkt, kcn, tham_so,
    tam_dung là các danh mục. Xem tên các bảng: bot sql "SHOW TABLES"; các cột: bot sql "DESCRIBE iii_4".
    """
    from bot.runners.export import TablesLost
    from bot.runners.query import QueryRefused, ask

    if as_csv and as_json:
        give_up("Chỉ chọn một trong hai: --csv hoặc --json.")
    with opened() as daemon:
        log.debug("asked", sql=question)
        try:
            answer = ask(question, daemon.ledger, daemon.vault, daemon.rulebook)
            if as_csv:
                print_csv(answer.columns, answer.rows())
            elif as_json:
                print_json(answer.columns, answer.rows())
            else:
                _print_table(answer)
        except QueryRefused as refused:
            give_up(f"Câu hỏi chưa dùng được: {refused}")
        except TablesLost as lost:
            give_up(f"Kho lưu trữ mất bảng của {', '.join(lost.args)}; hãy khôi phục kho từ bản sao rồi chạy lại.")


def _print_table(answer: Answer) -> None:
    table = Table()
    rows = list(answer.rows())
    for at, title in enumerate(answer.columns):
        figures = all(isinstance(row[at], int | float | Decimal | None) for row in rows)
        table.add_column(title, justify="right" if figures else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(_shown, row))
    out.print(table)
    out.print(f"{number(len(rows))} dòng.")


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        return number(value)
    return str(value).replace("[", r"\[")
