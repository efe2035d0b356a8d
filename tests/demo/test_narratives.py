"""The narratives of the demo: good ones lack nothing, odd ones are asked about that one thing, nobody is named."""

from __future__ import annotations

import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.demo.annexes import date_letter
from bot.demo.narrative_story import ODDITIES, enclose_narrative
from bot.demo.narratives import OUTLINES, draw_narrative, write_narrative
from bot.demo.places import PROVINCES, province
from bot.demo.planning import make_investment_book
from bot.demo.zones import ZONES
from bot.document import Document, check_outline, describe, match_outline, read_document
from bot.model import Outline, Rulebook

_LOADED = load_rulebook(read_rules(None))
assert isinstance(_LOADED, Rulebook), _LOADED
RULEBOOK = _LOADED
KNOWN: tuple[Outline, ...] = RULEBOOK.campaign("2012-kkt-kcn").outlines
NAMES = {one.code: one.name for one in PROVINCES}
OWED = [(outline, one.name) for outline in ("BC-I", "BC-III") for one in PROVINCES] + [
    (f"BC-II-{kind}", NAMES[code]) for code, kind in ZONES
]


def opened(data: bytes) -> Document:
    document = read_document(data)
    assert isinstance(document, Document), document
    return document


def lacks(outline: str, data: bytes) -> list[str]:
    document = opened(data)
    found = match_outline(document, KNOWN)
    assert found is not None
    assert found.id == outline
    return [one.rule for one in check_outline(document, found, RULEBOOK.notices)]


@pytest.mark.parametrize("outline", OUTLINES)
def test_a_good_narrative_is_known_and_lacks_nothing(outline: str) -> None:
    names = [name for owed, name in OWED if owed == outline]
    wrong = {name: lacks(outline, draw_narrative(write_narrative(name, outline, seed=2012))) for name in names}
    assert {name: rules for name, rules in wrong.items() if rules} == {}


@pytest.mark.parametrize("key", ODDITIES, ids="-".join)
def test_an_odd_one_is_asked_about_that_one_thing(key: tuple[str, str]) -> None:
    expected = ODDITIES[key]
    word, *beside = enclose_narrative(*key, 2012)
    if expected.rule:
        assert (lacks(key[0], word.data), beside) == ([expected.rule], [])
    else:
        assert lacks(key[0], word.data) == ["chua_co_so_ngay", "chua_co_chu_ky"]
        assert [opened(one.data).scanned for one in beside] == [True]


def test_the_letterhead_names_the_number_and_the_day_that_the_forms_name() -> None:
    facts = describe(opened(draw_narrative(write_narrative("Nghệ An", "BC-I", seed=2012))))
    number, day = date_letter(province("Nghệ An"), "I", month=7, seed=2012)
    assert (facts.number, facts.date, facts.agency) == (f"{number}/BC-UBND", day, "ỦY BAN NHÂN DÂN TỈNH NGHỆ AN")
    assert facts.signing == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert f"số {number}/BC-UBND ngày {day.day}/7/2012" in make_investment_book(province("Nghệ An")).pages[0].enclosed


@pytest.mark.parametrize("outline", OUTLINES)
def test_the_same_seed_gives_the_same_bytes(outline: str) -> None:
    first, again = (draw_narrative(write_narrative("Quảng Ninh", outline, seed=7)) for _ in range(2))
    assert first == again
