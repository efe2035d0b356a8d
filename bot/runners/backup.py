"""A second place for everything: ledger, vault and own secrets, copied while the daemon works."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.adapters.code import code_version
from bot.adapters.own_secret import FOLDER as SECRETS
from bot.adapters.replacing import replacing
from bot.adapters.vault import Vault, VaultDamaged, VaultMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.adapters.ledger import Ledger

    OnFile = Callable[[int, int], None]

MANIFEST = "manifest.json"
_BLOCK = 1 << 20


class ForeignBackup(Exception):  # noqa: N818  it says what is the matter with the folder
    """The folder holds other things, or no whole backup; the text says which."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; it is written last, so a backup that has one is whole."""

    begun_at: str
    """The instant, with its zone, after which nothing needs to be in it."""
    program: str
    ledger: str
    """The file with the ledger."""
    ledger_sha256: str
    files: int
    """How many files of the vault belong to it."""
    lost: tuple[str, ...]
    """Files that the ledger names and the vault could not give."""

    @property
    def begun(self) -> datetime:
        """Return the instant after which nothing needs to be in it."""
        return datetime.fromisoformat(self.begun_at)


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What one backup brought."""

    manifest: Manifest
    new: int
    """How many files of the vault were not there yet."""


def back_up(
    ledger: Ledger, vault: Vault, folder: Path, to: Path, now: datetime, on_file: OnFile = lambda _done, _all: None
) -> BackedUp:
    """Copy everything to *to*; what is there already from an earlier backup, or an interrupted one, is kept.

    The ledger goes first, then every file it names: files of the vault never change, so the two always agree. The
    earlier backup stays whole until this one is. A file that is lost or damaged here stops nothing and is told.

    Args:
        ledger: the one in use; nobody is kept from writing.
        vault: what is kept.
        folder: the data folder, with the secrets.
        to: the folder of backups; made where it is missing.
        now: the instant.
        on_file: told how many files of how many are done.

    Raises:
        ForeignBackup: *to* holds other things.
        CopyFailed, OSError: nothing of an earlier backup is harmed.
    """
    _refuse_foreign(to)
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = to / f"ledger-{now.astimezone().strftime('%Y%m%d-%H%M%S')}{ledger.copy_suffix}"
    copy.unlink(missing_ok=True)
    ledger.copy_to(copy)
    new, files, lost = copy_vault(sorted(ledger.kept_files()), vault, Vault(to / "vault"), on_file)
    copy_secrets(folder, to)
    manifest = Manifest(now.isoformat(), code_version(), copy.name, hash_of_file(copy), files, tuple(lost))
    with replacing(to / MANIFEST, mode=0o600) as file:
        file.write(json.dumps(asdict(manifest), indent=1).encode())
    for old in to.glob("ledger-*"):
        if old != copy:
            old.unlink()
    return BackedUp(manifest, new)


def read_manifest(backup: Path) -> Manifest:
    """Return what the backup says of itself; raises ForeignBackup where it is none, or is not whole."""
    try:
        told = json.loads((backup / MANIFEST).read_text("utf-8"))
        manifest = Manifest(**{**told, "lost": tuple(told["lost"])})
    except FileNotFoundError:
        why = f"{backup} không có {MANIFEST}: không phải bản sao lưu, hoặc lần sao lưu chưa xong"
        raise ForeignBackup(why) from None
    except (ValueError, TypeError, KeyError):
        raise ForeignBackup(f"{backup / MANIFEST} không đọc được") from None
    ledger = backup / manifest.ledger
    if not ledger.is_file() or hash_of_file(ledger) != manifest.ledger_sha256:
        raise ForeignBackup(f"{ledger} bị mất hoặc bị hỏng")
    return manifest


def copy_secrets(folder: Path, to: Path) -> None:
    """Copy the program's own secrets from one data folder to another."""
    for secret in sorted((folder / SECRETS).glob("[a-z]*")):
        target = to / SECRETS / secret.name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        with replacing(target, mode=0o600) as file:
            file.write(secret.read_bytes())


def hash_of_file(path: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.hexdigest()


def copy_vault(names: Sequence[str], source: Vault, target: Vault, on_file: OnFile) -> tuple[int, int, list[str]]:
    """Copy what the target lacks; return how many were new, how many are there, and which were lost."""
    new, lost = 0, list[str]()
    for done, name in enumerate(names, start=1):
        if name not in target:
            try:
                target.put(source.get(name))
                new += 1
            except (VaultMissing, VaultDamaged):
                lost.append(name)
        on_file(done, len(names))
    return new, len(names) - len(lost), lost


def _refuse_foreign(to: Path) -> None:
    ours = {MANIFEST, "vault", SECRETS}
    if to.is_dir() and any(one.name not in ours and not one.name.startswith(("ledger-", ".")) for one in to.iterdir()):
        raise ForeignBackup(f"{to} có những thứ khác; hãy chọn thư mục trống hoặc thư mục đã dùng để sao lưu")
