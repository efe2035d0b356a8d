"""Every form of rows is told from all others by its header's words alone: no title, no telling sheet name.

Forms of the same columns (``like``) are told by their titles, or by what the sender owes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.model import Column, Form, RefusalReason, Unreadable
from bot.sheet.identify import Match, Vocabulary, identify
from tests.rules.test_examples import BOOK
from tests.sheet.grids import Grid, opened, xlsx

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

VOCABULARY = Vocabulary.of(BOOK.forms)
ROWS = tuple(form for form in BOOK.forms if form.layout == "rows")
FORMS = pytest.mark.parametrize("form", ROWS, ids=lambda form: form.full_id)
TWINS = {form.full_id for form in ROWS if form.like} | {form.like for form in ROWS if form.like}
EVERY_TWIN = pytest.mark.parametrize("full_id", sorted(TWINS))
ANNEX_I = tuple(form for form in BOOK.forms if form.full_id in {f"2012-kkt-kcn/I.{number}" for number in range(1, 5)})


def drawn(form: Form, wordings: Sequence[str], columns: Sequence[Column] = ()) -> Grid:
    """Return a header of those wordings, their levels one below the other, with a row of the columns' examples."""
    paths = [wording.split(" > ") for wording in wordings]
    depth = max(map(len, paths))
    header: Grid = [
        [path[level - depth] if depth - level <= len(path) else None for path in paths] for level in range(depth)
    ]
    return [*header, [column.example or None for column in columns or form.columns]]


def matches_of(sheets: Mapping[str, Grid], likely: Collection[str] = ()) -> tuple[Match, ...]:
    matches = identify(opened(xlsx(sheets)), VOCABULARY, likely=likely)
    assert not isinstance(matches, Unreadable), matches
    return matches


def misread(form: Form, headers: Mapping[str, Sequence[str]], columns: Sequence[Column] = ()) -> dict[str, object]:
    """Return what was read from each header that was not read as exactly *form*, each column in its own place."""
    wanted = {column.key: place for place, column in enumerate(columns or form.columns)}
    read: dict[str, dict[str, object]] = {name: {} for name in headers}
    sheets = {name: drawn(form, wordings, columns) for name, wordings in headers.items()}
    for match in matches_of(sheets, {form.full_id} & TWINS):
        for sheet, header in match.places:
            wrong = dict(set(header.columns.items()) ^ set(wanted.items()))
            read[sheet.name][match.form.full_id] = (wrong, header.understood)
    return {name: found for name, found in read.items() if found != {form.full_id: ({}, ())}}


def one_alternative_each(form: Form) -> Iterator[tuple[str, ...]]:
    """Yield the official header with one column worded otherwise, for each other wording of each column."""
    official = [column.title for column in form.columns]
    for place, column in enumerate(form.columns):
        for wording in column.header[1:]:
            yield (*official[:place], wording, *official[place + 1 :])


def alternatives_together(form: Form) -> Iterator[tuple[str, ...]]:
    """Yield headers in which all columns are worded otherwise at once: the second wording of each, the third …"""
    for number in range(1, max(len(column.header) for column in form.columns)):
        yield tuple(column.header[min(number, len(column.header) - 1)] for column in form.columns)


@FORMS
def test_the_official_wordings_are_exactly_that_form(form: Form) -> None:
    assert misread(form, {"S": [column.title for column in form.columns]}) == {}


@FORMS
def test_each_alternative_wording_is_exactly_that_form_and_column(form: Form) -> None:
    headers = dict(zip(map(str, range(10_000)), one_alternative_each(form), strict=False))
    assert {headers[name]: found for name, found in misread(form, headers).items()} == {}


@FORMS
def test_alternative_wordings_in_all_columns_at_once_are_exactly_that_form(form: Form) -> None:
    headers = dict(zip(map(str, range(10_000)), alternatives_together(form), strict=False))
    assert {headers[name]: found for name, found in misread(form, headers).items()} == {}


@FORMS
def test_a_sheet_without_the_columns_that_may_be_missing_is_still_that_form(form: Form) -> None:
    columns = [column for column in form.columns if column.required]
    assert misread(form, {"S": [column.title for column in columns]}, columns) == {}


def test_a_workbook_of_annex_i_is_four_forms_on_four_sheets() -> None:
    sheets = {f"Sheet{n}": drawn(form, [one.title for one in form.columns]) for n, form in enumerate(ANNEX_I, 1)}
    found = [(match.form.id, [sheet.name for sheet, _ in match.places]) for match in matches_of(sheets)]
    assert found == [("I.1", ["Sheet1"]), ("I.2", ["Sheet2"]), ("I.3", ["Sheet3"]), ("I.4", ["Sheet4"])]


def test_a_workbook_of_all_forms_is_all_forms_each_on_its_sheet() -> None:
    titled: dict[str, Grid] = {f"S{n}": [[form.title], *drawn(form, titles_of(form))] for n, form in enumerate(ROWS)}
    found = {match.form.full_id: [sheet.name for sheet, _ in match.places] for match in matches_of(titled)}
    assert found == {form.full_id: [f"S{n}"] for n, form in enumerate(ROWS)}


def titles_of(form: Form) -> list[str]:
    return [one.title for one in form.columns]


@EVERY_TWIN
def test_a_twin_is_known_by_its_title(full_id: str) -> None:
    form = BOOK.form(full_id)
    titled: Grid = [[form.title], *drawn(form, titles_of(form))]
    (match,) = matches_of({"Sheet1": titled})
    assert match.form.full_id == full_id


@EVERY_TWIN
def test_a_twin_without_a_title_is_what_the_sender_owes_else_both_are_named(full_id: str) -> None:
    form = BOOK.form(full_id)
    sheets = {"Sheet1": drawn(form, titles_of(form))}
    others = sorted(one.full_id for one in ROWS if not one.like and one.full_id not in TWINS)
    (match,) = matches_of(sheets, [full_id, *others])
    assert match.form.full_id == full_id
    refused = identify(opened(xlsx(sheets)), VOCABULARY)
    assert isinstance(refused, Unreadable)
    assert refused.reason is RefusalReason.AMBIGUOUS_FORM
    assert form.title in refused.detail
