"""A table of Biểu III.4, written as offices write it by three libraries, reads back to its values at their addresses.

``HYPOTHESIS_EXAMPLES=2000 pytest tests/sheet/test_round_trip.py`` tries more tables than the suite has time for.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.language import runs
from bot.model import letter_of
from tests.sheet.forms import III_4
from tests.sheet.grids import column, read
from tests.sheet.odd_pages import Page, written_ods, written_xls, written_xlsx
from tests.sheet.test_legacy import written_in_tcvn3

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import Column
    from tests.sheet.odd_pages import Value

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "25"))
_SYLLABLES = (
    "bao bì",
    "giấy",
    "điện tử",
    "dệt may",
    "gỗ",
    "thủy sản",
    "cơ khí",
    "Việt Đức",
    "thực phẩm",
    "sữa",
    "quốc tế",
)
_TITLES = ("Ủy ban nhân dân tỉnh", "Biểu III.4. Cơ sở dữ liệu các dự án đầu tư trong KCN, KKT", "(Kèm theo công văn)")
_STYLES: dict[str, Callable[[str], str]] = {
    "1.234,56": lambda english: english.translate(str.maketrans(",.", ".,")),
    "1,234.56": lambda english: english,
    "1234,56": lambda english: english.replace(",", "").replace(".", ","),
}

TOLD = frozenset({"so_dang_chu", "ngay_dang_chu", "bang_ma_cu"})
"""What is told of such a table although all of it is read."""

WORDS = st.lists(st.sampled_from(_SYLLABLES), min_size=1, max_size=3).map(" ".join)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": WORDS.map(lambda words: f"Mẫu {words}"),
    "identifier": st.integers(10**10, 10**11 - 1).map(str),
    "integer": st.integers(1, 20_000),
    "decimal": st.integers(1, 10**8).filter(lambda cents: cents % 10).map(lambda cents: Decimal(cents) / 100),
    "year": st.integers(1990, 2011),
    "date": st.dates(dt.date(1990, 1, 1), dt.date(2011, 12, 31)),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A page, and what must be read from it."""

    page: Page
    letters: dict[str, str]
    rows: list[int]
    values: dict[str, list[Any]]


def values_of(one: Column) -> st.SearchStrategy[Any]:
    kind = st.sampled_from([choice.value for choice in one.choices]) if one.choices else VALUES[one.type]
    return kind if one.required else st.none() | kind


@st.composite
def tables(draw: st.DrawFn, *, old_fonts: bool) -> Sent:
    """A table on a page: every choice that an office makes is drawn."""
    columns = drawn_columns(draw)
    lines = draw(st.integers(1, 3))
    row = draw(st.integers(0, 3))
    left = draw(st.integers(0, 4))
    page = Page(font=".VnTime" if old_fonts and draw(st.booleans()) else "")
    for title in draw(st.lists(st.sampled_from(_TITLES), max_size=3, unique=True)):
        page.put(row, left, title, right=len(columns) - 1)
        row += 1
    row += draw(st.integers(0, 2))
    write_header(page, row, left, columns, lines)
    # A word alone under one of the first two columns might as well be the name of a group.
    if draw(st.booleans()) and not any(map(parent_of, columns[:2])):
        page.merged.clear()
    row += lines
    if draw(st.booleans()):
        for place in range(len(columns)):
            page.put(row, left + place, f"({place + 1})")
        row += 1
    rows, values = write_rows(draw, page, row, left, columns)
    if page.font:
        page.cells = {
            place: written_in_tcvn3(value) if isinstance(value, str) else value for place, value in page.cells.items()
        }
    letters = {one.key: letter_of(left + place + 1) for place, one in enumerate(columns)}
    return Sent(page, letters, rows, values)


def drawn_columns(draw: st.DrawFn) -> list[Column]:
    """Return what the form demands and some of the rest, shuffled; columns of one parent stay side by side."""
    kept = [one for one in III_4.columns if one.required or draw(st.booleans())]
    groups: dict[str, list[Column]] = {}
    for one in kept:
        groups.setdefault(parent_of(one) or one.key, []).append(one)
    return [one for name in draw(st.permutations(list(groups))) for one in groups[name]]


def parent_of(one: Column) -> str:
    return one.title.partition(" > ")[0] if " > " in one.title else ""


def write_header(page: Page, row: int, left: int, columns: list[Column], lines: int) -> None:
    """One line; a second under merged parents; a third with the units."""
    for place, one in enumerate(columns, left):
        parent, own = parent_of(one), one.title.rpartition(" > ")[2]
        bottom = lines - 1
        if lines == 3 and one.unit:
            page.put(row + 2, place, f"({one.unit})")
            bottom = 1
        if lines == 1:
            page.put(row, place, one.title.replace(" > ", " "))
        elif parent:
            page.put(row + 1, place, own, down=bottom - 1)
            family = [other for other in columns if parent_of(other) == parent]
            if family[0] is one:
                page.put(row, place, parent, right=len(family) - 1)
        else:
            page.put(row, place, own, down=bottom)


def write_rows(
    draw: st.DrawFn, page: Page, row: int, left: int, columns: list[Column]
) -> tuple[list[int], dict[str, list[Any]]]:
    """Write the data with blank and hidden rows among them; return their row numbers and values."""
    style = draw(st.sampled_from(["number", *_STYLES]))
    text_dates = draw(st.booleans())
    rows: list[int] = []
    values: dict[str, list[Any]] = {one.key: [] for one in III_4.columns}
    for number in range(1, draw(st.integers(2, 6))):
        row += draw(st.sampled_from([0, 0, 0, 1, 2]))
        if draw(st.integers(0, 4)) == 0:
            page.hidden.add(row)
        for one in III_4.columns:
            value = (str(number) if one.key == "tt" else draw(values_of(one))) if one in columns else None
            values[one.key].append(value)
            if value is not None:
                page.put(row, left + columns.index(one), shown(value, style, text_dates=text_dates))
        row += 1
        rows.append(row)
    return rows, values


def shown(value: Any, style: str, *, text_dates: bool) -> Value:
    """Return a value as it is written in the cell."""
    if isinstance(value, dt.date) and text_dates:
        return f"{value.day}/{value.month}/{value.year}"
    if isinstance(value, Decimal) and style != "number":
        return _STYLES[style](f"{value:,.2f}")
    if isinstance(value, int) and value > 3000 and style == "1.234,56":
        return _STYLES[style](f"{value:,}")
    return value  # type: ignore[no-any-return]


def assert_reads_back(data: bytes, sent: Sent) -> None:
    table, problems = read(data, III_4)
    assert {one.notice for one in problems} <= TOLD, problems
    assert table.sheets[0].letters == sent.letters
    assert column(table, "_row") == sent.rows
    assert {one.key: column(table, one.key) for one in III_4.columns} == sent.values
    out_of_sight = ", ".join(
        str(first) if first == last else f"{first}–{last}" for first, last in runs(row + 1 for row in sent.page.hidden)
    )
    assert [one.where for one in table.remarks] == ([out_of_sight] if out_of_sight else [])


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(old_fonts=True))
def test_a_table_of_openpyxl_reads_back(sent: Sent) -> None:
    assert_reads_back(written_xlsx(sent.page), sent)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(old_fonts=True))
def test_a_table_of_xlwt_reads_back(sent: Sent) -> None:
    assert_reads_back(written_xls(sent.page), sent)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(old_fonts=False))
def test_a_table_of_odfpy_reads_back(sent: Sent) -> None:
    pytest.importorskip("odf", reason="odfpy is not installed")
    assert_reads_back(written_ods(sent.page), sent)
