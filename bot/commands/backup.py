"""``bot backup`` and ``bot verify``: a second place for everything, and whether all that is kept is sound."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path  # noqa: TC003  typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.commands.doors import opened, telling
from bot.language import moment, number
from bot.terminal import Exit, err, give_up, out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def backup(
    to: Annotated[Path, typer.Argument(help="Thư mục chứa bản sao lưu, nên ở ổ đĩa khác.", metavar="TO")],
) -> None:
    """Sao lưu sổ ghi, kho lưu trữ và khóa riêng của bot; bot run vẫn làm việc bình thường.

    Ví dụ: bot backup /mnt/sao-luu/bot

    Lần sau chỉ chép thêm tệp mới; bị ngắt giữa chừng thì chạy lại. Tệp cấu hình, danh bạ, rules/ và templates/ riêng
    phải sao lưu cùng cách với các tệp khác của máy.
    """
    from bot.adapters.ledger import CopyFailed
    from bot.runners.backup import ForeignBackup, back_up

    with opened() as daemon, telling():
        folder = daemon.config.store.folder
        if to.resolve().is_relative_to(folder.resolve()):
            give_up(f"{to} nằm trong chính thư mục dữ liệu {folder}; hãy chọn nơi khác, tốt nhất là ổ đĩa khác.")
        try:
            with counting("Đang chép") as on_file:
                done = back_up(daemon.ledger, folder, to, daemon.clock.now(), on_file)
        except ForeignBackup as foreign:
            give_up(f"Không sao lưu được: {foreign}.")
        except CopyFailed as failed:
            give_up(f"Không chép được sổ ghi: {failed}.")
    out.print(
        f"Đã sao lưu vào {to} lúc {moment(done.manifest.begun)}: sổ ghi và {number(done.manifest.files)} tệp, "
        f"{number(done.new)} tệp mới.",
        markup=False,
    )
    if done.manifest.lost:
        err.print(f"{number(len(done.manifest.lost))} tệp bị mất hoặc hỏng trong kho lưu trữ; hãy chạy bot verify.")
        raise typer.Exit(Exit.RETURNED)


def verify(
    sample: Annotated[
        int, typer.Option("--sample", min=1, help="Chỉ đọc một trong N tệp của kho; mặc định đọc hết.", metavar="N")
    ] = 1,
) -> None:
    """Kiểm tra mọi thứ đang được giữ: cơ sở dữ liệu, nhật ký, kho lưu trữ, số liệu đang được tính.

    Mã kết thúc: 0 mọi điểm đều tốt, 1 có điểm phải sửa.
    """
    from bot.console import print_examined
    from bot.runners.verify import verify as doubt

    with opened() as daemon, telling():
        with counting("Đang kiểm tra") as on_file:
            found = list(doubt(daemon.ledger, daemon.vault, sample, on_file))
        for one in found:
            print_examined(one, out)
    raise typer.Exit(Exit.DONE if all(one.well for one in found) else Exit.RETURNED)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while files are gone through; give what is to be told how many of how many are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)
