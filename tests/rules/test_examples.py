"""Every rule's examples, as tests: the rule stays silent on the good ones and speaks alone, at its cell, on the bad."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.check.examples import example_rows, table_of
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
CHECKER = Checker()
RECEIVED = date(2012, 7, 10)


def examples(kind: str) -> list[object]:
    return [
        pytest.param(form, rule, example, id=f"{form.full_id}/{rule.id}-{number}")
        for form in BOOK.forms
        for rule in form.rules
        for number, example in enumerate(getattr(rule, kind), 1)
    ]


def check(form: Form, *rows: Mapping[str, object]) -> tuple[Finding, ...]:
    return CHECKER.check(form, table_of(form, rows), (), BOOK.notices, RECEIVED)


@pytest.mark.parametrize(("form", "rule", "example"), examples("good"))
def test_a_good_example_is_not_found(form: Form, rule: Rule, example: Mapping[str, object]) -> None:
    assert rule.id not in {one.rule for one in check(form, *example_rows(example))}


@pytest.mark.parametrize(("form", "rule", "example"), examples("bad"))
def test_a_bad_example_is_found_by_its_rule_alone_at_its_cell(
    form: Form, rule: Rule, example: Mapping[str, object]
) -> None:
    rows = example_rows(example)
    (finding,) = check(form, *rows)
    last_row = 8 + len(rows)  # of several rows, the last one is the offender
    letter = table_of(form, rows).sheets[0].letters[rule.cell]
    assert (finding.rule, finding.place.cell) == (rule.id, f"{letter}{last_row}")
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
