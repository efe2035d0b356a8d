"""Reads rules/, templates/ and the contacts: the operator's own folders, or what is packed with the program."""

from __future__ import annotations

from pathlib import Path

_RULE_SUFFIXES = frozenset({".toml", ".csv"})
_PACKAGE = Path(__file__).resolve().parent.parent


def default_folder(name: str) -> Path:
    """Return where the folder *name* lies that came with the program: in the wheel, or beside ``bot/`` in a clone."""
    packed = _PACKAGE / "defaults" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def read_rules(folder: Path | None) -> dict[str, bytes]:
    """Return every rule file by its path inside the folder; raises OSError."""
    root = folder or default_folder("rules")
    files = sorted(path for path in root.rglob("*") if path.suffix in _RULE_SUFFIXES and path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def read_templates(folder: Path | None) -> dict[str, str]:
    """Return every template by its path inside the folder, the operator's own copies before ours; raises OSError."""
    texts: dict[str, str] = {}
    for root in (default_folder("templates"), *((folder,) if folder else ())):
        for path in sorted(root.rglob("*")):
            if path.suffix in {".txt", ".html"}:
                texts[path.relative_to(root).as_posix()] = path.read_text("utf-8")
    return texts


def read_contacts(path: Path | None) -> bytes | None:
    """Return the bytes of the contacts file, None where none is configured; raises OSError."""
    return path.read_bytes() if path else None
