"""Reads rules/, templates/ and the contacts: the operator's own folders, or what is packed with the program."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_RULE_SUFFIXES = frozenset({".toml", ".csv"})
_TEMPLATE_SUFFIXES = frozenset({".txt", ".html"})
_PACKAGE = Path(__file__).resolve().parent.parent


def default_folder(name: str) -> Path:
    """Return where the folder *name* lies that came with the program: in the wheel, or beside ``bot/`` in a clone."""
    packed = _PACKAGE / "defaults" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def read_rules(folder: Path | None) -> dict[str, bytes]:
    """Return every rule file by its path inside the folder; raises OSError, also for a folder that is not there."""
    root = folder or default_folder("rules")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in _files(root, _RULE_SUFFIXES)}


def read_templates(folder: Path | None) -> dict[str, str]:
    """Return every template by its path inside the folder, the operator's own copies before ours.

    Raises:
        OSError: also for a folder that is not there, and (EILSEQ) for a file that is not UTF-8.
    """
    texts: dict[str, str] = {}
    for root in (default_folder("templates"), *((folder,) if folder else ())):
        for path in _files(root, _TEMPLATE_SUFFIXES):
            texts[path.relative_to(root).as_posix()] = _read_text(path)
    return texts


def read_contacts(path: Path | None) -> bytes | None:
    """Return the bytes of the contacts file, None where none is configured; raises OSError."""
    return path.read_bytes() if path else None


def _files(root: Path, suffixes: frozenset[str]) -> list[Path]:
    """Return the files below *root*, sorted; those that begin with a dot are an editor's or a file manager's."""
    # A folder that is missing would else look like one that is empty.
    os.scandir(root).close()
    found = (path for path in root.rglob("*") if path.suffix in suffixes and path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts))


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise OSError(errno.EILSEQ, os.strerror(errno.EILSEQ), str(path)) from problem
