"""Columns that are a power of ten away from those of the other reporters, or from what was sent before."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.check.norms import find_slips, medians_of, norms_of
from bot.model import Norm, Problem
from tests.check.small import rulebook
from tests.fixtures.accepted import rows_of

FORM = rulebook().form("thu/A")


def areas(*values: float) -> list[dict[str, Decimal]]:
    return [{"dien_tich": Decimal(str(value))} for value in values]


def slips(values: tuple[float, ...], norm: Norm | None = None, earlier: tuple[float, ...] = ()) -> list[Problem]:
    before = rows_of(FORM, *areas(*earlier)) if earlier else None
    return list(find_slips(FORM, rows_of(FORM, *areas(*values)), {"dien_tich": norm} if norm else {}, before))


@pytest.mark.parametrize(
    ("values", "unit", "meant"),
    [
        ((25_000, 31_000, 18_000), "m²", "2,5 ha"),
        ((0.02, 0.03, 0.01), "", ""),
        ((2, 30, 0.5), "", ""),
        ((3_000, 2_500, 4_000), "", ""),
    ],
)
def test_a_column_in_square_metres_is_known_by_the_peers(values: tuple[float, ...], unit: str, meant: str) -> None:
    found = slips(values, Norm(2.0, 12))
    assert [(one.notice, one.column, one.row) for one in found] == ([("lech_don_vi", "dien_tich", 0)] if unit else [])
    for one in found:
        assert one.evidence["don_vi_khac"] == unit
        assert one.evidence["hieu_la"] == meant
        assert one.evidence["trung_vi"] == "25.000 ha"
        assert one.evidence["thong_thuong"] == "2 ha"
        assert one.evidence["so_don_vi"] == "12"


def test_what_the_reporter_sent_before_speaks_first() -> None:
    found = slips((25_000, 31_000, 18_000), Norm(2.0, 12), (2.5, 3.1, 1.8))
    assert [(one.notice, one.evidence["thong_thuong"]) for one in found] == [("lech_lan_truoc", "2,5 ha")]


def test_growth_is_no_slip() -> None:
    assert slips((25, 31, 18), Norm(2.0, 12), (2.5, 3.1, 1.8)) == []


def test_few_figures_and_few_or_unlike_reporters_say_nothing() -> None:
    assert slips((25_000, 31_000), Norm(2.0, 12)) == []
    assert medians_of(FORM, rows_of(FORM, *areas(0, 0, 0))) == {}
    assert norms_of([{"dien_tich": 2.0}] * 4) == {}
    assert norms_of([{"dien_tich": 10.0**power} for power in range(-2, 4)]) == {}


def test_the_norm_is_the_median_of_the_medians_whoever_is_wrong_among_them() -> None:
    norms = norms_of([{"dien_tich": median} for median in (1.5, 2.0, 2.5, 3.0, 20_000.0)])
    assert norms["dien_tich"].median == pytest.approx(2.5)
    assert norms["dien_tich"].reporters == 5
