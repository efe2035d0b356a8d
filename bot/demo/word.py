"""Writes a letter as an office lays it out in Word: letterhead, title, text, and the block of the signer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot.demo.files import make_document

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="709" w:footer="709" w:gutter="0"/>'
    "</w:sectPr>"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph and how it looks."""

    text: str
    align: str = "center"
    bold: bool = False
    italic: bool = False
    points: int = 14


def draw_letter(lines: Sequence[Line | Sequence[Sequence[Line]]]) -> bytes:
    """Return a .docx of A4 pages; several columns of lines stand side by side, as in a letterhead."""
    body = "".join(_paragraph(one) if isinstance(one, Line) else _columns(one) for one in lines)
    return make_document(body + _PAGE)


def _paragraph(line: Line) -> str:
    marks = ("<w:b/>" if line.bold else "") + ("<w:i/>" if line.italic else "")
    look = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>{marks}<w:sz w:val="{2 * line.points}"/>'
    first = '<w:ind w:firstLine="567"/>' if line.align == "both" else ""
    return (
        f'<w:p><w:pPr><w:spacing w:after="60"/>{first}<w:jc w:val="{line.align}"/></w:pPr>'
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(line.text)}</w:t></w:r></w:p>'
    )


def _columns(columns: Sequence[Sequence[Line]]) -> str:
    width = 9071 // len(columns)
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{"".join(map(_paragraph, column))}</w:tc>'
        for column in columns
    )
    grid = f'<w:gridCol w:w="{width}"/>' * len(columns)
    look = '<w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    return f"<w:tbl>{look}<w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl><w:p/>"
