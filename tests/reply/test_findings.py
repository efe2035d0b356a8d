"""One problem in forty cells is one line."""

from __future__ import annotations

import pytest

from bot.model import Outcome, Severity
from bot.preview.campaign import RULEBOOK
from bot.preview.findings import LEASED, NOTES, PAUSED, TOTAL, YEARS, finding, many_findings
from bot.preview.samples import NOW, OWED_1, checked_part, decision
from bot.reply.contexts import Checked
from bot.reply.findings import name_cells, number_findings, sentence
from bot.reply.replies import MAX_LINES, answer


@pytest.mark.parametrize(
    ("cells", "named", "more"),
    [
        (["J14"], "J14", 0),
        (["J17", "J14"], "J14, J17", 0),
        ([f"L{row}" for row in range(9, 15)], "L9–L14", 0),
        (["L9", "L10", "M10", "L10"], "L9–L10, M10", 0),
        (["AB99", "AB100", "AB101"], "AB99–AB101", 0),
        ([f"L{row}" for row in range(2, 82, 2)], "L2, L4, L6, L8, L10, L12, L14, L16", 32),
        (["Tổng"], "Tổng", 0),
        ([], "", 0),
    ],
)
def test_cells_are_named_as_ranges(cells: list[str], named: str, more: int) -> None:
    assert name_cells(cells) == (named, more)


def test_errors_come_first_and_queries_are_numbered_on() -> None:
    errors, queries = number_findings([checked_part(PAUSED, *LEASED, *YEARS, TOTAL, *NOTES)], [""])
    assert [(one.number, one.cells, one.count) for one in errors] == [
        (1, "J14, J17", 2),
        (2, "L9–L14", 6),
        (3, "H31", 1),
    ]
    assert [(one.number, one.cells) for one in queries] == [(4, "G22")]


def test_in_a_form_of_indicators_the_line_is_named_and_not_the_column() -> None:
    found = [finding("G12", column="Diện tích cho thuê"), finding("H12", column="Diện tích cho thuê")]
    (line,), _ = number_findings([checked_part(*found)], [""], [0])
    assert (line.line, line.letter, line.column, line.cells) == ("12", "", "Diện tích cho thuê", "G12, H12")


@pytest.mark.parametrize(
    ("say", "first"), [("J14 ghi 120 ha", ""), ("(J14 ghi 120)", ""), ("J140 ghi 120", "J14"), ("Ghi 120", "J14")]
)
def test_a_sentence_that_names_its_cell_is_not_led_by_it(say: str, first: str) -> None:
    (line,), _ = number_findings([checked_part(finding("J14", say=say))], [""])
    assert line.first == first


def test_trial_findings_never_show() -> None:
    assert number_findings([checked_part(finding("J14", trial=True))], [""]) == ((), ())


def test_one_rule_in_many_columns_is_one_line() -> None:
    missing = [finding(f"{letter}12", rule="thieu_gia_tri", column=f"Cột {letter}") for letter in "CDEFGH"]
    (line,), _ = number_findings([checked_part(*missing)], [""])
    assert (line.cells, line.column, line.count) == ("C12, D12, E12, F12, G12, H12", "", 6)


def test_one_rule_in_two_columns_names_each() -> None:
    missing = [finding(f"{letter}12", rule="thieu_gia_tri", column=f"Cột {letter}") for letter in "CD"]
    errors, _ = number_findings([checked_part(*missing)], [""])
    assert [(one.letter, one.column, one.cells) for one in errors] == [("C", "Cột C", "C12"), ("D", "Cột D", "D12")]


def test_the_same_rule_on_two_sheets_is_two_lines() -> None:
    errors, _ = number_findings([checked_part(finding("J14", sheet="FDI"), finding("J14", sheet="DDI"))], [""])
    assert [one.sheet for one in errors] == ["FDI", "DDI"]


def test_sentence_that_differs_by_cell_is_told_as_an_example() -> None:
    areas = [finding("J14", say="đã cho thuê 120 ha"), finding("J17", say="đã cho thuê 88,5 ha")]
    (line,), _ = number_findings([checked_part(*areas)], [""])
    assert (line.shared, line.say, line.first) == (False, "đã cho thuê 120 ha", "J14")


def test_written_text_is_shown_unless_the_sentence_quotes_it() -> None:
    quoted = finding("L9", say="ghi “năm 2005”, cần ghi số", written="năm 2005")
    (line,), _ = number_findings([checked_part(quoted)], [""])
    assert line.samples == ()
    (line,), _ = number_findings([checked_part(*YEARS)], [""])
    assert [(one.cell, one.written) for one in line.samples] == [
        ("L10", "2006 (dự kiến)"),
        ("L11", "chưa rõ"),
        ("L13", "n/a"),
    ]


def test_straight_quotes_of_a_rule_are_printed_as_all_others_are() -> None:
    assert sentence('Cột "Ghi chú" ghi "a", 12" là lẻ.') == 'Cột “Ghi chú” ghi “a”, 12" là lẻ'


def test_a_mail_lists_twenty_lines_and_counts_the_rest() -> None:
    context = answer(decision(Outcome.RETURNED, checked_part(*many_findings(), PAUSED), owed=(OWED_1,)), RULEBOOK, NOW)
    assert isinstance(context, Checked)
    assert (len(context.errors), len(context.queries), context.rest) == (MAX_LINES, 0, 38)
    assert (context.error_count, context.query_count) == (57, 1)


def test_notes_are_counted_not_listed() -> None:
    context = answer(decision(Outcome.ACCEPTED, checked_part(*NOTES)), RULEBOOK, NOW)
    assert isinstance(context, Checked)
    assert [(one.title, one.count) for one in context.notes] == [("Số lưu dạng chữ đã được đọc thành số", 12)]


def test_lone_surrogate_and_line_breaks_in_a_cell_do_no_harm() -> None:
    (line,), _ = number_findings([checked_part(finding("J14", written="a\ud800\r\nb\x00"))], [""])
    assert line.samples[0].written == "a? b"


def test_finding_about_a_whole_row_names_its_row() -> None:
    from dataclasses import replace

    whole = replace(finding("J14"), place=replace(finding("J14").place, cell="", column=""), severity=Severity.ERROR)
    (line,), _ = number_findings([checked_part(whole)], [""])
    assert (line.cells, line.rows) == ("", "14")
