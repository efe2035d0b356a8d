"""A folder of pages, each put in place when it is whole; what is there no more is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.replacing import make_folder, replacing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LIST = ".bot-page"
"""Holds the names of the files that are ours: no other file in the folder is ever touched."""


class ForeignFolder(Exception):  # noqa: N818  it says what is the matter with the folder
    """The folder holds other things and no page of ours."""


def write_site(folder: Path, pages: Iterable[tuple[str, str]]) -> int:
    """Write *pages* (path inside the folder, text) in their order; return how many were new or have changed.

    A page that is there already in the same words is left alone. Raises ForeignFolder, and OSError.
    """
    known = _listed(folder)
    written, names = 0, list[str]()
    for name, text in pages:
        names.append(name)
        target, data = folder / name, text.encode()
        if target.is_file() and target.read_bytes() == data:
            continue
        make_folder(target.parent)
        with replacing(target) as file:
            file.write(data)
        written += 1
    with replacing(folder / _LIST) as file:
        file.write("\n".join(names).encode())
    for gone in known - set(names):
        (folder / gone).unlink(missing_ok=True)
    return written


def _listed(folder: Path) -> set[str]:
    """Return the names of our files in *folder*; raises ForeignFolder where it holds only those of others."""
    make_folder(folder)
    listed = folder / _LIST
    if listed.is_file():
        return set(listed.read_text("utf-8").splitlines())
    if any(folder.iterdir()):
        raise ForeignFolder(str(folder))
    return set()
