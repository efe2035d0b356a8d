from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.sheet.value import Flag, date_of_serial, parse_date, parse_number, parse_year

CASES = Path(__file__).parents[3] / "shared" / "domain" / "number_cases.csv"
BY_COLUMN = frozenset({"fraction", "range", "unit"})
"""Flags that no single value can know: its column or its bounds decide."""


def number_cases() -> list[dict[str, str]]:
    if not CASES.exists():
        return []
    with CASES.open(encoding="utf-8", newline="") as lines:
        return [case for case in csv.DictReader(lines) if case["context"] != "flag"]


@pytest.mark.skipif(not CASES.exists(), reason="the shared table number_cases.csv is not beside this checkout")
def test_every_case_of_the_shared_table_is_read_as_it_says() -> None:
    for case in number_cases():
        unit = None if case["context"] in {"any", "%"} else case["context"]
        number = parse_number(case["raw"], unit)
        if case["flag"] in BY_COLUMN:
            assert number.value == Decimal(case["raw"]), case
            continue
        if case["flag"]:
            assert number.flag == case["flag"], case
        expected = Decimal(case["expected"]) if case["expected"] else None
        assert number.value == expected, case


@pytest.mark.parametrize(
    ("text", "value", "flag"),
    [
        ("1.234,56", "1234.56", Flag.OK),
        ("1,234.56", "1234.56", Flag.STYLE),
        ("1.234.567", "1234567", Flag.OK),
        ("1 234 567", "1234567", Flag.STYLE),
        ("1\u202f234,5", "1234.5", Flag.STYLE),
        ("12.5", "12.5", Flag.STYLE),
        ("0.123", "0.123", Flag.STYLE),
        ("0,123", "0.123", Flag.OK),
        ("1234,567", "1234.567", Flag.OK),
        ("12,", "12", Flag.STYLE),
        ("-12,5", "-12.5", Flag.OK),
        ("−12,5", "-12.5", Flag.OK),
        ("(12,5)", "-12.5", Flag.STYLE),
        ("2.029,4ha", "2029.4", Flag.STYLE),
        ("2.029,4 Ha", "2029.4", Flag.STYLE),
        ("khoảng 20", "20", Flag.APPROX),
        ("Khoảng hơn 20 ha", "20", Flag.APPROX),
        (">= 600", "600", Flag.APPROX),
        ("57,57%", "57.57", Flag.OK),
    ],
)
def test_a_clear_number_has_one_value(text: str, value: str, flag: Flag) -> None:
    number = parse_number(text, "ha")
    assert (number.value, number.flag, number.other) == (Decimal(value), flag, None)


@pytest.mark.parametrize(("text", "law", "other"), [("1.234", "1234", "1.234"), ("-1,234", "-1.234", "-1234")])
def test_three_digits_after_one_separator_can_be_read_in_two_ways(text: str, law: str, other: str) -> None:
    number = parse_number(text)
    assert (number.flag, number.value, number.other) == (Flag.AMBIGUOUS, Decimal(law), Decimal(other))


@pytest.mark.parametrize(
    "text",
    ["đang xây dựng", "47.5/60", "100+68,04", "1.23,5", "1,23,456", "12.34.567", "20-30", "500 m2", "5 tỷ", "1 2"],
)
def test_what_is_no_number_of_the_column_is_refused(text: str) -> None:
    assert parse_number(text, "ha").flag is Flag.REJECT


def test_another_unit_than_the_columns_is_never_dropped_silently() -> None:
    assert parse_number("5.000 USD", "triệu USD").flag is Flag.REJECT
    assert parse_number("5 tr USD", "triệu USD").value == 5
    assert parse_number("5 tỷ đồng", "triệu USD / tỷ đồng").value == 5


@pytest.mark.parametrize(
    "text",
    ["15/7/2012", "15/07/2012", "15.7.2012", "15-7-12", "ngày 15 tháng 7 năm 2012", "Ngày 15/7/2012", "2012-07-15",
     "2012-07-15T00:00:00", "15/07/2012 00:00:00", " 15 / 7 / 2012 "],
)  # fmt: skip
def test_a_day_in_text_is_read_day_before_month(text: str) -> None:
    assert parse_date(text) == date(2012, 7, 15)


@pytest.mark.parametrize("text", ["", "07/2012", "30/2/2012", "7/15/2012", "2012", "đang chờ", "15/7", "1/2/3/2012"])
def test_what_names_no_whole_day_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_years_of_two_digits_lie_between_1950_and_2049() -> None:
    assert [parse_date(f"1/1/{year}") for year in ("50", "49")] == [date(1950, 1, 1), date(2049, 1, 1)]


def test_a_serial_number_is_a_day_and_a_year_is_not() -> None:
    assert date_of_serial(41105) == date(2012, 7, 15)
    assert date_of_serial(41105.75) == date(2012, 7, 15)
    assert date_of_serial(2005) is None


@pytest.mark.parametrize("text", ["2005", " 2005 ", "năm 2005", "Quý II/2005", "tháng 7/2005", "7/2005", "15/7/2005"])
def test_a_year_in_text(text: str) -> None:
    assert parse_year(text) == 2005


@pytest.mark.parametrize("text", ["", "05", "20055", "1789", "2005-2010", "chưa", "khoảng 2005"])
def test_what_names_no_year_is_none(text: str) -> None:
    assert parse_year(text) is None
