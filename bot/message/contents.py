"""Containers opened: archives, winmail.dat, saved mails, signatures; each to a bounded depth, all from one budget."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.language import one_line
from bot.message.entries import TOO_DEEP, VOLUME, Budget, Entry
from bot.message.mime import parse_entity
from bot.message.outlook import open_msg
from bot.message.packed import packed_make, unpack
from bot.message.parts import Leaf, Words, file_of, leaves
from bot.message.signed import ENCRYPTED_PGP, is_opaque, is_pgp_encrypted, open_opaque
from bot.message.tars import is_tar, untar
from bot.message.tnef import is_tnef, open_tnef
from bot.message.zips import is_document, is_zip, unzip
from bot.model import Attachment, RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.message.limits import MessageLimits
    from bot.message.mime import Entity

_VOLUME_NAME = re.compile(r"(?i)\.(?:part\d+\.rar|[rz]\d\d|\d{3})$")
_DOCUMENTS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"PK\x03\x04")
_HEADER = re.compile(rb"\s*(?:From [^\r\n]+\r?\n)?[!-9;-~]{2,60}:[^\r\n]*\r?\n")
_MIME = re.compile(rb"(?im)^content-type:")
_CUT_TNEF = Unreadable(RefusalReason.DAMAGED, "winmail.dat bị hỏng hoặc chưa được truyền đủ")
_BROKEN_MAIL = Unreadable(RefusalReason.DAMAGED, "thư đính kèm có cấu trúc hỏng")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the nesting a file lies."""

    inside: str = ""
    archives: int = 0
    mails: int = 0

    def within(self, name: str, *, archives: int = 0, mails: int = 0) -> _Place:
        inside = "/".join(one for one in (self.inside, one_line(name)) if one)
        return _Place(inside, self.archives + archives, self.mails + mails)


class Contents:
    """The words and the files of one mail, whatever they are wrapped in."""

    def __init__(self, limits: MessageLimits, budget: Budget | None = None) -> None:
        self._limits = limits
        self._budget = budget or Budget()

    def of(self, entity: Entity) -> Iterator[Leaf]:
        """Yield words and files in their order; a container that cannot be opened is one file with its trouble."""
        yield from self._of(entity, _Place())

    def _of(self, entity: Entity, place: _Place) -> Iterator[Leaf]:
        for leaf in leaves(entity):
            if isinstance(leaf, Words):
                yield leaf
            else:
                yield from self._open(replace(leaf, inside=place.inside), place)

    def _open(self, file: Attachment, place: _Place) -> Iterator[Leaf]:
        if file.damaged or file.trouble or file.inline or not file.data:
            yield file
            return
        found = self._inner(file, place)
        if isinstance(found, Unreadable):
            yield replace(file, trouble=found)
        else:
            yield from found

    def _inner(self, file: Attachment, place: _Place) -> Iterator[Leaf] | Unreadable:
        if _is_archive(file):
            return self._of_archive(file, place)
        if is_tnef(file.data):
            return self._of_tnef(file, place)
        if is_opaque(file.content_type, file.name):
            return self._of_opaque(file, place)
        if is_pgp_encrypted(file.data, file.content_type, file.name):
            return ENCRYPTED_PGP
        return self._of_mail(file, place)

    def _of_archive(self, file: Attachment, place: _Place) -> Iterator[Leaf] | Unreadable:
        if place.archives >= self._budget.limits.depth:
            return TOO_DEEP
        entries = _take_out(file, self._budget)
        if isinstance(entries, Unreadable):
            return entries
        self._budget.spend(len(entries), sum(len(one.data) for one in entries))
        return self._of_entries(entries, place.within(file.name, archives=1))

    def _of_entries(self, entries: tuple[Entry, ...], place: _Place) -> Iterator[Leaf]:
        for entry in entries:
            here = place.within(entry.folder)
            yield from self._open(replace(file_of(entry.name, entry.data), inside=here.inside), here)

    def _of_tnef(self, file: Attachment, place: _Place) -> Iterator[Leaf] | Unreadable:
        if place.mails >= self._budget.limits.forwards:
            return TOO_DEEP
        wrapped = open_tnef(file.data)
        if not wrapped.whole:
            return _CUT_TNEF
        # The sender has never seen a winmail.dat, so what is in it lies where the mail's own files lie.
        return self._of_letter(wrapped.text, wrapped.files, place.within("", mails=1))

    def _of_letter(self, text: str, files: tuple[Entry, ...], place: _Place) -> Iterator[Leaf]:
        if text:
            yield Words("plain", text)
        yield from self._of_entries(tuple(Entry(one.path.rpartition("/")[2], one.data) for one in files), place)

    def _of_opaque(self, file: Attachment, place: _Place) -> Iterator[Leaf] | Unreadable:
        if place.mails >= self._budget.limits.forwards:
            return TOO_DEEP
        content = open_opaque(file.data)
        if isinstance(content, Unreadable):
            return content
        deeper = place.within("", mails=1)
        if _MIME.search(content[:4096]):
            return self._of(parse_entity(content, self._limits), deeper)
        name = re.sub(r"(?i)\.p7[mz]$", "", file.name)
        return self._open(replace(file_of(name, content), inside=place.inside), deeper)

    def _of_mail(self, file: Attachment, place: _Place) -> Iterator[Leaf] | Unreadable:
        saved = open_msg(file.data)
        is_eml = file.content_type == "message/rfc822" or file.name.lower().endswith(".eml")
        if saved is None and not (is_eml and _HEADER.match(file.data)):
            return iter((file,))
        if place.mails >= self._budget.limits.forwards:
            return TOO_DEEP
        deeper = place.within(file.name, mails=1)
        if saved is not None:
            inner = list(self._of_letter(saved.text, saved.files, deeper))
        else:
            entity = parse_entity(file.data, self._limits)
            if entity.broken:
                return _BROKEN_MAIL
            inner = list(self._of(entity, deeper))
        # A mail without a file stays a file itself: it was put there for somebody to read.
        return iter(inner if any(isinstance(one, Attachment) for one in inner) else [*inner, file])


def _is_archive(file: Attachment) -> bool:
    data = file.data
    if is_zip(data):
        return not is_document(data)
    return bool(packed_make(data)) or is_tar(data) or file.name.lower().endswith(".tar") or _is_volume(file)


def _is_volume(file: Attachment) -> bool:
    """Return whether only the name can tell that this is a later piece of a split archive."""
    return bool(_VOLUME_NAME.search(file.name)) and not file.data.startswith(_DOCUMENTS)


def _take_out(file: Attachment, budget: Budget) -> tuple[Entry, ...] | Unreadable:
    if re.search(r"(?i)\.(?:[rz]\d\d|\d{3})$", file.name):
        return VOLUME
    if is_zip(file.data):
        return unzip(file.data, budget)
    if packed_make(file.data):
        return unpack(file.data, budget)
    return VOLUME if _is_volume(file) else untar(file.data, file.name, budget)
