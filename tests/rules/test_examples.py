"""Every rule's examples, as tests: the rule stays silent on the good ones and speaks alone, at its cell, on the bad."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.check.examples import case_of, day_of
from bot.check.load import load_rulebook
from bot.check.run import Checker
from bot.model import Finding, Form, Rule, Rulebook
from tests.check.small import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping


def load() -> Rulebook:
    book = load_rulebook({one.relative_to(RULES).as_posix(): one.read_bytes() for one in RULES.rglob("*.*")})
    assert isinstance(book, Rulebook), "\n".join(map(str, book))
    return book


BOOK = load()
CHECKER = Checker(BOOK.registers)
DAYS = {form.full_id: day_of(BOOK, form) for form in BOOK.forms}


def examples(kind: str) -> list[object]:
    return [
        pytest.param(form, rule, example, id=f"{form.full_id}/{rule.id}-{number}")
        for form in BOOK.forms
        for rule in form.rules
        for number, example in enumerate(getattr(rule, kind), 1)
    ]


def check(form: Form, example: Mapping[str, object]) -> tuple[Finding, ...]:
    case = case_of(form, example, BOOK.form)
    day = case.received or DAYS[form.full_id]
    return CHECKER.check(form, case.table, (), BOOK.notices, day, tables=case.tables, reporter=case.reporter)


@pytest.mark.parametrize(("form", "rule", "example"), examples("good"))
def test_a_good_example_is_not_found(form: Form, rule: Rule, example: Mapping[str, object]) -> None:
    alone = replace(form, rules=(rule,))  # what the others say of it is nothing to this rule, and takes long
    assert rule.id not in {one.rule for one in check(alone, example)}


@pytest.mark.parametrize(("form", "rule", "example"), examples("bad"))
def test_a_bad_example_is_found_by_its_rule_alone_at_its_cell(
    form: Form, rule: Rule, example: Mapping[str, object]
) -> None:
    (finding,) = check(form, example)
    table = case_of(form, example, BOOK.form).table
    last = table.data["_row"][-1].as_py()  # of several rows, the last one is the offender
    assert (finding.rule, finding.place.cell) == (rule.id, table.sheets[0].address(rule.cell, last))
    assert finding.severity is rule.severity
    assert "…" not in finding.say


@pytest.mark.parametrize("form", BOOK.forms, ids=lambda form: form.full_id)
def test_a_row_of_the_columns_own_examples_is_accepted(form: Form) -> None:
    assert check(form, {}) == ()


@pytest.mark.parametrize("form", BOOK.forms, ids=lambda form: form.full_id)
def test_every_required_column_has_an_example(form: Form) -> None:
    assert [one.key for one in form.columns if one.required and not one.example] == []


@pytest.mark.parametrize("form", BOOK.forms, ids=lambda form: form.full_id)
def test_every_rule_has_good_examples_too(form: Form) -> None:
    assert [rule.id for rule in form.rules if not rule.good] == []
