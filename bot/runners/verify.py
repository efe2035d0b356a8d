"""Doubts everything that is kept: database, audit trail, states, vault, and whether what counts was accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.own_secret import find_damaged
from bot.adapters.private import find_open
from bot.adapters.vault import VaultDamaged, VaultMissing
from bot.language import number
from bot.runners.doctor import Examined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.adapters.ledger import Ledger
    from bot.adapters.vault import Vault
    from bot.runners.backup import OnFile

_SHOWN = 3
_RESTORE = "Khôi phục từ bản sao lưu gần nhất (bot restore)."


def verify(ledger: Ledger, vault: Vault, every: int, on_file: OnFile) -> Iterator[Examined]:
    """Yield what is found, point by point.

    Args:
        ledger: what happened.
        vault: what is kept.
        every: of so many files one is read in full; that each is there is always looked at.
        on_file: told how many files of how many are done.
    """
    yield _database(ledger)
    yield _trail(ledger)
    yield _states(ledger)
    yield from _files(ledger, vault, every, on_file)
    yield _dataset(ledger, vault)


def verify_folder(folder: Path, page: Path | None, vault: Vault, now: datetime) -> Iterator[Examined]:
    """Yield what is found about the data folder: who may read it, its secrets, what was left unfinished at *now*.

    *page* is where the status page lies; inside the folder it is meant to be read by all. Raises OSError.
    """
    readable = [_inside(folder, one) for one in find_open(folder, page)]
    cure = f"Chạy: chmod -R go= {folder} (bot run cũng tự sửa khi khởi động)."
    yield point("Quyền truy cập", readable, "người khác không đọc được gì", "người khác đọc được", cure)
    damaged = [_inside(folder, one) for one in find_damaged(folder)]
    yield point("Khóa riêng", damaged, "nguyên vẹn", "đã hỏng", "Chép lại tệp này từ bản sao lưu gần nhất.")
    left = [one.name for one in vault.leftovers(now)]
    cure = "bot run dọn các tệp này khi khởi động; nếu vẫn còn, xóa bằng tay: không thư nào nằm ở đó."
    yield point("Tệp tạm", left, "không còn tệp dở dang cũ hơn một giờ", "còn dở dang quá một giờ", cure)


def _inside(folder: Path, path: Path) -> str:
    return str(path.relative_to(folder)) if path != folder else str(folder)


def _database(ledger: Ledger) -> Examined:
    damage = ledger.find_damage()
    return point("Cơ sở dữ liệu", damage, "toàn vẹn", "bị hỏng", _RESTORE)


def _trail(ledger: Ledger) -> Examined:
    broken = ledger.find_broken_line()
    if broken:
        cure = "Có người đã sửa thẳng vào cơ sở dữ liệu; so với bản sao lưu để biết dòng đó đã ghi gì."
        return Examined("Nhật ký", False, f"dòng thứ {number(broken)} đã bị sửa hoặc có dòng bị xóa trước đó", cure)
    return Examined("Nhật ký", True, "không dòng nào bị sửa")


def _states(ledger: Ledger) -> Examined:
    wrong = [str(one) for one in ledger.find_contradictions()]
    cure = "Gửi số thứ tự các thư này cho người phát triển; thư gốc vẫn còn trong kho lưu trữ."
    return point("Thư", wrong, "mỗi thư có đúng một kết luận hoặc đang chờ", "trạng thái mâu thuẫn ở thư số", cure)


def _files(ledger: Ledger, vault: Vault, every: int, on_file: OnFile) -> Iterator[Examined]:
    # What is in the vault is listed first: a file that comes meanwhile is then no stray one.
    present = set(vault.names())
    named = sorted(ledger.kept_files())
    missing, damaged, read = list[str](), list[str](), 0
    for done, name in enumerate(named, start=1):
        if name not in vault:
            missing.append(name)
        elif not done % every:
            read += 1
            try:
                vault.get(name)
            except VaultDamaged:
                damaged.append(name)
            except VaultMissing:
                missing.append(name)
        on_file(done, len(named))
    yield point("Kho lưu trữ", missing, f"đủ {number(len(named))} tệp", "mất tệp", _RESTORE)
    yield point("Nội dung tệp", damaged, f"{number(read)} tệp đã đọc đều nguyên vẹn", "bị hỏng", _RESTORE)
    stray = len(present - set(named))
    if stray:
        said = f"{number(stray)} tệp không sổ nào nhắc tới: dấu vết của lần bị ngắt giữa chừng, không ảnh hưởng gì"
        yield Examined("Tệp thừa", True, said)


def _dataset(ledger: Ledger, vault: Vault) -> Examined:
    """Compare what counts with the fold of everything that was accepted, and each table with its number of rows."""
    last: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for campaign, form, reporter, *facts in ledger.accepted_parts():
        key = (campaign, form, reporter)
        last[key] = max(last.get(key, ()), tuple(facts))
    campaigns = sorted({campaign for campaign, _, _ in last})
    counts = {(one.campaign, one.form, one.reporter): (one.table, one.rows) for one in ledger.accepted(campaigns)}
    wrong = [key for key in last.keys() | counts.keys() if last.get(key, ())[-2:] != counts.get(key)]
    kept = {key: told for key, told in counts.items() if told[0] and told[0] in vault}
    short = [key for key, (table, rows) in kept.items() if _rows_of(vault, table) != rows]
    said = f"{number(len(counts))} biểu được tính đúng là lần nộp đạt yêu cầu mới nhất, đủ dòng"
    told = sorted({"/".join(key) for key in (*wrong, *short)})
    return point("Số liệu", told, said, "khác với các lần nộp ở", "Gửi danh sách này cho người phát triển.")


def _rows_of(vault: Vault, table: str) -> int:
    """Return how many rows a table of the vault has; -1 where it is no table."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return int(parquet.read_metadata(vault.path(table)).num_rows)
    except (OSError, pa.ArrowInvalid):
        return -1


def point(name: str, wrong: Sequence[str], well: str, ill: str, cure: str) -> Examined:
    """Return the point of that *name*: *well* where nothing is *wrong*, else what is *ill*, the first few, the cure."""
    if not wrong:
        return Examined(name, True, well)
    more = f" và {number(len(wrong) - _SHOWN)} chỗ khác" if len(wrong) > _SHOWN else ""
    return Examined(name, False, f"{ill}: {', '.join(wrong[:_SHOWN])}{more}", cure)
