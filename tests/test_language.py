"""Vietnamese as offices write it."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import day, fold, moment, nfc, number, one_line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Diện tích  (ha)", "DIEN TICH ha"),
        ("Đăng ký", "dang ki"),
        ("hòa", "hoà"),
        ("tỷ đồng", "TỈ ĐỒNG"),
        ("KCN-KKT", "kcn kkt"),
        ("Ðà Nẵng", "Đà Nẵng"),  # the Icelandic letter that old keyboards gave
        (unicodedata.normalize("NFD", "Thừa Thiên Huế"), "Thừa Thiên Huế"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
    ],
)
def test_two_wordings_are_the_same_without_accents_case_and_punctuation(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("I.1", "I.11"), ("cho thuê", "có thuế x"), ("III.4", "II.4")])
def test_different_wordings_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_text_is_kept_composed() -> None:
    assert nfc(unicodedata.normalize("NFD", "Nghệ An")) == "Nghệ An"


def test_one_line_drops_line_ends_controls_and_direction_marks() -> None:
    assert one_line("Báo\r\ncáo\t\u202eslx.exe\u200b \x00 hết") == "Báo cáo slx.exe hết"


def test_one_line_is_cut_at_its_limit_and_says_so() -> None:
    assert one_line("một hai ba", 5) == "một…"
    assert one_line("một hai", 7) == "một hai"


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_one_line_is_one_short_line_whatever_comes_in(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (1234, "1.234"),
        (Decimal("1234.50"), "1.234,5"),
        (1204.5, "1.204,5"),
        (Decimal("-1234567.008"), "-1.234.567,008"),
        (0.1 + 0.2, "0,30000000000000004"),
        (Decimal("1E+3"), "1.000"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_written_with_a_decimal_comma(value: Decimal | float, written: str) -> None:
    assert number(value) == written


def test_a_date_has_no_leading_zeros() -> None:
    assert day(date(2012, 7, 5)) == "5/7/2012"


def test_an_instant_is_told_in_vietnamese_time() -> None:
    assert moment(datetime(2012, 7, 11, 18, 5, tzinfo=UTC)) == "01:05 ngày 12/7/2012"
