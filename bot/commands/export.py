"""``bot export``: the ministry's dataset, one form of all reporters in one file."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.causes import sentence_of
from bot.commands.asked import form_named, round_of
from bot.commands.doors import opened
from bot.language import VIETNAM, number
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from bot.daemon import Daemon
    from bot.phrases import Phrases
    from bot.runners.export import Gathered


def export(
    form: Annotated[str, typer.Argument(help="Mã biểu, ví dụ III.4 hoặc 2012-kkt-kcn/III.4.", metavar="FORM")],
    to: Annotated[Path, typer.Option("--to", help="Tệp .xlsx, .csv hoặc .parquet để ghi.", metavar="FILE")],
    campaign: Annotated[
        str | None, typer.Option("--campaign", help="Đợt báo cáo, khi nhiều đợt có biểu này.", metavar="ID")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="Kỳ của đợt định kỳ, ví dụ 2026-6T.", metavar="PERIOD")
    ] = None,
    today: Annotated[
        bool, typer.Option("--today", help="Ghi thêm và cộng theo đơn vị hiện nay của mỗi địa bàn (sau sáp nhập).")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Ghi đè tệp đã có.")] = False,
) -> None:
    """Ghi số liệu của một biểu từ mọi đơn vị vào một bảng: lần nộp đạt yêu cầu mới nhất của mỗi đơn vị.

    Dùng khi cần bảng số liệu toàn quốc của một biểu.

    Ví dụ: bot export III.4 --to toan-quoc.xlsx

    Mỗi dòng có đơn vị, vùng, lần nộp, mã biên nhận, tệp, trang và dòng gốc. Tệp .xlsx có thêm các trang: nguồn, đơn vị
    chưa có, dự án cần xem xét, tổng theo đơn vị, vùng, khu và các cột của biểu. Số liệu ghi đúng như đơn vị đã gửi.
    """
    from bot.runners.export import SUFFIXES, TablesLost, gather

    suffix = to.suffix.lower()
    if suffix not in SUFFIXES:
        give_up(f"Tên tệp {to} phải có đuôi {', '.join(SUFFIXES)}.")
    if to.exists() and not force:
        give_up(f"Đã có tệp {to}; để ghi đè, thêm --force.")
    with opened() as daemon:
        now = daemon.clock.now()
        chosen = form_named(f"{campaign.strip()}/{form.strip()}" if campaign else form, daemon.rulebook)
        asked = round_of(chosen, period, daemon.rulebook, now.astimezone(VIETNAM).date())
        try:
            known = daemon.rulebook.with_contacts(daemon.ledger.contacts())
            gathered = gather(daemon.ledger, daemon.vault, known, chosen, asked, now, today=today)
        except TablesLost as lost:
            give_up(f"Kho lưu trữ mất bảng của {', '.join(lost.args)}; hãy khôi phục kho từ bản sao rồi chạy lại.")
        if not gathered.whole.sources and suffix != ".xlsx":
            give_up(f"Chưa có lần nộp nào của {chosen.full_id} đạt yêu cầu; dùng .xlsx để xem ai còn thiếu.")
        _write(to, suffix, gathered, _words(daemon))
    out.print(
        f"Đã ghi {to}: {number(gathered.rows)} dòng của {len(gathered.whole.sources)} đơn vị; "
        f"{len(gathered.missing)} đơn vị chưa có.",
        markup=False,
    )


def _words(daemon: Daemon) -> Phrases:
    from jinja2 import TemplateError

    from bot.adapters.content import read_templates
    from bot.phrases import Phrases
    from bot.runners.export import WORDS

    try:
        return Phrases(read_templates(daemon.config.content.templates), WORDS)
    except TemplateError as mistake:
        give_up(f"Tên cột của bảng tổng hợp ({WORDS}) chưa dùng được: {mistake}.")


def _write(to: Path, suffix: str, gathered: Gathered, words: Phrases) -> None:
    from bot.adapters.replacing import replacing
    from bot.runners.export import write_export

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        task = progress.add_task("Đang ghi", total=len(gathered.whole.sources))
        try:
            with replacing(to) as file:
                write_export(file, suffix, gathered, words, lambda: progress.advance(task))
        except OSError as problem:
            give_up(f"Không ghi được {sentence_of(problem)}.")
