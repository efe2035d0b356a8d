"""The formal parts of an administrative document: who, which number, when, to whom, signed how.

By Decree 30/2020/NĐ-CP, annexes I and III; those of 2012 (Circular 01/2011/TT-BNV) have the same parts. Looked for are
words of the state's own form; no person's name is ever taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.document.title import (
    ADDRESSEE,
    BLANK_DATE,
    BLANK_NUMBER,
    DATE,
    NATION,
    NUMBER,
    DocumentType,
    titles_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.document.text import Document


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a document's form says; empty words where it says nothing."""

    agency: str = ""
    """The letterhead: ``ỦY BAN NHÂN DÂN TỈNH NGHỆ AN``."""
    number: str = ""
    """``85/BC-UBND``."""
    number_line: str = ""
    """The place of the number as written, also where the number itself is still blank: ``Số: /BC-UBND``."""
    place: str = ""
    date: date | None = None
    date_line: str = ""
    """The date as written, also where day or month are still blank."""
    type: DocumentType = DocumentType.UNKNOWN
    summary: str = ""
    """The trích yếu."""
    addressees: tuple[str, ...] = ()
    signing: tuple[str, ...] = ()
    """How it is signed, in the order of the marks: ``TM. ỦY BAN NHÂN DÂN``, ``KT. CHỦ TỊCH``; never by whom."""
    recipients: bool = False
    """"Nơi nhận" is there."""
    draft: bool = False
    """It calls itself "Dự thảo"."""

    @property
    def signed(self) -> bool:
        """Tell whether the block of the signer is there."""
        return bool(self.signing)


_HEAD = 25
_AGENCY = re.compile(
    r"(?:(?:ỦY|UỶ) BAN NHÂN DÂN|UBND|BAN QUẢN LÝ|BQL|SỞ|BỘ|CỤC|CHI CỤC|TẬP ĐOÀN|TỔNG CÔNG TY|CÔNG TY|VĂN PHÒNG)\b"
)
_DRAFT = re.compile(r"\W*(?:bản\s+)?dự\s+thảo\b", re.IGNORECASE)
_RECIPIENTS = re.compile(r"nơi\s+nhận", re.IGNORECASE)
_ROLE = r"(?:PHÓ )?(?:TỔNG GIÁM ĐỐC|GIÁM ĐỐC|CHỦ TỊCH|TRƯỞNG BAN|CHÁNH VĂN PHÒNG|CỤC TRƯỞNG)|PHÓ BAN|THỦ TRƯỞNG ĐƠN VỊ"
_BODY = r"(?:ỦY|UỶ) BAN NHÂN DÂN|UBND|BAN QUẢN LÝ|HỘI ĐỒNG QUẢN TRỊ|HỘI ĐỒNG THÀNH VIÊN|BAN CHỈ ĐẠO"
_SIGNING = re.compile(rf"(?:^|\s)(?P<mark>(?:TM|KT|TL|TUQ|Q)\s?\.)\s*(?P<for>{_ROLE}|{_BODY})?(?=\W|$)")
_ROLE_ALONE = re.compile(rf"(?:{_ROLE})$")
_RIGHT = re.compile(rf"{NATION.pattern}|{BLANK_NUMBER.pattern}|(?:^|\s)Số\s*:", re.IGNORECASE)
"""What stands right of the letterhead, or below it."""
_OWN_WORD = re.compile(r"[^\W\d_]{2,}")


def describe(document: Document) -> DocumentFacts:
    """Return the formal parts of a document, as far as they are written; its first title counts."""
    head = document.paragraphs[:_HEAD]
    number, number_line = _number(head)
    place, day, date_line = _date(head)
    title = next(titles_of(document), None)
    return DocumentFacts(
        agency=_agency(head),
        number=number,
        number_line=number_line,
        place=place,
        date=day,
        date_line=date_line,
        type=title.type if title else DocumentType.UNKNOWN,
        summary=title.summary if title else "",
        addressees=tuple(_addressees(document.paragraphs)),
        signing=tuple(dict.fromkeys(_signing(document.paragraphs))),
        recipients=any(_RECIPIENTS.search(text) for text in document.paragraphs),
        draft=any(len(text) <= 60 and _DRAFT.match(text) for text in head),
    )


def _number(head: tuple[str, ...]) -> tuple[str, str]:
    """Return the number and its line; a blank line without a number; or nothing at all."""
    for text in head:
        found = NUMBER.search(text)
        if found:
            return re.sub(r"\s+", "", found["number"]), found[0].strip()
    blank = next((found for text in head if (found := BLANK_NUMBER.search(text))), None)
    return "", blank[0].strip() if blank else ""


def _date(head: tuple[str, ...]) -> tuple[str, date | None, str]:
    """Return place, date and the line as written; no date where it is blank or no day of the calendar."""
    for text in head:
        own = NUMBER.sub(" ", BLANK_NUMBER.sub(" ", text))
        found = DATE.search(own)
        if found:
            return _name(found["place"]), _day(found), found[0].strip()
    for text in head:
        found = BLANK_DATE.search(NUMBER.sub(" ", BLANK_NUMBER.sub(" ", text)))
        if found:
            return _name(found["place"]), None, found[0].strip()
    return "", None, ""


def _name(place: str) -> str:
    """Return the place without what stands before it on the same line of a PDF."""
    return NATION.split(place)[-1].strip()


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _agency(head: tuple[str, ...]) -> str:
    """Return the lines of the letterhead in capitals, down to the number, the date or the nation's name."""
    lines: list[str] = []
    for text in head:
        left = _RIGHT.split(text)[0].strip(" -–_*")
        if left.isupper() and _OWN_WORD.search(left) and (lines or _AGENCY.match(left)):
            lines.append(left)
        elif lines and (left or not NATION.match(text)):
            break
    return " ".join(lines[:4])


def _addressees(paragraphs: tuple[str, ...]) -> Iterator[str]:
    """Yield whom it is addressed to: on the line of "Kính gửi", or in the list below it."""
    for index, text in enumerate(paragraphs[: 2 * _HEAD]):
        found = ADDRESSEE.match(text)
        if not found:
            continue
        here = text[found.end() :].strip(" .;:")
        if here:
            yield here
        for below in paragraphs[index + 1 : index + 11]:
            if not below.startswith(("-", "–", "+", "•")):
                return
            yield below.strip("-–+• .;")
        return


def _signing(paragraphs: tuple[str, ...]) -> Iterator[str]:
    for text in paragraphs:
        for found in _SIGNING.finditer(text):
            mark = found["mark"].replace(" ", "")
            yield f"{mark} {found['for']}" if found["for"] else mark
        if _ROLE_ALONE.match(text):
            yield text
