"""Which program this is: its version, and the hash of its own source, by which two states of one version differ."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_NAME = "baocao-bot"


@cache
def code_version() -> str:
    """Return the version of the running program: ``0.1.0+3f2a9c01b7de``."""
    whole = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        whole.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    try:
        known = version(_NAME)
    except PackageNotFoundError:  # run from its sources without having been installed
        known = "0"
    return f"{known}+{whole.hexdigest()[:12]}"
