"""Annex II of the demo's provinces: the six forms have no finding and agree with each other, each slip has its own."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.demo import zone_mistakes as slips
from bot.demo.annexes import NOTHING, bind
from bot.demo.drawing import draw_xls, draw_xlsx
from bot.demo.places import PROVINCES, SILENT
from bot.demo.zone_books import IDLE, make_zone_books
from bot.demo.zones import WORDS, ZONES, zone_set
from bot.language import VIETNAM
from bot.model import Attachment, History, Outcome, Part, RefusalReason, Rulebook, Severity
from bot.runners.case import Case
from bot.runners.judge import Judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.mistakes import Bent
    from bot.demo.pages import Book
    from bot.demo.zones import Kind, ZoneSet

NAMES = {one.code: one.name for one in PROVINCES}
SETS = [(NAMES[code], kind) for code, kind in ZONES]
SLIPS: tuple[tuple[str, Kind, int, Callable[[Book], Bent]], ...] = (
    ("Hải Phòng", "VB", 0, slips.lose_some_land),
    ("Quảng Ninh", "CK", 0, slips.found_a_zone_in_the_moratorium),
    ("Khánh Hòa", "VB", 1, slips.lease_more_than_is_drawn),
    ("Tây Ninh", "CK", 3, slips.misname_a_zone),
    ("Gia Lai", "CK", 4, slips.add_up_the_trade_wrongly),
)


class Office:
    """Judges a workbook as the daemon does, its forms against each other."""

    def __init__(self) -> None:
        loaded = load_rulebook(read_rules(None))
        assert isinstance(loaded, Rulebook), loaded
        self.rulebook = loaded
        self.judge = Judge(loaded)

    def read(self, of: ZoneSet, data: bytes) -> tuple[Part, ...]:
        file = Attachment("Phụ lục II", data, hashlib.sha256(data).hexdigest())
        reporter = self.rulebook.reporter(of.province.code)
        return self.judge.judge((file,), Case(reporter, History(), datetime(2012, 7, 12, tzinfo=VIETNAM)), "")


@pytest.fixture(scope="module")
def office() -> Office:
    return Office()


def forms(kind: str) -> list[str]:
    return [f"II.{number}-{kind}" for number in range(1, 7)]


@pytest.mark.parametrize(("name", "kind"), SETS)
def test_six_good_forms_have_no_finding_alone_or_together(name: str, kind: Kind, office: Office) -> None:
    of = zone_set(name, kind)
    books = make_zone_books(of)
    parts = office.read(of, draw_xlsx(bind("II", *books)))
    assert [(part.form, part.verdict, part.findings) for part in parts] == [
        (form, Outcome.ACCEPTED, ()) for form in forms(kind)
    ]
    assert [part.nil for part in parts] == [says_nothing(book) for book in books]


@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_are_as_good(seed: int, office: Office) -> None:
    of = zone_set("Tây Ninh", "CK")
    parts = office.read(of, draw_xlsx(bind("II", *make_zone_books(of, seed=seed))))
    assert [(part.form, part.findings) for part in parts] == [(form, ()) for form in forms("CK")]


def says_nothing(book: Book) -> bool:
    words = {NOTHING, "Không phát sinh"}
    return any(words & {str(value) for value in line.cells.values()} for line in book.pages[0].lines)


@pytest.mark.parametrize(("name", "kind", "which", "bend"), SLIPS, ids=lambda one: getattr(one, "__name__", None))
def test_a_slip_is_found_in_its_cell_and_nothing_else(
    name: str, kind: Kind, which: int, bend: Callable[[Book], Bent], office: Office
) -> None:
    of = zone_set(name, kind)
    books = list(make_zone_books(of))
    bent = bend(books[which])
    books[which] = bent.book
    parts = office.read(of, draw_xlsx(bind("II", *books)))
    spoken = [(part.form, one.rule, one.place.sheet, one.place.cell) for part in parts for one in part.findings]
    assert spoken == [(bent.book.form, one.rule, one.sheet, one.cell) for one in bent.expected]
    assert [part.verdict for part in parts] == [
        bent.outcome if part.form == bent.book.form else Outcome.ACCEPTED for part in parts
    ]


def test_a_border_gate_zone_among_coastal_ones_is_found_in_every_form_that_names_it(office: Office) -> None:
    mixed = zone_set("Hà Tĩnh", "VB").joined(zone_set("Hà Tĩnh", "CK"))
    parts = office.read(mixed, draw_xlsx(bind("II", *make_zone_books(mixed))))
    assert [part.form for part in parts] == forms("VB")
    errors = {part.form: {one.rule for one in part.of(Severity.ERROR)} for part in parts}
    assert errors == {
        "II.1-VB": {"kkt_khac_loai"},
        "II.2-VB": {"ten_kkt_khac_loai"},
        "II.3-VB": {"ten_kkt_khac_loai"},
        "II.4-VB": {"kkt_khac_loai"},
        "II.5-VB": set(),
        "II.6-VB": {"ten_kkt_khac_loai"},
    }


@pytest.mark.parametrize("draw", [draw_xlsx, draw_xls])
def test_without_titles_what_the_province_owes_tells_the_set(draw: Callable[[Book], bytes], office: Office) -> None:
    of = zone_set("Lào Cai", "CK")
    parts = office.read(of, draw(slips.leave_out_the_titles(bind("II", *make_zone_books(of)))))
    assert [(part.form, part.findings) for part in parts] == [(form, ()) for form in forms("CK")]


def test_without_titles_a_province_that_owes_both_sets_is_asked_which_it_is(office: Office) -> None:
    of = zone_set("Quảng Bình", "CK")
    (part,) = office.read(of, draw_xlsx(slips.leave_out_the_titles(bind("II", *make_zone_books(of)))))
    assert part.reason is RefusalReason.AMBIGUOUS_FORM


def test_the_zones_are_those_of_the_registers(office: Office) -> None:
    """A province has as many zones here as the register of reporters counts, under names that the register knows."""
    rows = list(csv.DictReader(read_rules(None)["reporters.csv"].decode().splitlines()))
    silent = {code for code, _ in SILENT}
    for kind, column in (("VB", "kkt_ven_bien"), ("CK", "kkt_cua_khau")):
        owed = {row["code"]: int(row[column]) for row in rows if int(row[column] or 0) and row["code"] in NAMES}
        assert owed == {code: len(zones) for (code, of), zones in ZONES.items() if of == kind}
        assert not silent & set(owed)


def test_some_coastal_zones_have_no_trade_across_a_border() -> None:
    idle = {name for name, kind in SETS for book in make_zone_books(zone_set(name, kind)) if is_idle(book)}
    assert idle == IDLE


def is_idle(book: Book) -> bool:
    return book.form.startswith("II.5") and says_nothing(book)


@pytest.mark.parametrize("kind", WORDS)
def test_each_sheet_says_its_whole_name_as_offices_title_it(kind: Kind) -> None:
    names = Counter(book.pages[0].title[0].partition(". ")[0] for book in make_zone_books(zone_set("Hà Tĩnh", kind)))
    assert names == Counter(f"Biểu II.{number}" for number in range(1, 7))
    for book in make_zone_books(zone_set("Hà Tĩnh", kind)):
        assert f"KKT {WORDS[kind]}" in book.pages[0].title[0]


def test_the_forms_of_an_annex_hang_on_one_letter() -> None:
    for kind in WORDS:
        books = make_zone_books(zone_set("Quảng Ninh", kind))
        assert len({(book.pages[0].enclosed, book.pages[0].dated) for book in books}) == 1
