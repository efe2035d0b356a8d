"""What every archive is held to before anything is taken out of it: names, links, number, size, ratio."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from bot.model import RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

DAMAGED = Unreadable(RefusalReason.DAMAGED, "tệp nén bị hỏng hoặc chưa được truyền đủ")
LOCKED = Unreadable(RefusalReason.ENCRYPTED, "tệp nén có mật khẩu")
VOLUME = Unreadable(RefusalReason.WRONG_TYPE, "một phần của tệp nén chia nhỏ (cần một tệp .zip duy nhất)")
UNSAFE = Unreadable(RefusalReason.WRONG_TYPE, "tệp nén chứa liên kết hoặc đường dẫn ra ngoài thư mục")
HOLLOW = Unreadable(RefusalReason.EMPTY_FILE, "tệp nén không chứa tệp nào")
TOO_MANY = Unreadable(RefusalReason.TOO_LARGE, "tệp nén chứa quá nhiều tệp")
TOO_BIG = Unreadable(RefusalReason.TOO_LARGE, "tệp nén quá lớn sau khi giải nén")
TOO_DEEP = Unreadable(RefusalReason.TOO_LARGE, "tệp nén lồng trong nhau quá nhiều lớp")
"""The causes, in the reader's words; each completes "tệp này là …" or stands in brackets after the file's name."""

_JUNK = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
"""What operating systems leave in folders; nobody sends it on purpose."""


def unsupported(kind: str) -> Unreadable:
    """Return the cause for an archive that this machine cannot open, with its cure."""
    return Unreadable(RefusalReason.WRONG_TYPE, f"tệp nén {kind} (cần nén lại thành tệp .zip thông thường)")


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """The most that is taken out of the containers of one mail, all of them together."""

    entries: int = 200
    size: int = 100 * 2**20
    """Of what comes out, in bytes."""
    ratio: int = 100
    """Unpacked to packed; asked only of what is larger than *ratio_from*."""
    ratio_from: int = 2**20
    depth: int = 2
    """Archives inside archives."""
    forwards: int = 5
    """Mails inside mails, in whatever wrapping."""


class Budget:
    """What the containers of one mail may still yield."""

    def __init__(self, limits: UnpackLimits | None = None) -> None:
        self.limits = limits or UnpackLimits()
        self.entries = self.limits.entries
        self.size = self.limits.size

    def spend(self, entries: int, size: int) -> None:
        """Take what has been unpacked off the account."""
        self.entries -= entries
        self.size -= size


class Listed(NamedTuple):
    """One entry of an archive's own listing."""

    path: str
    size: int | None
    """Unpacked, as declared; None where the archive does not say."""
    packed: int | None = None
    link: bool = False


class Entry(NamedTuple):
    """One file taken out of a container."""

    path: str
    """As listed, with forward slashes."""
    data: bytes

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return PurePosixPath(self.path).name

    @property
    def folder(self) -> str:
        """Return the path before the name; empty for a file at the top."""
        folder = str(PurePosixPath(self.path).parent)
        return "" if folder == "." else folder


def is_junk(path: str) -> bool:
    """Return whether an operating system left this entry behind (a resource fork, a thumbnail cache)."""
    name = PurePosixPath(path).name.lower()
    return path.startswith("__MACOSX/") or name in _JUNK or name.startswith("._")


def forbidden(listing: Sequence[Listed], packed: int, budget: Budget) -> Unreadable | None:
    """Return why nothing may be taken out of an archive with this listing, or None.

    Args:
        listing: its files, without folders.
        packed: the size of the whole archive.
        budget: what the mail may still yield.
    """
    limits = budget.limits
    total = sum(one.size or 0 for one in listing)
    if not listing:
        return HOLLOW
    if any(one.link or _leads_out(one.path) for one in listing):
        return UNSAFE
    if len(listing) > budget.entries:
        return TOO_MANY
    if total > budget.size or (total > limits.ratio_from and total > limits.ratio * packed):
        return TOO_BIG
    swollen = any(
        one.size is not None and one.packed is not None and one.size > max(limits.ratio_from, limits.ratio * one.packed)
        for one in listing
    )
    return TOO_BIG if swollen else None


def _leads_out(path: str) -> bool:
    return path.startswith("/") or path[1:2] == ":" or ".." in path.split("/") or "\0" in path
