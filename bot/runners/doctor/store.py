"""Looks at where everything is kept: the disk, the ledger, the far store."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

from bot.adapters.far_vault import open_vault
from bot.adapters.ledger import Ledger
from bot.adapters.private import find_open
from bot.language import number
from bot.runners.doctor.point import Examined, Point

if TYPE_CHECKING:
    from bot.config import Config

_LOW_DISK = 2 * 2**30
_FAR = "Kho lưu trữ S3"
_PROBE = b"bot doctor"


def _disk(config: Config) -> Examined:
    config.store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(config.store.folder).free
    said = f"còn {number(round(free / 2**30, 1))} GiB tại {config.store.folder}"
    opened = find_open(config.store.folder, config.store.page)
    if opened:
        cure = f"Chạy: chmod -R go= {config.store.folder} (bot run cũng tự sửa khi khởi động)."
        return Examined("Ổ đĩa", False, f"{said}; người khác đọc được {opened[0]}", cure)
    return Examined("Ổ đĩa", free > _LOW_DISK, said, "" if free > _LOW_DISK else "Dọn ổ đĩa hoặc đổi [store] folder.")


def _ledger(config: Config) -> Examined:
    with closing(Ledger(config.store.ledger_url)) as ledger:
        ledger.migrate()
    return Examined("Sổ ghi", True, config.store.ledger_url.split(":", 1)[0])


def _store(config: Config) -> Examined:
    """Keep, read and drop a few bytes: each of the three needs a right of its own."""
    vault = open_vault(config.store)
    name = vault.put(_PROBE)
    vault.origin.get(name)
    vault.drop(name)
    return Examined(_FAR, True, str(config.store.vault_url))


DISK: Point = ("Ổ đĩa", _disk, "Kiểm tra [store] folder: bot phải ghi được vào đó.")
LEDGER: Point = ("Sổ ghi", _ledger, "Kiểm tra [store] ledger và folder; tệp sổ ghi phải ghi được.")
STORE: Point = (
    _FAR,
    _store,
    "Kiểm tra [store] vault_url, vault_endpoint quyền ghi, đọc, xóa của khóa AWS_ACCESS_KEY_ID; cài gói s3fs.",
)
