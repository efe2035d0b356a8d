"""The vault: raw mails, tables and our own mails as files named by the SHA-256 of their bytes.

A name that exists is complete and on the disk: the bytes are written beside, synced, renamed, and the folder is synced.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256 as digest_of
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.durable import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_NAME = re.compile(r"[0-9a-f]{64}")
_LEFTOVER = timedelta(hours=1)


class VaultMissing(LookupError):  # noqa: N818  it names what is the matter with the vault, like its sister below
    """No file of that hash is kept."""


class VaultDamaged(Exception):  # noqa: N818  the word for the operator, who must restore the file from a copy
    """The file is there, but its bytes are not those that were kept."""


class Vault:
    """Files under *root*, each in the folder of its first two hexadecimal digits."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._temp = root / "tmp"
        self._known: set[Path] = set()

    def path(self, sha256: str) -> Path:
        """Return where the file of that hash lies, or would lie; raises ValueError for what is no SHA-256."""
        return self._place(sha256)

    def _place(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
        return self._root / sha256[:2] / sha256[2:]

    @property
    def origin(self) -> Vault:
        """Return the vault without copies nearby: what doubts whether a file is kept must ask there."""
        return self

    def __contains__(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def put(self, data: bytes) -> str:
        """Keep *data* and return its SHA-256; when this returns, it survives a power failure.

        Raises:
            OSError: the disk is full or read-only. Nothing is half kept; the caller may try again later.
            DiskBroken: the disk failed, and nothing more will be kept.
        """
        name = digest_of(data).hexdigest()
        target = self._place(name)
        self._make(target.parent)
        if not _holds(target, len(data)):
            self._write(data, target)
        # Also when the file was there: a process may have died between its rename and this.
        sync_folder(target.parent)
        return name

    def get(self, sha256: str) -> bytes:
        """Return the bytes of that hash, compared with it: never wrong ones.

        Raises:
            VaultMissing: there is no such file.
            VaultDamaged: the file holds something else.
        """
        try:
            data = self._place(sha256).read_bytes()
        except FileNotFoundError:
            raise VaultMissing(sha256) from None
        if digest_of(data).hexdigest() != sha256:
            raise VaultDamaged(sha256)
        return data

    def drop(self, sha256: str) -> bool:
        """Take the file of that hash away for good; return whether there was one.

        For mails only whose loss the ledger has noted: nothing else in the vault is ever taken away.
        """
        try:
            self._place(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def names(self) -> Iterator[str]:
        """Yield the SHA-256 of every file that is kept, whether anybody needs it or not."""
        for shard in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            for file in sorted(shard.iterdir()):
                if _NAME.fullmatch(shard.name + file.name):
                    yield shard.name + file.name

    def sweep_temp(self, now: datetime) -> int:
        """Remove what interrupted writes left more than an hour before *now*; return how many files that were."""
        swept = 0
        for leftover in self.leftovers(now):
            with suppress(FileNotFoundError):  # another process has swept it
                leftover.unlink()
                swept += 1
        return swept

    def leftovers(self, now: datetime) -> tuple[Path, ...]:
        """Return what interrupted writes left more than an hour before *now*."""
        return tuple(one for one in sorted(self._temp.glob("*")) if _is_older(one, now - _LEFTOVER))

    def _make(self, shard: Path) -> None:
        if shard in self._known and shard.is_dir():
            return
        for folder in (self._root, self._temp, shard):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(self._root.parent)
        sync_folder(self._root)
        self._known.add(shard)

    def _write(self, data: bytes, target: Path) -> None:
        handle, temp = tempfile.mkstemp(dir=self._temp)  # created with mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                sync_file(file.fileno(), target)
            Path(temp).replace(target)
        except BaseException:
            Path(temp).unlink(missing_ok=True)
            raise


def _is_older(file: Path, instant: datetime) -> bool:
    try:
        return file.stat().st_mtime < instant.timestamp()
    except FileNotFoundError:  # another process has renamed or swept it
        return False


def _holds(target: Path, size: int) -> bool:
    """Say whether *target* is there in full; one that lost its tail to a broken disk is written anew."""
    try:
        return target.stat().st_size == size
    except FileNotFoundError:
        return False
