"""From the sheets of one form to its table: rows streamed into Arrow columns, each cell keeping its own address."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.language import number, one_line
from bot.model import Problem, RefusalReason, Remark, SheetPlace, Table, Unreadable, letter_of
from bot.sheet.column import MILD, MOST_PROBLEMS, join_columns
from bot.sheet.copies import find_copies, find_overlap, read_once
from bot.sheet.hidden import tell_hidden
from bot.sheet.indicator_table import read_indicators
from bot.sheet.page import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Form
    from bot.sheet.identify import Match
    from bot.sheet.page import Page
    from bot.sheet.workbook import Workbook


def read_table(workbook: Workbook, match: Match) -> tuple[Table, tuple[Problem, ...]] | Unreadable:
    """Return the rows of one form, and what is wrong with single cells, columns and numbers as written.

    A form that takes "Không có" for an answer and says so instead of rows is a table without rows (``Table.nil``).
    A sheet that repeats another one word for word is read once, and said (``Table.remarks``). Unreadable:
    ``EMPTY_FORM`` where there is no data row, ``TOO_LARGE`` where there are more than the limits allow,
    ``SAME_FORM_TWICE`` where two sheets list the same things with other values.
    """
    if match.form.layout == "indicators":
        return read_indicators(match)
    pages: list[Page] = []
    left = workbook.limits.rows
    for index, (sheet, header) in enumerate(match.places):
        page = read_page(index, sheet, header, match.form, left)
        if page is None:
            return Unreadable(RefusalReason.TOO_LARGE, f"hơn {number(workbook.limits.rows)} dòng")
        left -= len(page.numbers)
        pages.append(page)
    copies = find_copies([(page.sheet.name, page.columns, len(page.numbers)) for page in pages])
    if copies:
        return read_once(match, copies, lambda rest: read_table(workbook, rest))
    if any(page.numbers for page in pages):
        table = _table(match.form, pages)
        twice = find_overlap(match.form, table)
        if twice is not None:
            return Unreadable(RefusalReason.SAME_FORM_TWICE, "; ".join(twice))
        return table, _problems(pages)
    if match.form.nil and any(page.nil for page in pages):
        return _table(match.form, pages, nil=True), tuple(one for page in pages for one in page.passed)
    return Unreadable(RefusalReason.EMPTY_FORM)


def _table(form: Form, pages: Sequence[Page], *, nil: bool = False) -> Table:
    bad: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for page in pages:
        for key, filled in page.columns.items():
            if filled.bad:
                bad[key].update((page.index, page.numbers[position]) for position in filled.bad)
    return Table(
        form=form.full_id,
        data=pa.table(dict(join_columns(form, [(page.index, page.numbers, page.columns) for page in pages]))),
        sheets=tuple(_place(page) for page in pages),
        totals=tuple(total for page in pages for total in page.totals),
        understood=tuple(one for page in pages for one in page.understood),
        remarks=tuple(remark for page in pages for remark in _hidden(page)),
        bad={key: frozenset(cells) for key, cells in bad.items()},
        title_block="\n".join(dict.fromkeys(page.header.title for page in pages if page.header.title)),
        nil=nil,
    )


def _hidden(page: Page) -> Iterator[Remark]:
    filled = sorted(
        at + 1 for key, at in page.header.columns.items() if page.columns[key].data.null_count < len(page.numbers)
    )
    return tell_hidden(page.sheet.name, page.sheet.hidden, page.numbers, filled)


def _place(page: Page) -> SheetPlace:
    letters = {key: letter_of(column + 1) for key, column in page.header.columns.items()}
    return SheetPlace(page.sheet.name, letters, page.header.header_row, len(page.numbers))


def _problems(pages: Sequence[Page]) -> tuple[Problem, ...]:
    """Return the problems in the order of sheets and rows, mild ones only as far as there is room."""
    found: list[tuple[Problem, int, int]] = []
    for page in pages:
        row = page.header.header_row
        found += [(one, page.index, one.row) for one in page.passed]
        found += [(one, page.index, one.row) for one in _recoded(page)]
        found += [(Problem("thieu_cot", page.index, row, key), page.index, row) for key in page.missing]
        for filled in page.columns.values():
            found += [(one, page.index, page.numbers[position]) for position, one in filled.problems]
    if len(found) > MOST_PROBLEMS:
        found.sort(key=lambda one: one[0].notice in MILD)
    kept = sorted(found[:MOST_PROBLEMS], key=itemgetter(1, 2))
    return tuple(replace(problem, sheet=sheet, row=row) for problem, sheet, row in kept)


def _recoded(page: Page) -> Iterator[Problem]:
    """Yield the texts that were put into Unicode, wherever on the sheet they stand; of a whole file that it was."""
    names = {"bang_ma": page.sheet.converted}
    if page.sheet.coding:
        first = next(iter(page.columns), "")
        yield Problem("bang_ma_cu", page.index, page.header.header_row, first, evidence={**names, "cho": "Tệp"})
    elif page.sheet.decoder is not None:
        for (row, column), (written, decoded) in page.sheet.decoder.changes.items():
            cell = f"{letter_of(column + 1)}{row + 1}"
            evidence = {**names, "cho": f"Ô {cell}"}
            yield Problem("bang_ma_cu", page.index, row + 1, "", one_line(written, 80), evidence, cell, decoded)
