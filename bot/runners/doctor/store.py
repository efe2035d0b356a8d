"""Looks at where everything is kept: the disk, the ledger, the far store."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.far_vault import open_vault
from bot.adapters.ledger import Ledger, LedgerTooNew
from bot.adapters.own_secret import find_damaged
from bot.adapters.private import find_open
from bot.causes import cause_of
from bot.language import number
from bot.runners.doctor.point import Examined, Point
from bot.runners.doctor.trouble import tell_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Config

_LOW_DISK = 2 * 2**30
_OF_ROOM = "Dọn ổ đĩa hoặc đổi [store] folder sang ổ còn chỗ."
_OF_LEDGER = "Kiểm tra [store] ledger và folder; tệp sổ ghi phải ghi được."
_FAR = "Kho lưu trữ S3"
_PROBE = b"bot doctor"


def _disk(config: Config) -> Examined:
    folder = config.store.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _write_a_little(folder)
    except OSError as problem:
        full = problem.errno in {errno.ENOSPC, errno.EDQUOT}
        cure = _OF_ROOM if full else f"Cho tài khoản chạy bot quyền ghi, ví dụ: chown -R baocao-bot {folder}"
        return Examined("Ổ đĩa", False, f"không ghi được vào {folder}: {cause_of(problem)}", cure)
    damaged = find_damaged(folder)
    if damaged:
        said = f"tệp khóa riêng {damaged[0]} của bot đã hỏng"
        return Examined("Ổ đĩa", False, said, "Chép lại tệp này từ bản sao lưu gần nhất.")
    free = shutil.disk_usage(folder).free
    said = f"còn {number(round(free / 2**30, 1))} GiB tại {folder}"
    opened = find_open(folder, config.store.page)
    if opened:
        cure = f"Chạy: chmod -R go= {folder} (bot run cũng tự sửa khi khởi động)."
        return Examined("Ổ đĩa", False, f"{said}; người khác đọc được {opened[0]}", cure)
    return Examined("Ổ đĩa", free > _LOW_DISK, said, "" if free > _LOW_DISK else _OF_ROOM)


def _write_a_little(folder: Path) -> None:
    """Write what vanishes by itself; raises OSError as the bot's own writing would."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(_PROBE)
        file.flush()
        os.fsync(file.fileno())


def _ledger(config: Config) -> Examined:
    kind = config.store.ledger_url.split(":", 1)[0]
    try:
        with closing(Ledger(config.store.ledger_url)) as ledger:
            ledger.migrate()
    except (SQLAlchemyError, LedgerTooNew, ImportError) as problem:
        said = tell_ledger(problem)
        return Examined("Sổ ghi", False, said, _cure_of_ledger(problem, said, kind))
    return Examined("Sổ ghi", True, kind)


def _cure_of_ledger(problem: Exception, said: str, kind: str) -> str:
    if isinstance(problem, LedgerTooNew):
        return "Cài lại phiên bản chương trình mới nhất đã dùng; muốn lùi phiên bản thì khôi phục bản sao lưu cũ."
    if isinstance(problem, ImportError):
        return "Cài gói đó cùng chương trình; sổ ghi PostgreSQL cần gói psycopg."
    if "không phải cơ sở dữ liệu" in said or "bị hỏng" in said:
        return "Cất riêng tệp sổ ghi này, rồi khôi phục bản sao lưu gần nhất bằng bot restore."
    if "tiến trình khác giữ" in said:
        return "Tìm tiến trình đang giữ tệp (fuser -v trên tệp sổ ghi) và dừng tiến trình đó, rồi chạy lại bot doctor."
    if kind.startswith("sqlite"):
        return _OF_LEDGER
    return "Kiểm tra máy chủ PostgreSQL đang chạy, cùng tên máy, port, tài khoản ghi ở [store] ledger."


def _store(config: Config) -> Examined:
    """Keep, read and drop a few bytes: each of the three needs a right of its own."""
    vault = open_vault(config.store)
    name = vault.put(_PROBE)
    vault.origin.get(name)
    vault.drop(name)
    return Examined(_FAR, True, str(config.store.vault_url))


DISK: Point = ("Ổ đĩa", _disk, "Kiểm tra [store] folder: bot phải ghi được vào đó.")
LEDGER: Point = ("Sổ ghi", _ledger, _OF_LEDGER)
STORE: Point = (
    _FAR,
    _store,
    "Kiểm tra [store] vault_url, vault_endpoint quyền ghi, đọc, xóa của khóa AWS_ACCESS_KEY_ID; cài gói s3fs.",
)
