"""No row with numbers goes without a word, however its cells and its neighbours look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.model import Unreadable
from bot.sheet.data_rows import DataRows
from bot.sheet.header_rows import are_column_numbers
from bot.sheet.identify import Vocabulary, identify
from tests.sheet.forms import SMALL
from tests.sheet.grids import Grid, opened, xlsx

if TYPE_CHECKING:
    from bot.sheet.workbook import Cell

HEADER: list[object] = ["TT", "KCN/KKT", "Tên dự án", "Diện tích đất thuê", "Lao động Việt Nam", "Ghi chú"]
VOCABULARY = Vocabulary.of((SMALL,))
MARKS = st.sampled_from([None, 1, 2, 3, 17, "I", "V", "A", "a)", "1.", "2.1", "-", "Ghi chú:", "Tổng cộng"])
NAMES = st.sampled_from(
    [None, "KCN A", "Tổng cộng", "Cộng", "Cộng Hiền", "Toàn Quốc", "Tổng công ty X", "Trong đó: FDI", "Không có", "0",
     "Không", "Ghi chú: (*)", "KT Việt Nam", "KT. CHỦ TỊCH", "Giám đốc", "Nơi nhận:", "TT", "Tên dự án", "KCN", "-",
     "Nghệ An, ngày 2 tháng 7 năm 2012", 2, "(2)"]
)  # fmt: skip
VALUES = st.sampled_from([None, None, 0, 3, 4, 12.5, "-", "(3)", "12,5", "ha"])
ROWS = st.lists(st.tuples(MARKS, NAMES, NAMES, VALUES, VALUES, NAMES).map(list), min_size=1, max_size=7)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
@example(rows=[["I", "KCN A", None, 3, 4, None], ["II", "KCN B", None, 3, 4, None]])
@example(rows=[["A", "KCN A", None, 3, 4, None], ["I", None, None, 3, 4, None], ["A", "KCN B", None, None, None, None]])
def test_a_row_with_numbers_is_data_a_total_or_told(rows: Grid) -> None:
    workbook = opened(xlsx({"S": [HEADER, *rows]}))
    matches = identify(workbook, VOCABULARY)
    if isinstance(matches, Unreadable):
        return
    sheet, header = matches[0].places[0]
    reading = DataRows(sheet, header, SMALL)
    kept = [number for piece in reading.pieces() for number in piece.numbers]
    assert kept == sorted(set(kept))
    answered = {*kept, *(one.row for one in reading.totals)}
    answered |= {row for one in reading.passed for row in range(one.first, one.last + 1)}
    for number, row in enumerate(sheet.head[header.header_row :], header.header_row + 1):
        if _counts(row) and not are_column_numbers([(at, cell) for at, cell in enumerate(row) if cell != ""], 2):
            assert number in answered, (number, row)


def _counts(row: list[Cell]) -> bool:
    """Tell whether both columns of numbers hold one: a single number below the signature may be a telephone."""
    return all(isinstance(row[place], int | float) and row[place] for place in (3, 4))
