"""Text with delimiters (.csv, .tsv, or such a text called .xls), in whatever coding Windows wrote it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from bot.language import nfc
from bot.sheet.drawn import Drawn
from bot.sheet.legacy import Coding, decode_bytes

if TYPE_CHECKING:
    from bot.sheet.grid import Cell

_MARKS = ";\t,|"
"""The first one wins a tie: with a comma before decimals, Excel in Viet Nam parts its cells by semicolons."""
_LOOKED_AT = 200
_DECLARED = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
"""Digits without any separator and without a leading zero: the only numbers about which nothing is to be guessed."""
_LONGEST_CELL = 131_072


def read_delimited(data: bytes, most: int) -> tuple[Drawn, str] | None:
    """Return the cells of the text *data* and its coding; None where it is a text without a table.

    Raises TooManyCellsError where more than *most* cells are filled.
    """
    read = decode_bytes(data)
    text = read.text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    declared = _DECLARED.fullmatch(first)
    mark, text = (declared[1], rest) if declared else (_mark(text), text)
    if not mark or "\0" in text:
        return None
    sheet = Drawn("", most=most)
    for number, cells in enumerate(_rows(text, mark)):
        for column, cell in enumerate(cells):
            sheet.put(number, column, _value(cell))
    return sheet, read.coding if read.coding in set(Coding) else ""


def _rows(text: str, mark: str) -> list[list[str]]:
    """Return the cells of each row; where the quotation marks do not add up, each line is a row and they are letters.

    Else one that is never closed would swallow all the rows below it.
    """
    csv.field_size_limit(_LONGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        return [line.split(mark) for line in text.split("\n")]


def _mark(text: str) -> str:
    """Return the mark that parts the most lines into the same number of cells, two at least; else nothing."""
    lines = [line for line in islice(text.split("\n"), _LOOKED_AT) if line.strip()]
    best, most = "", 0
    for mark in _MARKS:
        try:
            counts = Counter(len(cells) for cells in csv.reader(lines, delimiter=mark) if len(cells) > 1)
        except csv.Error:
            continue
        alike = max(counts.values(), default=0)
        if alike > most and alike * 2 >= len(lines):
            best, most = mark, alike
    return best if most >= min(2, len(lines)) else ""


def _value(cell: str) -> Cell:
    text = nfc(cell)
    return int(text) if _WHOLE.fullmatch(text) else text
