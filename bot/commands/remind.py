"""``bot remind``: what would go to whom and why; then, if wanted, into the outbox."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  Typer reads the annotations while the program runs
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.commands.doors import alone, opened
from bot.language import VIETNAM, day, moment
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Rulebook, Stage
    from bot.runners.remind import DueMail


def remind(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho xem, không hỏi, không ghi gì.")] = False,
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
            help="Xem như đang ở thời điểm này (giờ Việt Nam), ghi như 2012-07-01T08:00; chỉ đi với --dry-run.",
            metavar="WHEN",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Xếp hàng gửi ngay, không hỏi.")] = False,
) -> None:
    """Xem thư đôn đốc nào đến lúc gửi, gửi cho ai và vì sao; rồi xếp hàng gửi nếu đồng ý.

    Dùng trước khi đến mốc đôn đốc, để biết ai sẽ nhận thư.

    Ví dụ: bot remind --dry-run --at 2012-07-01T08:00

    bot run tự đôn đốc; lệnh này để xem trước, hoặc để dùng cùng bot once. Mỗi mốc của một thời hạn chỉ gửi một lần cho
    một đơn vị.
    """
    from bot.runners.remind import find_due
    from bot.runners.remind import remind as queue

    if at is not None and not dry_run:
        give_up("--at chỉ dùng cùng --dry-run: thư thật luôn theo giờ hiện tại.")
    with opened() as daemon:
        now = at.replace(tzinfo=VIETNAM) if at is not None else daemon.clock.now()
        desk = daemon.remind_desk()
        due = find_due(desk, now)
        _print_due(due, desk.rulebook, now)
        ready = sum(bool(one.to) for one in due)
        if dry_run or not ready:
            return
        if not yes and not typer.confirm(f"Xếp hàng gửi {ready} thư đôn đốc?"):
            return
        with alone(daemon.config):
            new = queue(desk, now)
    out.print(f"Đã xếp hàng {new} thư đôn đốc mới; bot run hoặc bot once sẽ gửi.")


def _print_due(due: Sequence[DueMail], rulebook: Rulebook, now: datetime) -> None:
    from bot.reply.names import name_forms

    if not due:
        out.print(f"Lúc {moment(now)} không có thư đôn đốc nào đến lúc gửi.")
        return
    table = Table("Đơn vị", "Gửi tới", "Vì sao", "Còn thiếu")
    for one in due:
        missing = [(each.obligation.campaign, each.obligation.form) for each in one.reminder.missing]
        to = [*one.to, *(f"{each} (đồng gửi)" for each in one.cc)] or ["không có địa chỉ: cần gọi điện"]
        why = (_why(stage, len({each.campaign for each in one.reminder.stages}) > 1) for stage in one.reminder.stages)
        table.add_row(
            escape(one.reporter.name), escape("\n".join(to)), "\n".join(why), escape(name_forms(rulebook, missing))
        )
    out.print(table)
    out.print(f"Lúc {moment(now)}: {sum(bool(one.to) for one in due)} thư đôn đốc đến lúc gửi.")


def _why(stage: Stage, several: bool) -> str:
    """Return in few words which stage of which deadline it is."""
    of = f" ({stage.campaign})" if several else ""
    if stage.number < 0:
        return f"quá hạn {day(stage.day)}{of}, lần {-stage.number}"
    if stage.number == 0:
        return f"đến hạn {day(stage.day)}{of}"
    return f"trước hạn {day(stage.day)}{of} {stage.number} ngày làm việc"
