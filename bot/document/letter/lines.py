"""The lines of a letter → its paragraphs and sentences, whatever broke them: a scanner, a mail program, Word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARKER = re.compile(r"(?:[-–+•*]\s|(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[a-zđ]|[A-Z])[.)/]\s)")
"""What an item of a list begins with."""
_ENDED = (".", ";", ":", "!", "?", "./.")
_HANGING = re.compile(r"(?:\b(?:ngày|tháng|năm|trước|đến|hết|số|Số|Quý|quý|Biểu|Phụ lục|và|của)|Số\s*:|[/@(,])$")
"""The end of a line that says nothing without the next: a date or a number was broken."""
_OPEN = re.compile(r"(?:,|(?<!\w)(?:và|của|trực thuộc|các|với|về|theo|tại|cho|là|Bộ|(?:Ủy|Uỷ) ban|nhân dân)|\w[-–])$")
"""The end of a line that goes on in the next, whatever that begins with."""
_ADDRESS_ENDS = re.compile(r"(?:(?<![\w.@+-])[a-z0-9]+[._]|(?:^|:\s?)[a-z0-9])[\w.+-]*[._-]$", re.ASCII)
"""The first part of a mail address that a line's end cut in two: ``mpi.kkt.``."""
_DOMAIN_ENDS = re.compile(
    r"@(?:[a-z0-9-]+\.)*[a-z0-9-]*(?:@|-|(?<!\.vn)(?<!\.com)(?<!\.net)(?<!\.org)\.)$|@$", re.ASCII
)
_DOMAIN_GOES_ON = re.compile(r"[a-z]{2,}(?:[.-][a-z]+)*(?![^\W_])")
_DATE_GOES_ON = re.compile(r"/\s*\d|\d{1,2}\s*(?:/|tháng\b)|\d{4}\b|(?:tháng|năm)\s")
_WRAPPED = 130
"""Where no line is longer, the lines were cut to a width; else each is a paragraph."""
_FULL = 0.75
_LEAST = 50

_END = re.compile(r"[.!?…]+[\"”)]?\s+(?=[\"“(]?[A-ZĐÀ-ỸẠ-Ỵ])")
_NO_END = re.compile(r"(?:^|\s)(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[^\W\d_]{1,2}|ThS|PGS|Th\.S)\.\s*$")
"""A number or an abbreviation before a full stop: ``1.``, ``TP.``, ``TM.``."""


def join_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the paragraphs that *lines* make, each on one line."""
    longest = max(map(len, lines), default=0)
    full = max(_FULL * longest, _LEAST) if longest <= _WRAPPED else float("inf")
    whole: list[str] = []
    last = ""
    for line in lines:
        if last and _is_one_address(last, line):
            whole[-1] += line
        elif last and _goes_on(last, line, full):
            whole[-1] = f"{whole[-1]} {line}"
        else:
            whole.append(line)
        last = line
    return tuple(whole)


def _is_one_address(last: str, line: str) -> bool:
    """Tell whether a mail address begins at the end of *last* and ends in *line*."""
    if line.startswith("@"):
        return last[-1].isalnum()
    if "@" in last.split()[-1]:
        return _DOMAIN_ENDS.search(last) is not None and _DOMAIN_GOES_ON.match(line) is not None
    return _ADDRESS_ENDS.search(last) is not None and re.match(r"[\w.+-]+@", line, re.ASCII) is not None


def _goes_on(last: str, line: str, full: float) -> bool:
    """Tell whether the paragraph of *last* goes on in *line*."""
    if _HANGING.search(last) and (line[0].islower() or line[0].isdigit() or line[0] in "/IVX"):
        return not MARKER.match(line) or bool(_DATE_GOES_ON.match(line))
    if last.endswith(_ENDED) or MARKER.match(line):
        return False
    if line[0].islower() or _DATE_GOES_ON.match(line) or _OPEN.search(last):
        return True
    return len(last) >= full and last.isupper() == line.isupper()


def sentences_of(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph; the full stop of a number or an abbreviation ends none."""
    start = 0
    for end in _END.finditer(paragraph):
        if _NO_END.search(paragraph[start : end.end()]):
            continue
        yield paragraph[start : end.end()].strip()
        start = end.end()
    if paragraph[start:].strip():
        yield paragraph[start:].strip()
