"""The percentage of a total row is that of its sums: neither their average nor their sum (R051)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.check.load import load_rulebook
from bot.model import TotalRow
from tests.check.small import FORM, check, files, rulebook, seen, table
from tests.check.test_load import line, mistakes

SHARE = """\
[[column]]
key      = "ty_le"
header   = ["Tỷ lệ"]
type     = "percent"
unit     = "%"
ratio    = ["cho_thue", "dien_tich"]

[[rule]]"""
BOOK = rulebook(FORM.replace("[[rule]]", SHARE))
ROWS = (
    {"ten": "A", "dien_tich": 100.0, "cho_thue": 90.0, "so_nguoi": 9, "ty_le": 90.0},
    {"ten": "B", "dien_tich": 300.0, "cho_thue": 30.0, "so_nguoi": 9, "ty_le": 10.0},
)


def total(label: str = "Tổng cộng", **values: str) -> TotalRow:
    return TotalRow(0, 12, label, {key: Decimal(value) for key, value in values.items()})


def told(*totals: TotalRow) -> list[str]:
    return seen(check(BOOK, replace(table(BOOK.forms[0], *ROWS), totals=totals)))


@pytest.mark.parametrize("share", ["30", "30.1", "29.9"])
def test_the_sum_divided_by_the_sum_is_right_within_a_tenth_of_a_point(share: str) -> None:
    assert told(total(ty_le=share, cho_thue="120", dien_tich="400")) == []


@pytest.mark.parametrize("share", ["50", "100", "30.2"])
def test_the_average_or_the_sum_of_percentages_is_not(share: str) -> None:
    assert told(total(ty_le=share, cho_thue="120", dien_tich="400")) == ["ty_le_tong_sai I12"]


def test_the_sentence_names_both_columns_and_what_they_give() -> None:
    held = replace(table(BOOK.forms[0], *ROWS), totals=(total(ty_le="50"),))
    (finding,) = check(BOOK, held)
    assert finding.say == (
        'Dòng "Tổng cộng" (dòng 12), cột I (Tỷ lệ): ghi 50%, '
        'trong khi tổng "Đã cho thuê" chia cho tổng "Diện tích" được 30%'
    )
    assert 'bằng tổng "Đã cho thuê" chia cho tổng "Diện tích" × 100' in finding.fix
    assert (finding.written, finding.row_key) == ("50%", "tong cong")


def test_a_share_rounded_to_a_whole_number_is_right() -> None:
    assert told(total(ty_le="33", cho_thue="100", dien_tich="300.5")) == ["tong_cong_sai D12", "tong_cong_sai E12"]


def test_sums_that_the_row_says_wrongly_are_told_alone() -> None:
    """The share fits what the row says; that the row does not add up is told by its sums."""
    assert told(total(ty_le="25", cho_thue="100", dien_tich="400")) == ["tong_cong_sai E12"]


def test_a_group_is_held_against_the_sums_of_its_own_row_only() -> None:
    assert told(total("Cộng nhóm II", ty_le="10", cho_thue="30", dien_tich="300"), total(ty_le="30")) == []
    assert told(total("Cộng nhóm I", ty_le="95")) == []


def test_nothing_is_said_where_the_sums_are_not_known() -> None:
    held = replace(table(BOOK.forms[0], *ROWS), totals=(total(ty_le="50"),), bad={"cho_thue": frozenset({(0, 9)})})
    assert "ty_le_tong_sai I12" not in seen(check(BOOK, held))
    empty = tuple({"ten": one["ten"], "so_nguoi": 9} for one in ROWS)
    assert seen(check(BOOK, replace(table(BOOK.forms[0], *empty), totals=(total(ty_le="50"),)))) == []


@pytest.mark.parametrize(
    "ratio", ['["cho_thue"]', '["cho_thue", "ten"]', '["cho_thue", "khong_co"]', '["ty_le", "cho_thue"]']
)
def test_a_ratio_of_what_cannot_be_divided_is_a_mistake_at_its_line(ratio: str) -> None:
    form = FORM.replace("[[rule]]", SHARE).replace('["cho_thue", "dien_tich"]', ratio)
    say = "Cột ty_le: ratio ghi ở cột percent, gồm khóa của hai cột số: phần tử số, rồi phần mẫu số"
    assert mistakes(load_rulebook(files(form))) == [f"thu/A.toml:{line(form, 'ratio ')}: {say}"]
