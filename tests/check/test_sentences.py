from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.check.sentences import fill, places_of, written
from bot.model import Column


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234.500000"), "1.234,5"),
        (Decimal("-7"), "-7"),
        (12345, "12.345"),
        (0.1 + 0.2, "0,3"),
        (100 / 3, "33,333333"),
        (float("inf"), "Infinity"),
        (date(2012, 7, 5), "5/7/2012"),
        (True, "có"),
        (None, "ô trống"),
        ("  KCN\u00a0Bắc\nVinh ", "KCN Bắc Vinh"),
    ],
)
def test_values_are_written_as_vietnamese_read_them(value: object, text: str) -> None:
    assert written(value) == text


def test_a_year_has_no_dot() -> None:
    assert written(2005, Column("nam", ("Năm",), "year")) == "2005"


def test_a_sentence_names_values_and_cells() -> None:
    say = "{von.o} ghi {von} triệu USD"
    assert places_of(say) == (("von", True), ("von", False))
    assert fill(say, lambda name: f"[{name}]", lambda name: f"<{name}>") == "<von> ghi [von] triệu USD"


def test_what_a_cell_holds_is_not_read_as_a_place() -> None:
    assert fill("{ten}", lambda _: "{ten.o} {0.__class__}", lambda _: "!") == "{ten.o} {0.__class__}"
