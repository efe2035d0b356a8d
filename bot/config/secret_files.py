"""Secrets in files of the operator's: read, and looked at for who else may read them."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from bot.causes import cause_of

if TYPE_CHECKING:
    from pathlib import Path


def read_secret(path: Path, what: str) -> str:
    """Return what stands in the file at *path*, which a sentence calls *what*; never empty.

    Raises LookupError with a sentence for the operator where it cannot be had.
    """
    try:
        secret = path.read_text("utf-8").rstrip("\r\n")
    except OSError as problem:
        raise LookupError(f"không đọc được {what} {path}: {cause_of(problem)}") from problem
    except UnicodeDecodeError:
        # The exception holds the bytes that it choked on, so it is not handed on.
        raise LookupError(f"{what} {path} không phải chữ UTF-8") from None
    if not secret:
        raise LookupError(f"{what} {path} đang để trống")
    return secret


def open_to(path: Path | None) -> int:
    """Return what others than its owner may do with the file at *path*, as bits of its mode."""
    return 0 if path is None or not path.exists() else stat.S_IMODE(path.stat().st_mode) & 0o077
