"""What the tests of blank forms share: all forms of ``rules/``, the real reader and checker, LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import openpyxl

from bot.adapters.content import read_templates
from bot.check.examples import table_of
from bot.check.load import load_rulebook
from bot.check.run import Checker
from bot.model import Finding, Form, Reporter, Rulebook, Table, Unreadable
from bot.reply.blank import Blank, build_blank
from bot.reply.blank_words import BlankWords
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, read_workbook
from tests.check.small import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import pyarrow as pa


def _load() -> Rulebook:
    files = {one.relative_to(RULES).as_posix(): one for one in RULES.rglob("*") if one.suffix in (".toml", ".csv")}
    book = load_rulebook({name: path.read_bytes() for name, path in files.items()})
    assert isinstance(book, Rulebook), "\n".join(map(str, book))
    return book


BOOK = _load()
WORDS = BlankWords(read_templates(None))
SOFFICE = shutil.which("soffice") or ""
_VOCABULARY = Vocabulary.of(BOOK.forms)
_CHECKER = Checker()


def form_of(full_id: str) -> Form:
    return BOOK.form(full_id)


def reporter_of(form: Form) -> Reporter:
    """Return one who owes the form; Nghệ An where it does."""
    owing = [one.reporter for one in BOOK.obligations if (one.campaign, one.form) == (form.campaign, form.id)]
    return BOOK.reporter("40" if "40" in owing or not owing else owing[0])


def make(form: Form, *, rows: int = 30, earlier: pa.Table | None = None) -> Blank:
    return build_blank(form, reporter_of(form), BOOK.campaign(form.campaign), WORDS, rows=rows, earlier=earlier)


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
    for line, row in enumerate(rows):
        for key, value in row.items():
            book[blank.sheet][blank.layout.address(key, line)].value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes) -> Table | Unreadable:
    """Return the one table of a workbook, as the real reader understands it."""
    return _read(data)[0]


def check(data: bytes, form: Form) -> tuple[Finding, ...]:
    """Return what the real reader and checker find in a workbook that holds *form*."""
    table, problems = _read(data)
    assert isinstance(table, Table), table
    assert table.form == form.full_id
    return _CHECKER.check(form, table, problems, BOOK.notices, received_of(form))  # type: ignore[arg-type]


def received_of(form: Form) -> date:
    """Return a day on which the form may well be sent."""
    owed = [one for one in BOOK.obligations if (one.campaign, one.form) == (form.campaign, form.id)]
    dated = [one.deadline.day for one in owed if one.deadline]
    return min(dated, default=BOOK.campaign(form.campaign).opened + timedelta(days=60))


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
    return {layout.address(one.key): [choice.value for choice in one.choices] for one in form.columns if one.choices}


def _read(data: bytes) -> tuple[Table | Unreadable, Sequence[object]]:
    book = read_workbook(data, Limits())
    assert not isinstance(book, Unreadable), book
    matches = identify(book, _VOCABULARY)
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
