"""The smaller forms of the demo's provinces: good ones have no finding, they agree with the large ones, each slip has
its own finding."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.check.run import Checker
from bot.demo import annex_mistakes as slips
from bot.demo.annexes import NOTHING, bind
from bot.demo.drawing import draw_xlsx
from bot.demo.parks import park_rows
from bot.demo.places import PROVINCES, province
from bot.demo.planning import make_investment_book, make_plan_book, make_slow_book
from bot.demo.projects import count_projects, project_rows
from bot.demo.review import make_offences_book, make_summary_book, make_troubled_book
from bot.model import Finding, Outcome, Rulebook, Severity
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, Workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.mistakes import Bent
    from bot.demo.pages import Book, Cell
    from bot.demo.places import Province
    from bot.model import Table

NGHE_AN = province("Nghệ An")
MAKERS = (
    make_investment_book,
    make_slow_book,
    make_plan_book,
    make_summary_book,
    make_troubled_book,
    make_offences_book,
)
SLIPS: tuple[tuple[Callable[..., Book], Callable[[Book], Bent]], ...] = (
    (make_investment_book, slips.count_more_running_than_there_are),
    (make_investment_book, slips.count_many_foreign_workers),
    (make_slow_book, slips.give_no_cause_for_a_slow_park),
    (make_plan_book, slips.add_up_the_plan_wrongly),
    (make_summary_book, slips.forget_a_project_in_the_count),
    (make_troubled_book, slips.give_no_cause_for_a_stopped_project),
    (make_troubled_book, slips.spend_more_than_a_stopped_project_has),
    (make_offences_book, slips.find_an_offence_in_the_future),
)


class Reader:
    """Reads and checks a workbook as the daemon does, each form for itself."""

    def __init__(self) -> None:
        rulebook = load_rulebook(read_rules(None))
        assert isinstance(rulebook, Rulebook), rulebook
        self.notices = rulebook.notices
        self.vocabulary = Vocabulary.of(rulebook.forms)
        self.checker = Checker()

    def read(self, book: Book) -> dict[str, tuple[Table, tuple[Finding, ...]]]:
        workbook = read_workbook(draw_xlsx(book), Limits())
        assert isinstance(workbook, Workbook), workbook
        matches = identify(workbook, self.vocabulary)
        assert isinstance(matches, tuple), matches
        found = {}
        for match in matches:
            table = read_table(workbook, match)
            assert isinstance(table, tuple), (match.form.full_id, table)
            day = date(2012, 10, 15)
            found[match.form.id] = table[0], self.checker.check(match.form, *table, self.notices, day)
        return found


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def says_nothing(book: Book) -> bool:
    return any(NOTHING in line.cells.values() for line in book.pages[0].lines)


@pytest.mark.parametrize("place", PROVINCES, ids=lambda place: place.slug)
def test_good_forms_have_no_finding_and_are_taken_for_what_they_are(place: Province, reader: Reader) -> None:
    books = [make(place) for make in MAKERS]
    found = reader.read(bind("all", *books))
    assert {form: findings for form, (_, findings) in found.items()} == {book.form: () for book in books}
    for book in books:
        assert found[book.form][0].nil == says_nothing(book)
        assert (found[book.form][0].data.num_rows == 0) == says_nothing(book)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_are_as_good(seed: int, reader: Reader) -> None:
    found = reader.read(bind("all", *(make(NGHE_AN, seed=seed) for make in MAKERS)))
    assert [findings for _, findings in found.values()] == [()] * len(MAKERS)


@pytest.mark.parametrize(("make", "bend"), SLIPS, ids=lambda one: one.__name__)
def test_a_slip_is_found_in_its_cell_and_nothing_else(
    make: Callable[..., Book], bend: Callable[[Book], Bent], reader: Reader
) -> None:
    bent = bend(make(NGHE_AN))
    ((_, findings),) = reader.read(bent.book).values()
    spoken = [one for one in findings if one.severity is not Severity.NOTE and not one.trial]
    assert [(one.rule, one.place.sheet, one.place.cell) for one in spoken] == [
        (one.rule, one.sheet, one.cell) for one in bent.expected
    ]
    blocked = any(one.severity is Severity.ERROR for one in spoken)
    assert bent.outcome is (Outcome.RETURNED if blocked else Outcome.ACCEPTED)


@pytest.mark.parametrize("place", PROVINCES, ids=lambda place: place.slug)
def test_the_forms_of_a_province_agree_with_each_other(place: Province) -> None:
    parks = {str(row["ten_kcn"]) for row in park_rows(place)}
    projects = project_rows(place)
    for make in (make_investment_book, make_slow_book, make_plan_book):
        assert names(make(place), "ten_kcn") <= parks | {NOTHING}
    summary = make_summary_book(place)
    assert total(summary, "tong_so_fdi") + total(summary, "tong_so_ddi") == count_projects(place) == len(projects)
    troubled, offences = make_troubled_book(place), make_offences_book(place)
    late = [total(summary, f"{state}_{kind}") for state in ("cham_trien_khai", "ngung_hoat_dong") for kind in KINDS]
    assert sum(late) == (0 if says_nothing(troubled) else len(troubled.pages[0].data()))
    offending = names(offences, "so_gcndt")
    assert sum(total(summary, f"vi_pham_{kind}") for kind in KINDS) == len(offending)
    certificates = {str(row["so_gcndt"]) for row in projects}
    assert names(troubled, "so_gcndt") | offending <= certificates
    investment = make_investment_book(place)
    for kind in KINDS:
        assert total(investment, f"{kind}_so_du_an") == total(summary, f"tong_so_{kind}")
        assert total(investment, f"{kind}_von_dang_ky") == total(summary, f"von_dang_ky_{kind}")


KINDS = ("fdi", "ddi")


def names(book: Book, key: str) -> set[str]:
    page = book.pages[0]
    return {str(page.lines[at].cells[key]) for at in page.data() if page.lines[at].cells.get(key)}


def total(book: Book, key: str) -> int:
    page = book.pages[0]
    values: list[Cell] = [page.lines[at].cells.get(key) for at in page.data()]
    return int(sum(value for value in values if value is not None and not isinstance(value, (str, date))))
