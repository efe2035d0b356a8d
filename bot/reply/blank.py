"""Blank workbooks: the official layout of a form, drawn for one reporter from the same form file that checks it."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from bot.language import fold
from bot.reply.blank_code import DEFINED_NAME, PROPERTY, code_of, sealed_code_of
from bot.reply.blank_indicators import IndicatorLayout, lay_out_indicators
from bot.reply.blank_layout import lay_out
from bot.reply.blank_limits import limit_of
from bot.reply.blank_page import Page, name_of

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa
    from openpyxl.worksheet.worksheet import Worksheet

    from bot.model import Campaign, Form, Reporter
    from bot.reply.blank_layout import Layout
    from bot.reply.blank_words import BlankWords

ROWS = 30
"""Rows for data where nobody asks for more."""
SPARE_ROWS = 10
"""Rows that stay empty below earlier ones."""
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME = 31
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank workbook."""

    name: str
    """A file name in ASCII: ``Bieu-III.4-Nghe-An.xlsx``, ``Bieu-B04-2026-6T-Nghe-An.xlsx``."""
    data: bytes = field(repr=False)
    layout: Layout | IndicatorLayout
    sheet: str
    """The name of the sheet that holds the table."""


def build_blank(
    form: Form,
    reporter: Reporter,
    campaign: Campaign,
    words: BlankWords,
    *,
    rows: int = ROWS,
    earlier: pa.Table | None = None,
    secret: bytes = b"",
) -> Blank:
    """Return the .xlsx of *form* for *reporter*: the same arguments give the same bytes.

    Args:
        form: what is asked.
        reporter: who answers.
        campaign: the form's own.
        words: the sentences.
        rows: how many rows for data, at least 1; there are more where the earlier ones need them. A form of
            indicators has a line for each of them and no others.
        earlier: rows to begin with, one Arrow column for each column key (others are left out, missing ones empty).
        secret: makes the hidden token by which the blank proves its sender; without one it bears none.

    Raises jinja2.TemplateError where a phrase is missing or wrong.
    """
    before = earlier.to_pylist() if earlier is not None else []
    layout = _lay_out(form, words, max(rows, len(before) + SPARE_ROWS if before else 1))
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _sheet_name(form)
    code = code_of(form, reporter, campaign)
    page = Page(sheet, layout)
    page.draw_head(
        words.lines("letterhead", reporter),
        (name_of(form), words.line("basis", campaign), words.line("code_line", code)),
        words.line("attached", reporter, campaign),
        # A list of indicators has a unit on each line.
        "" if isinstance(layout, IndicatorLayout) else words.line("unit_line", _units(form)),
    )
    page.draw_header()
    if isinstance(layout, IndicatorLayout):
        page.draw_lines(layout, before)
        notes = words.lines("indicator_notes", all(column.required for column in layout.lines), form.nil)
    else:
        page.draw_rows(before)
        page.draw_total(words.line("total"))
        required = any(column.required for column in form.columns)
        notes = words.lines("notes", required, layout.total_row is not None, form.nil)
    page.draw_foot(notes, words.line("dated", reporter), words.lines("drafter"), words.lines("signer"))
    page.set_up_print(words.line("page"))
    _add_limits(book, layout, words)
    sealed = sealed_code_of(form, reporter, campaign, secret)
    book.custom_doc_props.append(StringProperty(name=PROPERTY, value=sealed))  # type: ignore[attr-defined]  # newer than the stubs
    book.defined_names[DEFINED_NAME] = DefinedName(DEFINED_NAME, attr_text=f'"{sealed}"', hidden=True)
    book.properties.title, book.properties.creator = form.title, campaign.department
    return Blank(_file_name(form, reporter, campaign), _saved(book, campaign.opened), layout, sheet.title)


def _lay_out(form: Form, words: BlankWords, rows: int) -> Layout | IndicatorLayout:
    if form.layout == "indicators":
        return lay_out_indicators(form, words.lines("indicator_header"))
    return lay_out(form, rows)


def _add_limits(book: Workbook, layout: Layout | IndicatorLayout, words: BlankWords) -> None:
    """Give each column its validation; the lists stand on a hidden sheet, under names.

    A list written into the validation itself would be parted at the commas of its values; a reference to another
    sheet without a name is beyond Excel 2007.
    """
    sheet = book.worksheets[0]
    # Running numbers and printed headings are not for people to fill in.
    asked = [one for one in layout.form.columns if one.key not in (layout.form.sequence, layout.form.record)]
    choosing = [column for column in asked if column.choices]
    names = {column.key: f"dm_{column.key}" for column in choosing}
    if choosing:
        lists = book.create_sheet(words.line("lists", most=_LONGEST_SHEET_NAME))
        lists.sheet_state = "hidden"
        for at, column in enumerate(choosing, 1):
            for row, text in enumerate((column.title, *(one.value for one in column.choices)), 1):
                cell = lists.cell(row, at, text)
                cell.data_type = "s"
            letter = get_column_letter(at)
            cells = f"{quote_sheetname(lists.title)}!${letter}$2:${letter}${len(column.choices) + 1}"
            book.defined_names[names[column.key]] = DefinedName(names[column.key], attr_text=cells)
    for column in asked:
        sheet.add_data_validation(limit_of(column, layout.cells(column.key), words, names.get(column.key, "")))


def _units(form: Form) -> tuple[str, ...]:
    """Return the units of the form, each once; "triệu USD hoặc tỷ đồng" names two."""
    units = (unit for column in form.columns for unit in (column.unit or "").split(" hoặc "))
    return tuple(unit for unit in dict.fromkeys(units) if unit)


def _sheet_name(form: Form) -> str:
    """Return the form's name as a sheet may be called; it holds the form's number, by which the reader knows it."""
    name = name_of(form) if fold(form.id) in fold(name_of(form)) else f"Biểu {form.id}"
    return _NOT_IN_SHEET_NAMES.sub("-", name)[:_LONGEST_SHEET_NAME]


def _file_name(form: Form, reporter: Reporter, campaign: Campaign) -> str:
    period = (campaign.period.id,) if campaign.period else ()
    return f"Bieu-{'-'.join(map(_ascii, (form.id, *period, reporter.name)))}.xlsx"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("Đ", "D").replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^\w.]+", "-", plain).strip("-.") or "x"


class _InMemory(ExcelWriter):
    """The library's own writer without its detour over temporary files: no file can be written where mail is read."""

    def __init__(self, book: Workbook, archive: zipfile.ZipFile) -> None:
        super().__init__(book, archive)
        self._zip = archive

    def write_worksheet(self, ws: Worksheet) -> None:
        ws._drawing = SpreadsheetDrawing()  # type: ignore[attr-defined]  # the stubs leave these out
        ws._drawing.charts, ws._drawing.images = [], []  # type: ignore[attr-defined]
        part = io.BytesIO()
        writer = WorksheetWriter(ws, part)
        writer.write()
        ws._rels = writer._rels  # type: ignore[attr-defined]
        self._zip.writestr(ws.path[1:], part.getvalue())
        self.manifest.append(ws)


def _saved(book: Workbook, day: date) -> bytes:
    """Return the workbook's bytes with *day* for every clock that the library would have read."""
    drawn, fixed = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(drawn, "w") as archive:
        _InMemory(book, archive).save()
    stamp = f"{day.isoformat()}T00:00:00Z".encode()
    moment = (day.year, day.month, day.day, 0, 0, 0)
    with zipfile.ZipFile(drawn) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + stamp, data)
            target.writestr(zipfile.ZipInfo(entry.filename, moment), data, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
