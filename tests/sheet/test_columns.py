"""Whole columns: days in every form and doubt, ticks in columns of choices, identifiers that have lost digits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.sheet.column_date import DateReader
from bot.sheet.column_number import NumberReader
from bot.sheet.column_text import ChoiceReader, TextReader
from bot.sheet.grid import Uncalculated
from tests.sheet.forms import III_4, SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Column
    from bot.sheet.column import ColumnReader
    from bot.sheet.grid import Cell

DAY, CERTIFICATE, AREA = SMALL.column("ngay_cap"), SMALL.column("so_gcndt"), SMALL.column("dien_tich_ha")
YES_OR_NO = III_4.column("ho_so_moi_truong")


def taken(reader: ColumnReader, cells: Sequence[Cell]) -> tuple[list[object], dict[int, str]]:
    """Return the values of a column and what is said about its cells."""
    for cell in cells:
        reader.add([cell])
    filled = reader.finish()
    return filled.data.to_pylist(), {position: one.notice for position, one in filled.problems}


# ------------------------------------------------------------------------------------------------------------ days


@pytest.mark.parametrize(
    "text",
    ["15/7/2012", "15/07/2012", "15.7.2012", "15-7-12", "ngày 15 tháng 7 năm 2012", "Ngày 15 tháng 07 năm 2012.",
     "15 tháng 7 2012", "15/7 năm 2012", "2012-07-15", "41105", " 15 / 7 / 2012 "],
)  # fmt: skip
def test_a_day_in_any_form_is_that_day(text: str) -> None:
    reader = DateReader(DAY)
    reader.add([text])
    filled = reader.finish()
    assert filled.data.to_pylist() == [date(2012, 7, 15)]
    assert [(one.notice, one.repair) for _, one in filled.problems] == [("ngay_dang_chu", date(2012, 7, 15))]


@pytest.mark.parametrize("text", ["07/2012", "tháng 7/2012", "Quý II/2012", "6 tháng đầu năm 2012", "2012", "00000"])
def test_less_than_a_day_is_none(text: str) -> None:
    assert taken(DateReader(DAY), [text]) == ([None], {0: "ngay_sai"})


def test_a_day_that_is_one_only_with_the_month_first_is_read_so_and_asked_about() -> None:
    days, said = taken(DateReader(DAY), ["7/15/2012", date(2012, 3, 4), date(2012, 5, 5), date(2012, 3, 20)])
    assert days == [date(2012, 7, 15), date(2012, 3, 4), date(2012, 5, 5), date(2012, 3, 20)]
    assert said == {0: "ngay_thang_dao", 1: "ngay_thang_dao"}  # 5/5 and 20/3 are the same day in either reading


def test_days_that_english_settings_took_apart_are_asked_about_in_both_readings() -> None:
    reader = DateReader(DAY)
    reader.add(["15/7/2012", date(2012, 12, 7), "", date(2012, 5, 5), "20/8/2012"])
    filled = reader.finish()
    assert [(at, one.notice, dict(one.evidence), one.repair) for at, one in filled.problems] == [
        (0, "ngay_dang_chu", {"hieu_la": "15/7/2012"}, date(2012, 7, 15)),
        (4, "ngay_dang_chu", {"hieu_la": "20/8/2012"}, date(2012, 8, 20)),
        (1, "ngay_thang_dao", {"hieu_la": "7/12/2012", "hoac": "12/7/2012"}, None),
    ]


def test_typed_days_after_the_twelfth_prove_that_nothing_was_taken_apart() -> None:
    _, said = taken(DateReader(DAY), ["15/7/2012", date(2012, 12, 7), date(2012, 12, 27)])
    assert said == {0: "ngay_dang_chu"}


def test_typed_days_alone_prove_nothing() -> None:
    assert taken(DateReader(DAY), [date(2012, 12, 7), date(2012, 5, 4)])[1] == {}


# ----------------------------------------------------------------------------------------------------------- ticks


@pytest.mark.parametrize("mark", ["x", "X", "✓", "✔", "√", "☑", " x ", "\u00fc", "þ"])
def test_a_tick_means_yes_in_a_list_with_one_yes(mark: str) -> None:
    assert taken(ChoiceReader(YES_OR_NO), [mark]) == (["Có"], {})


@pytest.mark.parametrize("mark", ["x", "✓", "√", "?", "☺", "%"])
def test_a_mark_without_a_meaning_is_told_and_never_dropped(mark: str) -> None:
    assert taken(ChoiceReader(SMALL.column("tinh_trang")), [mark]) == ([None], {0: "ngoai_danh_muc"})


@pytest.mark.parametrize("nothing", ["", " ", "-", "–", "…", "\u00a0", "..."])
def test_a_dash_or_a_cleaned_cell_is_empty(nothing: str) -> None:
    assert taken(ChoiceReader(YES_OR_NO), [nothing]) == ([None], {})


# ----------------------------------------------------------------------------------------------------- identifiers


@pytest.mark.parametrize("text", ["4.11032E+11", "4,11032E+11", "4.1e+11", "4E+11"])
def test_an_identifier_that_has_lost_its_digits_is_told(text: str) -> None:
    assert taken(TextReader(CERTIFICATE), ["123", text]) == (["123", None], {1: "day_so_rut_gon"})


def test_a_long_identifier_in_a_cell_of_numbers_keeps_all_its_digits() -> None:
    assert taken(TextReader(CERTIFICATE), [411032000105.0, "011032001130"])[0] == ["411032000105", "011032001130"]


def test_text_that_looks_like_a_shortened_number_stays_text_in_a_column_of_text() -> None:
    assert taken(TextReader(SMALL.column("ghi_chu")), ["4E+11"]) == (["4E+11"], {})


# -------------------------------------------------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    ("reader", "column"),
    [(TextReader, CERTIFICATE), (ChoiceReader, YES_OR_NO), (DateReader, DAY), (NumberReader, AREA)],
)
def test_a_formula_without_a_value_is_told_as_such(reader: type[ColumnReader], column: Column) -> None:
    made = reader(column)  # type: ignore[call-arg]
    assert taken(made, [Uncalculated("=D4/C4")]) == ([None], {0: "cong_thuc_chua_tinh"})


def test_a_text_that_begins_like_a_formula_stays_text_in_a_column_of_text() -> None:
    assert taken(TextReader(SMALL.column("ghi_chu")), ["=xem phụ lục", "a = b"]) == (["=xem phụ lục", "a = b"], {})
