"""An officer puts right what the reply lists, cell by cell, sends the workbook again, and is accepted."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.demo import annex_mistakes, mistakes
from bot.demo.drawing import draw_xlsx
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.demo.planning import make_investment_book, make_plan_book, make_slow_book
from bot.demo.projects import make_projects_book
from bot.demo.review import make_offences_book, make_summary_book, make_troubled_book
from bot.language import VIETNAM, fold
from bot.model import Attachment, History, Outcome, Rulebook, Severity
from bot.reply.findings import number_findings
from bot.runners.case import Case
from bot.runners.judge import Judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet

    from bot.demo.mistakes import Bent
    from bot.demo.pages import Book
    from bot.model import Finding, Part

RECEIVED = datetime(2012, 10, 15, 9, 0, tzinfo=VIETNAM)
NGHE_AN = province("Nghệ An")
_ADDRESS = re.compile(r"\b([A-Z]{1,2})([1-9][0-9]{0,4})\b")
SLIPS: tuple[tuple[Callable[..., Book], tuple[Callable[[Book], Bent], ...]], ...] = (
    (
        make_parks_book,
        (
            mistakes.lease_more_than_there_is, mistakes.write_words_for_a_year, mistakes.type_a_wrong_total,
            mistakes.write_a_negative_area, mistakes.invent_a_status, mistakes.leave_a_cell_empty,
            mistakes.write_lease_in_square_metres,
        ),
    ),
    (
        make_projects_book,
        (
            mistakes.use_a_certificate_twice, mistakes.date_in_the_future, mistakes.register_nothing,
            mistakes.leave_the_enterprise_empty,
        ),
    ),
    (make_investment_book, (annex_mistakes.count_more_running_than_there_are,)),
    (make_slow_book, (annex_mistakes.give_no_cause_for_a_slow_park,)),
    (make_plan_book, (annex_mistakes.add_up_the_plan_wrongly,)),
    (make_summary_book, (annex_mistakes.forget_a_project_in_the_count,)),
    (make_troubled_book, (annex_mistakes.give_no_cause_for_a_stopped_project,)),
    (make_offences_book, (annex_mistakes.find_an_offence_in_the_future,)),
)  # fmt: skip


@pytest.fixture(scope="module")
def judge() -> Judge:
    rulebook = load_rulebook(read_rules(None))
    assert isinstance(rulebook, Rulebook), rulebook
    return Judge(rulebook)


def judged(judge: Judge, data: bytes) -> Part:
    file = Attachment("bao-cao.xlsx", data, hashlib.sha256(data).hexdigest())
    (part,) = judge.judge((file,), Case(None, History(), RECEIVED), "12-40-0001")
    return part


def put_right(data: bytes, true: bytes, errors: list[Finding]) -> bytes:
    """Return the workbook with the cells that the findings name as they truly are, and nothing else touched.

    Totals of what was changed, and total rates, follow, as the formulas of a province's own workbook do.
    """
    book, truth = load_workbook(io.BytesIO(data)), load_workbook(io.BytesIO(true))
    for one in errors:
        sheet, model = book[one.place.sheet], truth[one.place.sheet]
        cells = _ADDRESS.findall(f"{one.place.cell} {one.say}")
        named = (*cells, *((letter, one.place.row) for letter in _columns_named(model, one.fix)))
        follow = [(letter, _total_row(sheet)) for letter in (*(letter for letter, _ in named), *_rates(model))]
        for letter, row in (*named, *follow):
            sheet[f"{letter}{row}"].value = model[f"{letter}{row}"].value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _columns_named(sheet: Worksheet, fix: str) -> list[str]:
    """Return the letters of the columns that the cure names by their titles."""
    header = (cell for line in sheet["A8:AZ12"] for cell in line if len(str(cell.value).split()) > 2)
    return [cell.column_letter for cell in header if fold(str(cell.value)) in fold(fix)]


def _rates(sheet: Worksheet) -> list[str]:
    return [cell.column_letter for line in sheet["A8:AZ12"] for cell in line if str(cell.value).startswith("Tỷ lệ")]


def _total_row(sheet: Worksheet) -> int:
    return next(row for row in range(sheet.max_row, 8, -1) if any("ổng" in str(cell.value) for cell in sheet[row][:3]))


@pytest.mark.parametrize(
    ("make", "bend"), [pytest.param(make, one, id=one.__name__) for make, bends in SLIPS for one in bends]
)
def test_what_the_reply_lists_is_all_there_is_to_do(
    make: Callable[..., Book], bend: Callable[[Book], Bent], judge: Judge
) -> None:
    good = make(NGHE_AN)
    bent = bend(good)
    data = draw_xlsx(bent.book)
    part = judged(judge, data)
    assert part.verdict is Outcome.RETURNED
    errors = list(part.of(Severity.ERROR))
    assert errors
    lines, _ = number_findings([part], [""])
    assert all(line.fix and line.sheet and (line.cells or line.column or line.rows) for line in lines)
    again = judged(judge, put_right(data, draw_xlsx(good), errors))
    assert (again.verdict, [one.say for one in again.of(Severity.ERROR)]) == (Outcome.ACCEPTED, [])


@pytest.mark.parametrize("bend", [mistakes.rename_a_column, mistakes.drop_a_column])
def test_a_column_that_is_missed_is_named_as_the_form_names_it(bend: Callable[[Book], Bent], judge: Judge) -> None:
    good = make_parks_book(NGHE_AN)
    part = judged(judge, draw_xlsx(bend(good).book))
    (missed,) = part.of(Severity.ERROR)
    assert (part.verdict, missed.rule, missed.place.sheet) == (Outcome.RETURNED, "thieu_cot", "Biểu I.1")
    fields = {key: fold(" ".join(words)) for key, words in ((one.key, one.header) for one in good.pages[0].fields)}
    bent = {one.key: fold(" ".join(one.header)) for one in bend(good).book.pages[0].fields}
    (changed,) = (words for key, words in fields.items() if bent.get(key) != words)
    assert fold(missed.place.column) in changed
    assert judged(judge, draw_xlsx(good)).verdict is Outcome.ACCEPTED
