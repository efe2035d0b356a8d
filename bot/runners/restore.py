"""Everything back out of a backup, into a data folder without a ledger; the daemon finds out what came since."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from bot.adapters.durable import sync_file, sync_folder
from bot.adapters.far_vault import open_vault
from bot.adapters.ledger import Ledger, fill_from_dump
from bot.adapters.vault import Vault
from bot.model import AuditEntry, Deed
from bot.runners.backup import Manifest, copy_secrets, copy_vault, read_manifest

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import Store
    from bot.runners.backup import OnFile

_DUMP = ".pgdump"


class OtherDatabase(Exception):  # noqa: N818  it says what does not fit
    """The backup is of the other kind of database; the text says of which."""


def put_aside(store: Store, now: datetime) -> tuple[Path, ...]:
    """Rename what is there, so that it is kept; return where it lies now. The data folder's lock must be held."""
    stamp = f"truoc-khoi-phuc-{now.astimezone().strftime('%Y%m%d-%H%M%S')}"
    there = [one for one in (store.folder, *_files_of(store)) if one.exists()]
    return tuple(one.rename(one.with_name(f"{one.name}.{stamp}")) for one in there)


def holds_ledger(store: Store) -> bool:
    """Return whether there is a ledger already."""
    path = _ledger_file(store)
    if path is not None:
        return path.exists()
    with closing(Ledger(store.ledger_url)) as ledger:
        return not ledger.is_empty()


def restore(backup: Path, store: Store, who: str, now: datetime, on_file: OnFile) -> tuple[Manifest, tuple[str, ...]]:
    """Bring back everything of *backup*; return what it says of itself, and the files that it could not give.

    The ledger comes last: until it is there the work can be broken off and begun again.

    Raises:
        ForeignBackup: it is no whole backup.
        OtherDatabase, CopyFailed, LedgerTooNew, OSError.
    """
    manifest, target = read_manifest(backup), _ledger_file(store)
    if manifest.ledger.endswith(_DUMP) != (target is None):
        raise OtherDatabase("PostgreSQL" if target is None else "SQLite")
    store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = Vault(backup / "vault")
    _, _, lost = copy_vault(sorted(source.names()), source, open_vault(store), on_file)
    copy_secrets(backup, store.folder)
    entry = AuditEntry(who, now, Deed.RESTORE, manifest.ledger, manifest.begun_at)
    if target is None:
        fill_from_dump(store.ledger_url, backup / manifest.ledger)
        _note(store.ledger_url, manifest, entry)
        return manifest, tuple(lost)
    part = target.with_name(f"{target.name}.part")
    for leftover in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
        leftover.unlink(missing_ok=True)
    part.touch(mode=0o600)
    shutil.copyfile(backup / manifest.ledger, part)
    _note(f"sqlite:///{part}", manifest, entry)
    with part.open("rb+") as file:
        sync_file(file.fileno(), part)
    part.replace(target)
    sync_folder(target.parent)
    return manifest, tuple(lost)


def _note(url: str, manifest: Manifest, entry: AuditEntry) -> None:
    with closing(Ledger(url)) as ledger:
        ledger.migrate()
        ledger.note_restored(manifest.begun, entry)


def _ledger_file(store: Store) -> Path | None:
    url = make_url(store.ledger_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _files_of(store: Store) -> tuple[Path, ...]:
    """Return the files of a ledger that lies outside the data folder."""
    path = _ledger_file(store)
    if path is None or path.is_relative_to(store.folder):
        return ()
    return (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"))
