"""Blank forms in LibreOffice: printed, saved, computed, and still accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.model import Severity, Table
from bot.sheet.code import read_code, read_hidden_code
from tests.reply.blanks import (
    BOOK,
    SOFFICE,
    blank_of,
    check,
    choices_of,
    convert,
    example_cells,
    filled,
    form_of,
    lists_of,
    make,
    read,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping

SEALED = "dau-ngam"
"""A blank of the first form that bears a token."""
FORMS = [form.full_id for form in BOOK.forms]

every_form = pytest.mark.parametrize("full_id", FORMS)
pytestmark = pytest.mark.skipif(not SOFFICE, reason="LibreOffice (soffice) is not installed")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Return kind → form → what LibreOffice makes of it: all forms are handed over at once, for it starts slowly."""
    folder = tmp_path_factory.mktemp("office")
    files = [folder / f"{SEALED}.xlsx"]
    files[0].write_bytes(make(form_of(FORMS[0]), secret=b"k" * 32).data)
    for full_id in FORMS:
        files.append(folder / f"{full_id.replace('/', '~')}.xlsx")
        files[-1].write_bytes(filled(blank_of(full_id), example_cells(form_of(full_id))))
    made = {kind: convert(files, kind, folder) for kind in ("pdf", "xlsx")}
    made["xls"] = convert(files[-1:], "xls", folder)
    return {kind: {stem.replace("~", "/"): data for stem, data in found.items()} for kind, found in made.items()}


@every_form
def test_libreoffice_prints_it(office: Mapping[str, Mapping[str, bytes]], full_id: str) -> None:
    assert office["pdf"][full_id].startswith(b"%PDF")


@every_form
def test_saved_by_libreoffice_it_keeps_code_headers_and_drop_downs_and_is_accepted(
    office: Mapping[str, Mapping[str, bytes]], full_id: str
) -> None:
    form, saved = form_of(full_id), office["xlsx"][full_id]
    assert read_code(saved) == read_code(blank_of(full_id).data)
    assert lists_of(saved) == choices_of(form)
    assert [one for one in check(saved, form) if one.severity is not Severity.NOTE] == []


def test_saved_by_libreoffice_it_keeps_its_hidden_token(office: Mapping[str, Mapping[str, bytes]]) -> None:
    drawn = read_hidden_code(make(form_of(FORMS[0]), secret=b"k" * 32).data)
    assert drawn is not None
    assert drawn.token
    assert read_hidden_code(office["xlsx"][SEALED]) == drawn


def test_libreoffice_computes_the_totals_and_they_agree(office: Mapping[str, Mapping[str, bytes]]) -> None:
    for full_id in FORMS:
        table = read(office["xlsx"][full_id])
        assert isinstance(table, Table)
        examples = example_cells(form_of(full_id))
        for total in table.totals:
            assert total.values == {
                column.key: examples[column.key] or 0 for column in form_of(full_id).columns if column.sum
            }


def test_saved_in_the_old_format_it_still_knows_itself(office: Mapping[str, Mapping[str, bytes]]) -> None:
    ((full_id, saved),) = office["xls"].items()
    assert read_code(saved) == read_code(blank_of(full_id).data)
    assert [one for one in check(saved, form_of(full_id)) if one.severity is not Severity.NOTE] == []
