"""What a document calls itself: its type (BÁO CÁO, CÔNG VĂN …) and the trích yếu below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.document.text import Document


class DocumentType(StrEnum):
    """The type of an administrative document (Decree 30/2020/NĐ-CP, article 7), by the word that stands above it."""

    NARRATIVE = "BÁO CÁO"
    LETTER = "CÔNG VĂN"
    OUTLINE = "ĐỀ CƯƠNG"
    PROPOSAL = "TỜ TRÌNH"
    PLAN = "KẾ HOẠCH"
    DECISION = "QUYẾT ĐỊNH"
    NOTIFICATION = "THÔNG BÁO"
    INVITATION = "GIẤY MỜI"
    MINUTES = "BIÊN BẢN"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Title:
    """A type and its trích yếu, as written."""

    type: DocumentType
    summary: str
    end: int
    """The index of the first paragraph after it."""


NUMBER = re.compile(
    r"(?:^|\s)(?:Số|SỐ)(?:\s*:\s*|\s+)"
    r"(?P<number>\d(?:\s?\d)*[a-zđ]?\s*/\s*(?:\d{4}\s*/\s*)?[A-ZĐ]{2,}\w*(?:\s?[-–]\s?[A-ZĐ&]+\w*)*)"
)
"""The document's own number: with a capital, unlike the numbers of documents that it cites."""
BLANK_NUMBER = re.compile(
    r"(?:^|\s)(?:Số|SỐ)\s*:?[\s._…-]*/\s*(?:\d{4}\s*/\s*)?[A-ZĐ]{2,}[\w–-]*|^(?:Số|SỐ)\s*:[\s._…-]*$"
)
DATE = re.compile(
    r"(?P<place>(?:TP\.?\s*)?[^\W\d_][^,.;:/\d]{1,40}),\s*ngày\s+(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2})"
    r"\s+năm\s+(?P<year>\d{4})"
)
BLANK_DATE = re.compile(
    r"(?P<place>(?:TP\.?\s*)?[^\W\d_][^,.;:/\d]{1,40}),\s*ngày[\s._…]*\d{0,2}[\s._…]*tháng[\s._…]*\d{0,2}[\s._…]*"
    r"năm[\s._…]*\d{0,4}"
)
NATION = re.compile(
    r"cộng\s+h(?:òa|oà|oa)\s+xã\s+hội(?:\s+chủ\s+nghĩa\s+việt\s+nam)?"
    r"|độc\s+lập\s*[-–—]\s*tự\s+do(?:\s*[-–—]\s*hạnh\s+phúc)?",
    re.IGNORECASE,
)
ADDRESSEE = re.compile(r"kính\s+gửi\s*:?", re.IGNORECASE)

_HEAD = 40
"""The letterhead and what stands above the text lie within the first paragraphs."""
_SPACED = re.compile(r"\b(?:\w ){3,}\w\b")
_LETTER = re.compile(r"\bV/v\b\s*:?\s*|^Về việc\s*:?\s*")
_RULE = re.compile(r"[\W_]+$")
_NUMBERED = re.compile(r"(?:Phần|PHẦN|[IVX]+|[A-Z]|\d{1,2}|[a-zđ](?=[.)]))\s*[.:)/-]?\s+\S|(?:PHẦN|Phần)\b")
_OPENING = re.compile(r"(?:Thực hiện|Căn cứ|Theo|Thi hành|Trên cơ sở|Ngày)\s", re.IGNORECASE)
_LINES = 5
_LONGEST = 600


def titles_of(document: Document) -> Iterator[Title]:
    """Yield each title of a document in its order: a covering letter and its enclosure may lie in one file."""
    paragraphs = document.paragraphs
    for index, text in enumerate(paragraphs):
        type_, rest = _type_of(text)
        if type_ is DocumentType.UNKNOWN and index < _HEAD:
            found = _LETTER.search(text)
            if found:
                type_, rest = DocumentType.LETTER, text[found.end() :]
        if type_ is DocumentType.UNKNOWN:
            continue
        before = _type_of(paragraphs[index - 1])[0] if index else DocumentType.UNKNOWN
        if before is DocumentType.OUTLINE:  # "ĐỀ CƯƠNG" above "BÁO CÁO": the ministry's own page came back
            continue
        yield _complete(document, type_, rest, index + 1)


def _type_of(text: str) -> tuple[DocumentType, str]:
    """Return the type that a paragraph begins with, in capitals, and what follows it there."""
    plain = _SPACED.sub(lambda one: one[0].replace(" ", ""), text) if _SPACED.match(text) else text
    plain = plain.replace("BÁOCÁO", "BÁO CÁO").removeprefix("DỰ THẢO ")
    for type_ in DocumentType:
        if type_ and plain.startswith(type_) and not plain[len(type_) :][:1].isalnum():
            return type_, plain[len(type_) :].strip(" :.-–")
    return DocumentType.UNKNOWN, ""


def _complete(document: Document, type_: DocumentType, rest: str, start: int) -> Title:
    """Return the title with the lines below it that belong to it."""
    lines, end = [rest] if rest else [], start
    for text in document.paragraphs[start : start + _LINES]:
        if _is_above_the_text(text):
            end += 1
            continue
        if _ends_title(text, bool(lines)):
            break
        lines.append(text)
        end += 1
    return Title(type_, " ".join(lines)[:_LONGEST], end)


def _is_above_the_text(text: str) -> bool:
    """Tell whether a paragraph stands among a title's lines without being one: a rule, a note in brackets."""
    return bool(_RULE.match(text)) or text.startswith("(")


def _ends_title(text: str, begun: bool) -> bool:
    marks = (ADDRESSEE, NATION, NUMBER, BLANK_NUMBER, DATE, BLANK_DATE)
    if len(text) > 300 or text.endswith((".", ";", ":")) or any(mark.search(text) for mark in marks):
        return True
    return begun and bool(_NUMBERED.match(text) or _OPENING.match(text) or text.startswith(("-", "–", "+")))
