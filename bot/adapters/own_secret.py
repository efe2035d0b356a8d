"""Secrets of the program's own: made once by chance, kept in the data folder, backed up with it, never told."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from pathlib import Path

from bot.adapters.durable import sync_file, sync_folder

FOLDER = "secrets"
"""Below the data folder."""
_NAME = re.compile(r"[a-z][a-z_]*")
_BYTES = 32


class SecretDamaged(Exception):  # noqa: N818  the word for the operator, who must restore the file from a copy
    """The file is there, but holds no secret of ours; the text is its path."""


def own_secret(folder: Path, name: str) -> bytes:
    """Return the 32 bytes kept as *name* in the data folder *folder*; whoever asks first makes them.

    All processes are given the same bytes, also where several ask at once.

    Raises:
        OSError: the file can neither be read nor made.
        SecretDamaged: it holds something else. A new one would silently disown what the old one has signed.
        ValueError: *name* is no plain word.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a secret: {name!r}")
    path = folder / FOLDER / name
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    if len(secret) != _BYTES:
        raise SecretDamaged(str(path))
    return secret


def find_damaged(folder: Path) -> tuple[Path, ...]:
    """Return the files among the secrets of the data folder *folder* that hold no secret of ours; raises OSError."""
    kept = sorted(one for one in (folder / FOLDER).glob("*") if _NAME.fullmatch(one.name))
    return tuple(one for one in kept if one.stat().st_size != _BYTES)


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")  # created with mode 0600
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            sync_file(file.fileno(), path)
        _link_unless_there(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)
    sync_folder(path.parent.parent)


def _link_unless_there(beside: Path, path: Path) -> None:
    try:
        path.hardlink_to(beside)
    except FileExistsError:  # another process was quicker: its secret is the one
        return
