"""The registers that come with the program: bodies, zones, parks, legal numbers and the calendar, as the facts say."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import holidays
import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.deadline import is_working_day
from bot.language import fold
from bot.model import Reporter, Rulebook
from bot.submission import other_reporter

YEAR_2012, YEAR_2025 = date(2012, 7, 1), date(2025, 7, 1)
AMBIGUOUS = {"dn", "qn", "hn", "hg", "bd", "bn", "qb", "qt", "tn", "tb", "bt", "kg", "kh", "la", "lc", "hp"}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    loaded = load_rulebook(read_rules(None))
    assert isinstance(loaded, Rulebook), loaded
    return loaded


def rows(book: Rulebook, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = book.registers[name].to_pylist()
    return found


def provinces(book: Rulebook, day: date) -> dict[str, Reporter]:
    return {one.code: one for one in book.reporters_on(day) if one.kind == "tinh"}


def test_there_were_63_provinces_in_2012_and_are_34_since_july_2025(book: Rulebook) -> None:
    assert len(provinces(book, YEAR_2012)) == 63
    assert len(provinces(book, YEAR_2025 - timedelta(days=1))) == 63
    assert len(provinces(book, YEAR_2025)) == 34


def test_every_body_of_2012_has_one_that_speaks_for_it_in_2025(book: Rulebook) -> None:
    today = provinces(book, YEAR_2025)
    members = Counter(one.successor or code for code, one in provinces(book, YEAR_2012).items())
    assert members.keys() == today.keys()
    assert Counter(members.values()) == {1: 11, 2: 17, 3: 6}


def test_new_bodies_bear_their_official_code(book: Rulebook) -> None:
    official = {one["code"]: one["official_code"] for one in rows(book, "don_vi") if one["kind"] == "tinh"}
    assert all(code.removesuffix("-2025") == of for code, of in official.items())
    assert len({official[code] for code in provinces(book, YEAR_2025)}) == 34


def test_hue_is_addressed_by_its_name_of_the_day(book: Rulebook) -> None:
    assert book.reporter("46").full_name == "Tỉnh Thừa Thiên Huế"
    assert book.reporter("46-2025").addressee == "Ủy ban nhân dân thành phố Huế"
    assert book.reporter("46").until == date(2024, 12, 31)


def test_no_alias_may_mean_several_provinces(book: Rulebook) -> None:
    for one in book.reporters:
        assert not AMBIGUOUS & {fold(alias) for alias in one.aliases}, one.name


@pytest.mark.parametrize("day", [YEAR_2012, YEAR_2025])
def test_each_body_is_known_by_its_own_full_name(book: Rulebook, day: date) -> None:
    bodies = provinces(book, day)
    stranger = bodies["40"]
    for code, one in bodies.items():
        if code != "40":
            named = other_reporter(f"ỦY BAN NHÂN DÂN {one.full_name.upper()}", stranger, book.reporters, day)
            assert named == one


def test_corporations_report_too(book: Rulebook) -> None:
    kinds = Counter(one.kind for one in book.reporters)
    assert kinds == {"tinh": 87, "tap_doan": 5, "tong_cong_ty": 9}
    assert book.reporter("EVN").addressee == "Tập đoàn Điện lực Việt Nam"


def test_the_zones_of_2012_lie_in_15_and_21_provinces(book: Rulebook) -> None:
    zones = [one for one in rows(book, "kkt") if one["co_nam_2012"]]
    coastal = Counter(one["don_vi"] for one in zones if one["loai"] == "ven_bien")
    gates = Counter(one["don_vi"] for one in zones if one["loai"] == "cua_khau")
    assert (len(coastal), coastal.total()) == (15, 15)
    assert (len(gates), gates.total()) == (21, 28)
    assert len(coastal.keys() & gates.keys()) == 6


def test_the_reporters_count_the_zones_of_the_register(book: Rulebook) -> None:
    for body in rows(book, "don_vi"):
        for kind in ("ven_bien", "cua_khau"):
            zones = [one for one in rows(book, "kkt") if one["loai"] == kind]
            if body["since"] is None:
                expected = sum(one["don_vi"] == body["code"] and one["co_nam_2012"] for one in zones)
            elif kind == "ven_bien":
                expected = sum(one["don_vi_moi"] == body["code"] for one in zones)
            else:  # of those planned after 2012 it is not known which were founded
                expected = sum(one["don_vi_moi"] == body["code"] and one["co_nam_2012"] for one in zones)
            assert body[f"kkt_{kind}"] == expected, body["name"]


def test_parks_and_zones_lie_in_bodies_of_both_times(book: Rulebook) -> None:
    before, after = provinces(book, YEAR_2012), provinces(book, YEAR_2025)
    for one in (*rows(book, "kkt"), *rows(book, "kcn")):
        assert one["don_vi"] in before
        assert one["don_vi_moi"] in after
    assert book.registers["kcn"].num_rows == 643


def test_a_legal_number_has_one_value_on_a_day(book: Rulebook) -> None:
    def value(name: str, day: date) -> list[int]:
        return [
            int(one["gia_tri"])
            for one in rows(book, "tham_so")
            if one["ten"] == name and one["tu_ngay"] <= day and (one["den_ngay"] is None or day <= one["den_ngay"])
        ]

    assert value("ccn_dien_tich_toi_da_ha", date(2012, 7, 1)) == [75]
    assert value("ccn_dien_tich_toi_da_ha", date(2009, 10, 4)) == []
    assert value("ccn_dien_tich_toi_thieu_ha", date(2012, 7, 1)) == []
    assert value("ccn_dien_tich_toi_thieu_ha", date(2022, 5, 1)) == [10]
    assert value("kkt_ven_bien_dien_tich_toi_thieu_ha", date(2012, 7, 1)) == [10000]


def test_the_calendar_agrees_with_the_library_on_every_swap(book: Rulebook) -> None:
    # The file is there for swaps that a release of the library does not know yet; on those that both know they agree.
    common = holidays.country_holidays("VN", years=range(2009, 2028))
    assert {day for day, works in book.workdays.items() if works} == set(common.weekend_workdays)
    assert all(day in common for day, works in book.workdays.items() if not works)
    assert is_working_day(date(2012, 2, 4), book.workdays)
    assert not is_working_day(date(2012, 1, 27), book.workdays)
