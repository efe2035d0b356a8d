"""The workbooks of the demo's provinces against the real forms: good ones have no finding, each mistake has its own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.check.run import Checker
from bot.demo import mistakes
from bot.demo.drawing import draw_xls, draw_xlsx
from bot.demo.pages import letter
from bot.demo.parks import make_parks_book
from bot.demo.places import PROVINCES, Province, province
from bot.demo.projects import make_projects_book, tax_code
from bot.demo.workbooks import make_parks_workbook, make_projects_workbook
from bot.model import Finding, Outcome, RefusalReason, Rulebook, Severity, Unreadable
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, Workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.mistakes import Bent
    from bot.demo.pages import Book

NGHE_AN, BINH_DUONG = province("Nghệ An"), province("Bình Dương")
CELL_MISTAKES_OF_PARKS = (
    mistakes.lease_more_than_there_is,
    mistakes.write_words_for_a_year,
    mistakes.type_a_wrong_total,
    mistakes.write_a_number_of_two_readings,
    mistakes.write_a_negative_area,
    mistakes.invent_a_status,
    mistakes.leave_a_cell_empty,
    mistakes.write_square_metres,
    mistakes.write_lease_in_square_metres,
    mistakes.found_a_park_in_the_moratorium,
)
CELL_MISTAKES_OF_PROJECTS = (
    mistakes.use_a_certificate_twice,
    mistakes.start_before_the_certificate,
    mistakes.date_in_the_future,
    mistakes.register_nothing,
    mistakes.leave_the_enterprise_empty,
    mistakes.mistype_a_tax_code,
    mistakes.spend_more_than_registered,
)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    loaded = load_rulebook(read_rules(None))
    assert isinstance(loaded, Rulebook), loaded
    return loaded


@pytest.fixture(scope="module")
def examine(rulebook: Rulebook) -> Callable[[bytes], tuple[Finding, ...]]:
    """Return a function that reads and checks a workbook as the daemon does."""
    checker = Checker()

    def findings(data: bytes) -> tuple[Finding, ...]:
        workbook = read_workbook(data, Limits())
        assert isinstance(workbook, Workbook), workbook
        matches = identify(workbook, Vocabulary.of(rulebook.forms))
        assert isinstance(matches, tuple), matches
        found: list[Finding] = []
        for match in matches:
            read = read_table(workbook, match)
            assert not isinstance(read, Unreadable), read
            table, problems = read
            found += checker.check(match.form, table, problems, rulebook.notices, date(2012, 12, 1))
        return tuple(found)

    return findings


def blocking(findings: tuple[Finding, ...]) -> list[Finding]:
    """Return what a reporter must correct or explain."""
    return [one for one in findings if one.severity is not Severity.NOTE and not one.trial]


@pytest.mark.parametrize("place", PROVINCES, ids=lambda place: place.slug)
def test_a_good_list_of_parks_has_no_finding(place: Province, examine: Callable[[bytes], tuple[Finding, ...]]) -> None:
    assert examine(make_parks_workbook(place)) == ()


@pytest.mark.parametrize("seed", range(1, 6))
def test_other_seeds_are_as_good(seed: int, examine: Callable[[bytes], tuple[Finding, ...]]) -> None:
    assert examine(make_parks_workbook(BINH_DUONG, seed=seed)) == ()
    assert examine(make_projects_workbook(BINH_DUONG, 40, seed=seed)) == ()


@pytest.mark.parametrize("rows", [5, 36, 300])
@pytest.mark.parametrize("sheets", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_a_good_list_of_projects_has_no_finding(
    rows: int, sheets: bool, grouped: bool, examine: Callable[[bytes], tuple[Finding, ...]]
) -> None:
    assert examine(make_projects_workbook(NGHE_AN, rows, sheets=sheets, grouped=grouped)) == ()


def test_percentages_under_a_percent_format_are_as_good(examine: Callable[[bytes], tuple[Finding, ...]]) -> None:
    assert examine(make_parks_workbook(NGHE_AN, shares=True)) == ()


def test_old_workbooks_are_as_good(examine: Callable[[bytes], tuple[Finding, ...]]) -> None:
    assert examine(draw_xls(make_parks_book(NGHE_AN))) == ()
    assert examine(make_projects_workbook(NGHE_AN, 12, old=True)) == ()


@pytest.mark.parametrize("bend", CELL_MISTAKES_OF_PARKS)
@pytest.mark.parametrize("place", [NGHE_AN, BINH_DUONG], ids=lambda place: place.slug)
def test_a_mistake_among_parks_is_found_in_its_cell_and_nothing_else(
    bend: Callable[[Book], Bent], place: Province, examine: Callable[[bytes], tuple[Finding, ...]]
) -> None:
    agrees(bend(make_parks_book(place)), blocking(examine(draw_xlsx(bend(make_parks_book(place)).book))))


@pytest.mark.parametrize("bend", CELL_MISTAKES_OF_PROJECTS)
@pytest.mark.parametrize("rows", [26, 70])
def test_a_mistake_among_projects_is_found_in_its_cell_and_nothing_else(
    bend: Callable[[Book], Bent], rows: int, examine: Callable[[bytes], tuple[Finding, ...]]
) -> None:
    bent = bend(make_projects_book(BINH_DUONG, rows))
    agrees(bent, blocking(examine(draw_xlsx(bent.book))))


@pytest.mark.parametrize("bend", [mistakes.rename_a_column, mistakes.drop_a_column])
def test_a_column_that_cannot_be_found_is_asked_for_once(
    bend: Callable[[Book], Bent], examine: Callable[[bytes], tuple[Finding, ...]]
) -> None:
    bent = bend(make_parks_book(NGHE_AN))
    agrees(bent, blocking(examine(draw_xlsx(bent.book))))


@pytest.mark.parametrize("bend", [mistakes.glue_the_unit_to_a_number, mistakes.reword_a_column])
def test_what_can_be_understood_only_gets_a_note(
    bend: Callable[[Book], Bent], examine: Callable[[bytes], tuple[Finding, ...]]
) -> None:
    bent = bend(make_parks_book(NGHE_AN))
    found = examine(draw_xlsx(bent.book))
    agrees(bent, list(found))
    assert blocking(found) == []


def test_another_order_and_a_column_more_are_no_mistake(examine: Callable[[bytes], tuple[Finding, ...]]) -> None:
    assert examine(draw_xlsx(mistakes.shuffle_the_columns(make_parks_book(NGHE_AN)).book)) == ()


def test_a_form_without_rows_is_refused_as_empty(rulebook: Rulebook) -> None:
    workbook = read_workbook(draw_xlsx(mistakes.send_only_the_header(make_parks_book(NGHE_AN)).book), Limits())
    assert isinstance(workbook, Workbook)
    matches = identify(workbook, Vocabulary.of(rulebook.forms))
    assert isinstance(matches, tuple)
    read = read_table(workbook, matches[0])
    assert isinstance(read, Unreadable)
    assert read.reason is RefusalReason.EMPTY_FORM


def test_the_title_block_names_the_province_or_its_neighbour(rulebook: Rulebook) -> None:
    good = make_parks_book(NGHE_AN)
    for book, name in ((good, "NGHỆ AN"), (mistakes.name_another_province(good, BINH_DUONG).book, "BÌNH DƯƠNG")):
        workbook = read_workbook(draw_xlsx(book), Limits())
        assert isinstance(workbook, Workbook)
        matches = identify(workbook, Vocabulary.of(rulebook.forms))
        assert isinstance(matches, tuple)
        read = read_table(workbook, matches[0])
        assert not isinstance(read, Unreadable)
        assert name in read[0].title_block


def agrees(bent: Bent, found: list[Finding]) -> None:
    """Assert that the findings are those expected, and that they lead to the expected outcome."""
    assert [(one.rule, one.place.sheet, one.place.cell) for one in found] == [
        (one.rule, one.sheet, one.cell) for one in bent.expected
    ]
    blocked = any(one.severity is Severity.ERROR for one in found)
    assert bent.outcome is (Outcome.RETURNED if blocked else Outcome.ACCEPTED)


def test_the_same_book_is_the_same_bytes() -> None:
    assert make_parks_workbook(NGHE_AN) == make_parks_workbook(NGHE_AN)
    assert draw_xls(make_parks_book(NGHE_AN)) == draw_xls(make_parks_book(NGHE_AN))


def test_a_book_has_the_parks_and_projects_asked_for() -> None:
    assert len(make_parks_book(BINH_DUONG, 7).pages[0].data()) == 7
    split = make_projects_book(BINH_DUONG, 60, sheets=True)
    assert [page.name for page in split.pages] == ["FDI", "DDI"]
    assert sum(len(page.data()) for page in split.pages) == 60


def test_tax_codes_carry_the_check_digit_of_the_law() -> None:
    """Weights 31, 29 … 3; a remainder of 0 has no digit, so that serial is passed over."""
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    for serial in range(200):
        code = tax_code("29", serial)
        digits = [int(char) for char in code]
        assert len(code) == 10
        assert digits[9] == 10 - sum(w * d for w, d in zip(weights, digits, strict=False)) % 11


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (32, "AG"), (701, "ZZ"), (702, "AAA")])
def test_letters_of_columns(index: int, name: str) -> None:
    assert letter(index) == name
