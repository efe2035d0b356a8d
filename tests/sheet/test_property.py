"""Whatever stands around a table and however its columns are ordered, its cells read back at their addresses."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import letter_of
from tests.sheet.forms import SMALL
from tests.sheet.grids import column, read

if TYPE_CHECKING:
    from bot.model import Column

TEXTS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ABCĐ", min_size=1, max_size=12).map(lambda text: f"X{text.strip()}")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "identifier": st.integers(10**10, 10**12).map(str),
    "integer": st.integers(0, 10**9),
    "decimal": st.decimals(0, 10**11, places=4).map(float),
    "percent": st.decimals(2, 100, places=2).map(float),
    "year": st.integers(1950, 2049),
    "date": st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)),
    "choice": st.sampled_from(["Đang hoạt động", "Chưa triển khai"]),
}
KEPT_FULL = frozenset({"tt", "ten_du_an", "kcn_kkt"})
"""A row without them might be a blank row or the name of a group."""


def cells_of(one: Column) -> st.SearchStrategy[Any]:
    return VALUES[one.type] if one.key in KEPT_FULL else st.none() | VALUES[one.type]


ROWS = st.lists(st.tuples(*(cells_of(one) for one in SMALL.columns)), min_size=1, max_size=6)


def written(rows: list[tuple[Any, ...]], order: list[int], top: int, left: int, titles: int, gaps: list[int]) -> bytes:
    """Return a workbook with *titles* title rows, the header at row *top* and *gaps* of blank rows between the rows."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("S")
    for number in range(titles):
        sheet.merge_range(top - 2 - number, left, top - 2 - number, left + 8, "TỔNG HỢP TÌNH HÌNH CỦA TỈNH")
    for place, index in enumerate(order):
        sheet.write(top, left + place, SMALL.columns[index].title)
    row = top
    for cells, gap in zip(rows, gaps, strict=True):
        row += 1 + gap
        for place, index in enumerate(order):
            if cells[index] is not None:
                sheet.write(row, left + place, cells[index])
    book.close()
    return stream.getvalue()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), rows=ROWS, order=st.permutations(range(len(SMALL.columns))))
def test_values_read_back_at_the_same_addresses(
    data: st.DataObject, rows: list[tuple[Any, ...]], order: list[int]
) -> None:
    titles = data.draw(st.integers(0, 4))
    top, left = data.draw(st.integers(titles + 1, titles + 20)), data.draw(st.integers(0, 30))
    gaps = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    table, problems = read(written(rows, order, top, left, titles, gaps), SMALL)
    assert problems == ()
    assert table.sheets[0].letters == {
        SMALL.columns[index].key: letter_of(left + place + 1) for place, index in enumerate(order)
    }
    numbers = [top + 1 + sum(gaps[: place + 1]) + place + 1 for place in range(len(rows))]
    assert column(table, "_row") == numbers
    for index, one in enumerate(SMALL.columns):
        sent = [Decimal(str(row[index])) if isinstance(row[index], float) else row[index] for row in rows]
        assert column(table, one.key) == sent, one.key
