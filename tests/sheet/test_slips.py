"""Slips of the hand with one reading, and what must never be taken for one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.sheet.column_date import DateReader
from bot.sheet.column_number import NumberReader
from bot.sheet.column_text import ChoiceReader, TextReader
from bot.sheet.slips import convert_number, mend_date, mend_number, nearest_choice
from tests.sheet.forms import III_4, SMALL


@pytest.mark.parametrize(
    ("text", "number"),
    [("1O5", "105"), ("l2,5", "12.5"), ("12,,5", "12.5"), ("1.234 ,5", "1234.5"), ("2O.5OO.OOO", "20500000")],
)
def test_letters_for_digits_and_doubled_marks_leave_one_number(text: str, number: str) -> None:
    assert mend_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["O", "lO", "1,2,3", "1O.5OO", "12 hoặc 13", "khoảng 2O", "5 ha", "", "1" * 60])
def test_what_is_no_number_or_two_is_not_mended(text: str) -> None:
    assert mend_number(text) is None


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("500 m²", "ha", "0.05"), ("2 km2", "ha", "200"), ("1,5 ha", "m²", "15000"),
        ("15 tỷ đồng", "triệu đồng", "15000"), ("1.500.000 nghìn đồng", "tỷ đồng", "1.5"),
        ("250 nghìn USD", "triệu USD", "0.25"), ("12.500.000 USD", "triệu USD", "12.5"),
    ],
)  # fmt: skip
def test_an_amount_in_another_unit_of_the_same_kind_is_converted(text: str, unit: str, number: str) -> None:
    assert convert_number(text, unit) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("500 m²", "tỷ đồng"),
        ("15 tỷ", "triệu USD"),
        ("1.500 m²", "ha"),
        ("5 cái", "ha"),
        ("500 m²", None),
        ("m²", "ha"),
    ],
)
def test_amounts_of_another_kind_and_ambiguous_ones_are_left(text: str, unit: str | None) -> None:
    assert convert_number(text, unit) is None


@pytest.mark.parametrize("text", ["15/7/2O12", "l5.7.2012", "15-7-2O12 ", "I5/O7/2012"])
def test_a_day_with_letters_for_digits_is_that_day(text: str) -> None:
    assert mend_date(text) == date(2012, 7, 15)


@pytest.mark.parametrize("text", ["31/6/2012", "15/7", "7/2012", "15/7/12 và 16/7/12", "2012", ""])
def test_what_names_no_day_is_not_mended(text: str) -> None:
    assert mend_date(text) is None


STATES = (
    "Đang hoạt động",
    "Chưa khởi công",
    "Dừng triển khai",
    "Dùng triển khai",
    "Loại 1 đặc biệt",
    "Loại 2 đặc biệt",
    "Không",
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Đang hoat dộngg", "Đang hoạt động"), ("Đang hạot động", "Đang hoạt động"), ("Hoạt động", None),
        ("Dng triển khai", None),
        ("Loại 3 đặc biệt", None), ("Khong9", None), ("Đang đang hoạt động", None), ("", None),
    ],
)  # fmt: skip
def test_a_misspelt_value_is_known_where_only_one_is_near(text: str, value: str | None) -> None:
    assert nearest_choice(text, STATES) == value


def test_a_slip_is_read_asked_about_and_carries_its_repair() -> None:
    area, year = SMALL.column("dien_tich_ha"), III_4.column("nam_sxkd")
    reader = NumberReader(area)
    reader.add([1.0, "1O5", "500 m²", "n/a", "1.234,5"])
    filled = reader.finish()
    assert filled.data.to_pylist() == [1, 105, Decimal("0.05"), None, Decimal("1234.5")]
    assert {at: (one.notice, one.repair) for at, one in filled.problems} == {
        1: ("so_viet_sai", 105), 2: ("don_vi_khac", Decimal("0.05")), 3: ("khong_phai_so", None),
        4: ("so_dang_chu", Decimal("1234.5")),
    }  # fmt: skip
    assert filled.bad == {3}
    years = NumberReader(year)
    years.add(["2O05", "2O05 - 2010"])
    assert [(one.notice, one.repair) for _, one in years.finish().problems] == [
        ("so_viet_sai", 2005),
        ("nam_sai", None),
    ]
    days = DateReader(SMALL.column("ngay_cap"))
    days.add(["15/7/2O12"])
    assert [(one.notice, one.repair) for _, one in days.finish().problems] == [("ngay_viet_sai", date(2012, 7, 15))]


def test_a_percent_sign_in_a_column_of_fractions_is_repaired_to_a_fraction() -> None:
    share = next(one for one in SMALL.columns if one.type == "percent")
    reader = NumberReader(share)
    reader.add([0.5, "75%"])
    filled = reader.finish()
    assert filled.data.to_pylist() == [50, 75]
    assert [one.repair for _, one in filled.problems] == [Decimal("0.75")]


def test_choices_and_identifiers_carry_their_repairs() -> None:
    state = III_4.column("tinh_trang")
    reader = ChoiceReader(state)
    official, misspelt = state.choices[0].value, state.choices[0].value + "g"
    reader.add([official, misspelt, "gì đó khác hẳn", official.upper()])
    assert {at: (one.notice, one.repair) for at, one in reader.finish().problems} == {
        1: ("gan_danh_muc", official),
        2: ("ngoai_danh_muc", None),
    }
    codes = TextReader(SMALL.column("so_gcndt"))
    codes.add(["12/GP ", "\u00a0", "7/GP"])
    assert [(at, one.notice, one.repair) for at, one in codes.finish().problems] == [(0, "khoang_trang_thua", "12/GP")]
