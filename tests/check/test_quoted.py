"""Figures of a narrative against the form that gives them."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from bot.check.load import load_rulebook
from bot.check.quoted import tell_quoted
from bot.model import Figure, FigureKey, Notice, Outline, Severity
from tests.check.small import CAMPAIGN, files

NOTICE = Notice("so_lieu_khac_bieu", "", Severity.QUERY, "nêu {chi_tieu} {neu}, biểu {bieu} ghi {ghi}", "")
ROWS = pa.table(
    {
        "dien_tich": pa.array([Decimal("100.5"), None, Decimal(50)], pa.decimal128(21, 6)),
        "cho_thue": pa.array([Decimal(80), None, Decimal("20.333")], pa.decimal128(21, 6)),
    }
)
COUNT = Figure("so_kcn", "số KCN", "A")
AREA = Figure("tong_dien_tich_ha", "tổng diện tích", "A", "ha", sum="dien_tich")
SHARE = Figure("ty_le_lap_day", "tỷ lệ lấp đầy", "A", "%", share=("cho_thue", "dien_tich"))


def told(figure: Figure, quoted: dict[FigureKey, str], rows: pa.Table = ROWS) -> list[str]:
    outline = Outline("BC", "Báo cáo", "", (), figures=(figure,))
    said: dict[str, Decimal] = {key: Decimal(value) for key, value in quoted.items()}
    return [one.say for one in tell_quoted(said, outline, {"A": rows}, NOTICE)]


@pytest.mark.parametrize(
    ("figure", "said", "sentence"),
    [
        (COUNT, "3", None),
        (COUNT, "4", "nêu số KCN 4, biểu A ghi 3"),
        (AREA, "150.5", None),
        (AREA, "150", None),
        (AREA, "151.5", "nêu tổng diện tích 151,5 ha, biểu A ghi 150,5 ha"),
        (SHARE, "66.67", None),
        (SHARE, "67", None),
        (SHARE, "86.83", "nêu tỷ lệ lấp đầy 86,83 %, biểu A ghi 66,67 %"),
    ],
)
def test_a_quoted_figure_may_be_rounded_and_not_another_one(figure: Figure, said: str, sentence: str | None) -> None:
    assert told(figure, {figure.key: said}) == ([sentence] if sentence else [])


def test_nothing_is_said_of_what_one_of_both_does_not_give() -> None:
    assert told(AREA, {"so_kcn": "4"}) == []
    assert told(AREA, {"tong_dien_tich_ha": "4"}, ROWS.slice(1, 1)) == []
    assert told(SHARE, {"ty_le_lap_day": "4"}, ROWS.slice(0, 0)) == []
    assert list(tell_quoted({"so_kcn": Decimal(4)}, Outline("BC", "", "", (), figures=(COUNT,)), {}, NOTICE)) == []


OUTLINE = """
[[outline]]
id     = "BC"
title  = "Báo cáo"
name   = "Báo cáo"
source = "Thử"
words  = ["báo cáo thử"]

[[outline.section]]
title   = "Chung"
pattern = "chung"

[[outline.figure]]
key  = "tong_dien_tich_ha"
name = "tổng diện tích"
form = "A"
sum  = "dien_tich"
"""


@pytest.mark.parametrize(
    ("before", "after", "mistake"),
    [
        ('form = "A"', 'form = "B"', "Không có tệp thu/B.toml"),
        ('sum  = "dien_tich"', 'sum  = "dien_tichh"', "Biểu A không có cột dien_tichh"),
        ('"tong_dien_tich_ha"', '"tong"', "key"),
    ],
)
def test_a_figure_of_nothing_that_is_known_is_a_mistake(before: str, after: str, mistake: str) -> None:
    found = load_rulebook(files(campaign=CAMPAIGN + OUTLINE.replace(before, after)))
    assert isinstance(found, tuple)
    assert any(mistake in str(one) for one in found), found
