"""The files that come with the sample mails: the province's own workbook with its marks, and a blank form."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from bot.model import Enclosure
from bot.preview.campaign import COLUMNS, FORM_1, RULEBOOK
from bot.reply.annotate import mark_workbook
from bot.reply.blank import build_blank
from bot.reply.blank_words import BlankWords
from bot.reply.findings import number_parts
from bot.reply.marked.marks import Entry
from bot.reply.marked.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Decision, Rulebook

FILE = "Bieu I.1 Nghe An.xlsx"
SHEET, HEADER_ROW, ROWS = "Biểu I.1", 8, 22
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARKS = (
    *("Bắc Vinh", "Nam Cấm", "Cửa Lò", "Đông Hồi", "Nghĩa Đàn", "Tân Kỳ", "Sông Dinh", "Tri Lễ", "Diễn Châu"),
    *("Yên Thành", "Đô Lương", "Anh Sơn", "Con Cuông", "Hoàng Mai", "Thanh Chương", "Nam Đàn", "Hưng Nguyên"),
    *("Quỳnh Lưu", "Quỳ Hợp", "Thái Hòa", "Nghi Lộc", "Phủ Quỳ"),
)
_WRITTEN: dict[str, float | str] = {
    **{f"L{row}": text for row, text in enumerate(("năm 2005", "2006 (dự kiến)", "chưa rõ", "năm 2005"), 9)},
    "L13": "n/a",
    "L14": "n/a",
    "L18": "2OO5",
    "I19": "855.000 m²",
    "J20": "1.204,5",
    "I14": 102,
    "J14": 120,
    "I17": 80,
    "J17": 88.5,
    "H31": 1204.5,
    "G22": "QĐ số 41/QĐ-UBND ngày 12/4/2012",
}
"""What stands in the cells that the sample findings speak of."""


@dataclass(frozen=True, slots=True)
class FileWords:
    """The words that stand in files of ours."""

    blank: BlankWords
    marked: Words

    @classmethod
    def of(cls, templates: Mapping[str, str]) -> FileWords:
        """Return those of the given templates; raises jinja2.TemplateError where one is missing or wrong."""
        return cls(BlankWords(templates), Words(templates))


def mark_sample(decision: Decision, words: Words) -> Enclosure:
    """Return the marked copy of the sample workbook, as a province gets it."""
    name, parts = decision.parts[0].file, number_parts(decision.parts)
    entries = [Entry(*one) for part in parts for one in zip(part.numbers, part.findings, strict=False)]
    copy = mark_workbook(_workbook(), entries, words, file=name, receipt=decision.receipt)
    if copy is None:
        raise ValueError("the sample workbook is one that can be marked")
    return Enclosure(f"{name.rpartition('.')[0]}-danh-dau.{copy.suffix}", copy.data, _XLSX)


def blank_sample(words: BlankWords, rulebook: Rulebook = RULEBOOK, form: str = FORM_1) -> Enclosure:
    """Return a blank for Nghệ An, as mails carry it: of I.1, or of another *form* of the first campaign."""
    campaign = rulebook.campaigns[0]
    blank = build_blank(rulebook.form(f"{campaign.id}/{form}"), rulebook.reporter("40"), campaign, words)
    return Enclosure(blank.name, blank.data, _XLSX)


def _workbook() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    sheet["A2"] = "BAN QUẢN LÝ KKT ĐÔNG NAM NGHỆ AN"
    sheet["A4"] = "Biểu I.1. Tình hình quy hoạch, thành lập và hoạt động của các KCN"
    for column, one in enumerate(COLUMNS, 1):
        sheet.cell(HEADER_ROW, column, one.title)
        sheet.column_dimensions[get_column_letter(column)].width = 16
    for index, park in enumerate(_PARKS):
        for column, value in enumerate(_line(index, park), 1):
            sheet.cell(HEADER_ROW + 1 + index, column, value)
    sheet.cell(HEADER_ROW + 1 + ROWS, 2, "Tổng cộng")
    for cell, value in _WRITTEN.items():
        sheet[cell] = value
    book.properties.created = book.properties.modified = datetime(2012, 7, 10)  # noqa: DTZ001  office files know no zones
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _line(index: int, park: str) -> tuple[float | str, ...]:
    founded = 1998 + index % 9
    decision = f"QĐ số {12 + index}/QĐ-UBND ngày 15/6/{founded}"
    named = (index + 1, f"KCN {park}", park, "Công ty hạ tầng KCN")
    return (*named, founded, "54", decision, 54, 38, 30, 78.9, founded + 3)
