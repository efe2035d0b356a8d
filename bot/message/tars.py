"""Tar archives and single compressed files (.tar, .gz, .bz2, .xz): rare, but nothing more than the standard library."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from typing import TYPE_CHECKING, Protocol

from bot.message.entries import DAMAGED, TOO_BIG, TOO_MANY, Budget, Entry, Listed, forbidden, is_junk
from bot.model import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_RECORDS = 5_000
_MEMORY = 64 * 2**20


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


_SQUEEZED: tuple[tuple[bytes, tuple[str, ...], Callable[[], _Decompressor]], ...] = (
    (b"\x1f\x8b\x08", (".gz", ".tgz"), lambda: zlib.decompressobj(31)),
    (b"BZh", (".bz2", ".tbz2"), bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", (".xz", ".txz"), lambda: lzma.LZMADecompressor(memlimit=_MEMORY)),
)


def is_tar(data: bytes) -> bool:
    """Return whether the bytes are a tar archive or one of the compressed files that usually hold one."""
    return data[257:262] == b"ustar" or data.startswith(tuple(start for start, _, _ in _SQUEEZED))


def untar(data: bytes, name: str, budget: Budget) -> tuple[Entry, ...] | Unreadable:
    """Return the files of a tar archive, or the one file of a compressed one, or why there are none to be had."""
    packed = len(data)
    for start, endings, build in _SQUEEZED:
        if data.startswith(start):
            plain = _expand(data, build, budget)
            if isinstance(plain, Unreadable):
                return plain
            if plain[257:262] != b"ustar":
                base = next((name[: -len(one)] for one in endings if name.lower().endswith(one)), name) or "tep"
                return forbidden([Listed(base, len(plain), packed)], packed, budget) or (Entry(base, plain),)
            data = plain
    try:
        return _untar(data, packed, budget)
    except (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, IndexError):
        return DAMAGED


def _expand(data: bytes, build: Callable[[], _Decompressor], budget: Budget) -> bytes | Unreadable:
    pieces: list[bytes] = []
    room = budget.size
    try:
        while data.strip(b"\0"):
            one = build()
            piece = one.decompress(data, room + 1)
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                return TOO_BIG
            if not one.eof or not piece:
                return DAMAGED if not one.eof else b"".join(pieces)
            data = one.unused_data
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
        return DAMAGED
    except MemoryError:
        return TOO_BIG
    return b"".join(pieces)


def _untar(data: bytes, packed: int, budget: Budget) -> tuple[Entry, ...] | Unreadable:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        members: list[tarfile.TarInfo] = []
        for number, member in enumerate(archive):
            if number >= _MOST_RECORDS:
                return TOO_MANY
            if not member.isdir() and not is_junk(member.name):
                members.append(member)
        listing = [
            Listed(member.name.removeprefix("./"), member.size, None, not member.isreg() or member.issparse())
            for member in members
        ]
        refused = forbidden(listing, packed, budget)
        if refused is not None:
            return refused
        files = tuple(_read(archive, member) for member in members)
    short = any(len(one.data) != member.size for one, member in zip(files, members, strict=True))
    return DAMAGED if short else files


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    opened = archive.extractfile(member)
    return Entry(member.name.removeprefix("./"), opened.read() if opened is not None else b"")
