"""What the tests of blank forms share: all forms of ``rules/``, the real reader and checker, LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa

from bot.adapters.content import read_templates
from bot.check.examples import case_of, day_of, table_of
from bot.check.load import load_rulebook
from bot.check.run import Checker
from bot.model import Campaign, Finding, Form, Problem, Reporter, Rulebook, Table, Unreadable
from bot.reply.blank import Blank, build_blank
from bot.reply.blank_words import BlankWords
from bot.sheet.code import read_code
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, read_workbook
from tests.check.small import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from bot.check.examples import Case


def _load() -> Rulebook:
    files = {one.relative_to(RULES).as_posix(): one for one in RULES.rglob("*") if one.suffix in (".toml", ".csv")}
    book = load_rulebook({name: path.read_bytes() for name, path in files.items()})
    assert isinstance(book, Rulebook), "\n".join(map(str, book))
    return book


BOOK = _load()
WORDS = BlankWords(read_templates(None))
SOFFICE = shutil.which("soffice") or ""
_VOCABULARY = Vocabulary.of(BOOK.forms)
_CHECKER = Checker(BOOK.registers)


def form_of(full_id: str) -> Form:
    return BOOK.form(full_id)


def campaign_of(form: Form) -> Campaign:
    """Return a campaign that asks for the form: of a recurring one, its first period."""
    return next(one for one in BOOK.campaigns if one.family == form.campaign and form.id in (*one.forms, form.id))


def reporter_of(form: Form) -> Reporter:
    """Return one who owes the form; Nghệ An where it does."""
    campaign = campaign_of(form)
    owing = [one.reporter for one in BOOK.obligations if (one.campaign, one.form) == (campaign.id, form.id)]
    return BOOK.reporter("40" if "40" in owing or not owing else owing[0])


def make(form: Form, *, rows: int = 30, earlier: pa.Table | None = None, secret: bytes = b"") -> Blank:
    return build_blank(form, reporter_of(form), campaign_of(form), WORDS, rows=rows, earlier=earlier, secret=secret)


@cache
def blank_of(full_id: str) -> Blank:
    return make(form_of(full_id))


def example_cells(form: Form) -> dict[str, object]:
    """Return the columns' own examples as cells hold them: numbers, days, texts."""
    row = table_of(form, [{}]).data.to_pylist()[0]
    return {column.key: row[column.key] for column in form.columns if column.key != form.sequence}


def filled(blank: Blank, *rows: Mapping[str, object]) -> bytes:
    """Return the blank as somebody saves it who typed *rows* into it with a program that computes nothing."""
    book = openpyxl.load_workbook(io.BytesIO(blank.data))
    _type(book[blank.sheet], blank, rows)
    return _saved(book)


def _type(sheet: Worksheet, blank: Blank, rows: Iterable[Mapping[str, object]]) -> None:
    for line, row in enumerate(rows):
        for key, value in row.items():
            sheet[blank.layout.address(key, line)].value = value


def _saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def filled_with(form: Form, tables: Sequence[pa.Table]) -> tuple[Blank, bytes]:
    """Return a blank of *form*, and what it is when all rows of all *tables* stand in it.

    A form of indicators has no rows to add: each table has a copy of the sheet.
    """
    if form.layout != "indicators":
        data = pa.concat_tables(tables)
        blank = make(form, rows=data.num_rows, earlier=data)
        return blank, blank.data
    blank = blank_of(form.full_id)
    book = openpyxl.load_workbook(io.BytesIO(blank.data))
    sheets = [book[blank.sheet], *(book.copy_worksheet(book[blank.sheet]) for _ in tables[1:])]
    for sheet, data in zip(sheets, tables, strict=True):
        _type(sheet, blank, data.select([column.key for column in form.columns]).to_pylist())
    return blank, _saved(book)


def read(data: bytes) -> Table | Unreadable:
    """Return the one table of a workbook, as the real reader understands it."""
    return read_whole(data)[0]


def check(data: bytes, form: Form, case: Case | None = None) -> tuple[Finding, ...]:
    """Return what the real reader and checker find in a workbook that holds *form*, with the other tables of *case*."""
    table, problems = read_whole(data)
    assert isinstance(table, Table), table
    assert table.form == form.full_id
    known = case or case_of(form, {}, BOOK.form)
    received = known.received or day_of(BOOK, form)
    return _CHECKER.check(form, table, problems, BOOK.notices, received, tables=known.tables, reporter=known.reporter)


def lists_of(data: bytes) -> dict[str, list[str]]:
    """Return the drop-downs of a workbook: first cell → values."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = {}
    for one in book.worksheets[0].data_validations.dataValidation:
        if one.type == "list":
            sheet, _, cells = book.defined_names[one.formula1].value.rpartition("!")
            rows = book[sheet.strip("'")][cells.replace("$", "")]
            rows = rows if isinstance(rows, tuple) else ((rows,),)
            found[str(one.sqref).partition(":")[0]] = [str(cell.value) for (cell,) in rows]
    return found


def choices_of(form: Form) -> dict[str, list[str]]:
    layout = blank_of(form.full_id).layout
    asked = [one for one in form.columns if one.choices and one.key != form.record]
    return {layout.address(one.key): [choice.value for choice in one.choices] for one in asked}


def read_whole(data: bytes) -> tuple[Table | Unreadable, Sequence[Problem]]:
    """Return the one table of a workbook, and what the reader could not read in it."""
    book = read_workbook(data, Limits())
    assert not isinstance(book, Unreadable), book
    code = read_code(data, book)
    matches = identify(book, _VOCABULARY, coded=code.form if code else "")
    assert not isinstance(matches, Unreadable), matches
    (match,) = matches
    found = read_table(book, match)
    return (found, ()) if isinstance(found, Unreadable) else found


def convert(files: Sequence[Path], kind: str, folder: Path) -> dict[str, bytes]:
    """Return *files*, by their stems, as LibreOffice saves them."""
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind,
         "--outdir", str(folder / kind), *map(str, files)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return {file.stem: (folder / kind / f"{file.stem}.{kind}").read_bytes() for file in files}
