"""Who corrects what a finding names, and nothing else, is accepted: it carries all that the correction needs."""

from __future__ import annotations

import re
from itertools import chain, combinations
from typing import TYPE_CHECKING

import pytest

from bot.check.examples import BESIDE, case_of, example_rows
from bot.language import fold
from bot.model import Form, Rule, Severity
from tests.rules.test_examples import BOOK, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.model import Column, Finding

ERRORS = [
    pytest.param(form, rule, id=f"{form.full_id}/{rule.id}")
    for form in BOOK.forms
    for rule in form.rules
    if rule.severity is Severity.ERROR
]


def named_by(finding: Finding, form: Form, rule: Rule, example: Mapping[str, object]) -> list[str]:
    """Return the columns that the finding names, by address, number or title: its own cell first."""
    table = case_of(form, example, BOOK.form).table
    row = table.data["_row"][-1].as_py()
    said = f"{finding.title} {finding.say} {finding.fix}"

    def is_named(column: Column) -> bool:
        address = table.sheets[0].address(column.key, row)
        number = rf"(?<![\d.]){re.escape(column.number)}(?!\d|\.\d)" if column.number else None
        return (
            bool(re.search(rf"\b{address}\b", said))
            or (number is not None and re.search(number, said) is not None)
            or any(fold(header.split(" > ")[-1]) in fold(said) for header in column.header)
        )

    return [rule.cell, *(one.key for one in form.columns if one.key != rule.cell and is_named(one))]


def corrections(example: Mapping[str, object], rule: Rule, form: Form, named: list[str]) -> Iterator[dict[str, object]]:
    """Yield the example with some of the named cells put right: as in the rule's good examples, the form's own ones,
    another form of the same sender, or the column's list of values."""
    rows = [dict(row) for row in example_rows(example)]
    elsewhere = [row for table in case_of(form, example, BOOK.form).tables.values() for row in table.to_pylist()]
    good = [example_rows(one)[-1] for one in rule.good if example_rows(one)]
    listed = [{one.key: choice.value} for one in form.columns for choice in one.choices]
    subsets = chain.from_iterable(combinations(named, size) for size in range(1, min(len(named), 4) + 1))
    for keys in subsets:
        for source in ({}, *good, *elsewhere, *listed):
            if source and not set(keys) & set(source):
                continue
            last = {key: value for key, value in rows[-1].items() if key not in keys}
            last |= {key: source[key] for key in keys if key in source}
            beside = {key: example[key] for key in BESIDE & set(example) if key != "rows"}
            yield {**beside, "rows": [*rows[:-1], last]} if "rows" in example else {**beside, **last}


@pytest.mark.parametrize(("form", "rule"), ERRORS)
def test_correcting_what_the_finding_names_is_enough(form: Form, rule: Rule) -> None:
    example = rule.bad[0]
    (finding,) = check(form, example)
    named = named_by(finding, form, rule, example)
    tried = corrections(example, rule, form, named)
    assert any(all(one.severity is not Severity.ERROR for one in check(form, better)) for better in tried), (
        named,
        finding.say,
        finding.fix,
    )


@pytest.mark.parametrize(("form", "rule"), ERRORS)
def test_every_rule_that_blocks_says_how_to_put_it_right(form: Form, rule: Rule) -> None:
    assert rule.fix.strip()
    assert len(rule.fix.split()) > 3
