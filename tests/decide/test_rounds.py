"""Findings are known again by rule, column and row key, wherever their row stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.rounds import compare, traces_of
from bot.model import Finding, Outcome, Place, Settled, Severity, Trace

LEASED, YEAR = "cho_thue_vuot", "khong_phai_so"


def finding(rule: str, key: str, row: int = 9, severity: Severity = Severity.ERROR, *, trial: bool = False) -> Finding:
    place = Place("Biểu I.1", f"J{row}", row, "Diện tích")
    return Finding(rule, severity, rule, rule, "", place, key, trial=trial)


def earlier(*findings: Finding, spoken: dict[str, int] | None = None) -> Settled:
    at = datetime(2012, 7, 10, tzinfo=UTC)
    traces = () if spoken else traces_of(findings)
    return Settled("c", "I.1", Outcome.RETURNED, 2, "f00", "12-40-0001", at, traces=traces, spoken=spoken or {})


def figures(before: Settled, *now: Finding) -> tuple[int, int, int, int]:
    progress = compare(before, now)
    return progress.before, progress.fixed, progress.left, progress.new


def test_a_finding_is_the_same_wherever_its_row_has_gone() -> None:
    before = earlier(finding(LEASED, "hoang mai", 14), finding(YEAR, "hoang mai", 14), finding(LEASED, "nam cam", 15))
    now = (finding(LEASED, "hoang mai", 40), finding(LEASED, "bac vinh", 14))
    assert figures(before, *now) == (3, 2, 1, 1)


def test_notes_and_trial_findings_are_no_problems() -> None:
    note, trial = finding(YEAR, "a", severity=Severity.NOTE), finding(YEAR, "b", trial=True)
    assert figures(earlier(note, trial, finding(LEASED, "c")), note, trial) == (1, 1, 0, 0)
    assert figures(earlier(finding(LEASED, "c", severity=Severity.QUERY))) == (1, 1, 0, 0)


def test_rows_without_a_key_are_counted() -> None:
    before = earlier(*(finding(YEAR, "|", row) for row in (9, 10, 11)))
    assert figures(before, finding(YEAR, "", 30)) == (3, 2, 1, 0)


@pytest.mark.parametrize(("before", "now"), [("", "nam cam"), ("nam cam", "|")])
def test_a_row_that_says_its_key_only_once_is_known_by_its_place(before: str, now: str) -> None:
    assert figures(earlier(finding(LEASED, before, 14)), finding(LEASED, now, 14)) == (1, 0, 1, 0)
    assert figures(earlier(finding(LEASED, before, 14)), finding(LEASED, now, 15)) == (1, 1, 0, 1)


def test_too_many_findings_are_compared_by_their_rules() -> None:
    now = [finding(LEASED, str(number)) for number in range(30)] + [finding("moi", "a")]
    assert figures(earlier(spoken={LEASED: 900, YEAR: 40}), *now) == (940, 910, 30, 1)


_ROWS = st.lists(
    st.tuples(st.text("abc", min_size=1, max_size=3), st.sets(st.sampled_from([LEASED, YEAR]))), max_size=12
)


@given(rows=_ROWS, data=st.data())
def test_rows_shuffled_inserted_and_deleted_leave_the_counts_right(
    rows: list[tuple[str, set[str]]], data: st.DataObject
) -> None:
    kept = [one for one in rows if data.draw(st.booleans())]
    fresh = [(f"moi {number}", {LEASED}) for number in range(data.draw(st.integers(0, 3)))]
    now = data.draw(st.permutations([*kept, *fresh]))

    def all_of(lines: list[tuple[str, set[str]]], first: int) -> list[Finding]:
        return [finding(rule, key, row) for row, (key, rules) in enumerate(lines, first) for rule in sorted(rules)]

    left = sum(len(rules) for _, rules in kept)
    progress = compare(earlier(*all_of(rows, 9)), all_of(now, 20))
    assert (progress.before, progress.left, progress.new) == (sum(len(one) for _, one in rows), left, len(fresh))


def test_a_trace_keeps_what_the_ledger_has_columns_for() -> None:
    assert traces_of([finding(LEASED, "nam cam", 14)]) == (Trace(LEASED, "Diện tích", "nam cam", "Biểu I.1", 14),)
