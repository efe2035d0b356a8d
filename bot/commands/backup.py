"""``bot backup``, ``bot restore``, ``bot verify``: a second place for everything, the way back, and all doubts."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from pathlib import Path  # noqa: TC003  typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.adapters.clock import SystemClock
from bot.commands.doors import alone, opened, telling
from bot.language import moment, number
from bot.terminal import Exit, configured, err, give_up, out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.config import Config


def backup(
    to: Annotated[Path, typer.Argument(help="Thư mục chứa bản sao lưu, nên ở ổ đĩa khác.", metavar="TO")],
) -> None:
    """Sao lưu sổ ghi, kho lưu trữ và khóa riêng của bot; bot run vẫn làm việc bình thường.

    Dùng hằng ngày theo lịch, và trước khi nâng cấp.

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
                done = back_up(daemon.ledger, daemon.vault, folder, to, daemon.clock.now(), on_file)
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


def restore(
    backup: Annotated[Path, typer.Argument(help="Thư mục chứa bản sao lưu.", metavar="FROM")],
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Khi đã có sổ ghi: giữ dữ liệu hiện nay dưới tên khác rồi khôi phục."),
    ] = False,
) -> None:
    """Khôi phục từ bản sao lưu vào nơi ghi ở [store] của cấu hình; dữ liệu đang có không bị xóa.

    Dùng khi máy hỏng, hoặc khi chuyển sang máy mới.

    Ví dụ: bot restore /mnt/sao-luu/bot

    Khi chạy lại, trước hết bot tìm trên máy chủ thư những thư đến và những thư đã trả lời sau lúc sao lưu: không thư
    nào mất, không thư nào được trả lời hai lần. Quyết định, gia hạn ghi sau lúc sao lưu phải ghi lại.
    """
    from bot.adapters.ledger import CopyFailed, LedgerTooNew
    from bot.runners.backup import ForeignBackup, read_manifest
    from bot.runners.doctor import tell_ledger
    from bot.runners.restore import OtherDatabase
    from bot.runners.restore import restore as bring_back

    config, now = configured(), SystemClock().now()
    store = config.store
    with telling():
        try:
            read_manifest(backup)
            _make_room(config, now, yes=yes)
            with alone(config), counting("Đang chép") as on_file:
                manifest, lost = bring_back(backup, store, getpass.getuser(), now, on_file)
        except (ForeignBackup, CopyFailed) as problem:
            give_up(f"Không khôi phục được: {problem}.")
        except OtherDatabase as other:
            give_up(f"Bản sao lưu là của {other}; hãy ghi [store] ledger cho đúng loại cơ sở dữ liệu đó.")
        except LedgerTooNew as newer:
            give_up(f"Không khôi phục được: {tell_ledger(newer)}.")
    out.print(f"Đã khôi phục dữ liệu của lúc {moment(manifest.begun)}. Hãy chạy bot verify, rồi bot run.", markup=False)
    missing = len({*lost, *manifest.lost})
    if missing:
        err.print(f"{number(missing)} tệp bị mất hoặc hỏng trong bản sao lưu; bot verify cho biết tệp nào.")
        raise typer.Exit(Exit.RETURNED)


def verify(
    sample: Annotated[
        int, typer.Option("--sample", min=1, help="Chỉ đọc một trong N tệp của kho; mặc định đọc hết.", metavar="N")
    ] = 1,
) -> None:
    """Kiểm tra mọi thứ đang được giữ: cơ sở dữ liệu, nhật ký, kho, số liệu được tính, thư tổng hợp, quyền truy cập.

    Dùng hằng tháng, sau khi khôi phục, và sau sự cố ổ đĩa.

    Ví dụ: bot verify --sample 10

    Mã kết thúc: 0 mọi điểm đều tốt, 1 có điểm phải sửa.
    """
    from bot.console import print_examined
    from bot.runners.verify import verify as doubt
    from bot.runners.verify import verify_folder
    from bot.runners.verify_digests import verify_digests

    with opened() as daemon, telling():
        store = daemon.config.store
        with counting("Đang kiểm tra") as on_file:
            found = list(doubt(daemon.ledger, daemon.vault.origin, sample, on_file))
        found.append(verify_digests(daemon.ledger, daemon.vault.origin, daemon.rulebook))
        found += verify_folder(store.folder, store.page, daemon.vault, daemon.clock.now())
        for one in found:
            print_examined(one, out)
    raise typer.Exit(Exit.DONE if all(one.well for one in found) else Exit.RETURNED)


def _make_room(config: Config, now: datetime, *, yes: bool) -> None:
    """Keep what is there under another name; gives up where that was not asked for."""
    from bot.runners.restore import holds_ledger, put_aside

    store = config.store
    if not holds_ledger(store):
        return
    if not store.ledger_url.startswith("sqlite"):
        give_up("Cơ sở dữ liệu PostgreSQL này đã có sổ ghi; hãy tạo cơ sở dữ liệu mới rồi ghi vào [store] ledger.")
    if not yes:
        give_up("Nơi này đã có sổ ghi. Để giữ nó dưới tên khác rồi khôi phục, thêm --yes.")
    with alone(config):
        for kept in put_aside(store, now):
            out.print(f"Dữ liệu đang có được giữ tại {kept}.", markup=False)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while files are gone through; give what is to be told how many of how many are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)
