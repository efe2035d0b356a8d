"""The SQL of a form, put together once: what is counted, and what is asked where something is wrong.

It is put together from texts of ``rules/`` on purpose (S608): bot.check.sql fences in what they can reach.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.check.columns import CellTest, cell_tests
from bot.check.sentences import places_of
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Column, Form, Rule

_ASKS_WHO = re.compile(r"(?i)\bdon_vi_bao_cao\s*\(")


@dataclass(frozen=True, slots=True)
class RowTest:
    """A rule of one row: counted with all others in one pass, and asked for its rows only where there are any."""

    rule: Rule
    violated: str
    ask: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """The SQL of a form, put together once."""

    form: Form
    columns: Mapping[str, Column]
    cells: tuple[CellTest, ...]
    rows: tuple[RowTest, ...]
    queries: tuple[tuple[Rule, str], ...]
    """Rules over the whole table, each with its own SELECT."""
    tables: frozenset[str]
    """The other tables that any of the rules reads."""
    personal: frozenset[str]
    """The ids of rules that ask who reports."""


def prepare(form: Form) -> Prepared:
    """Return the SQL of *form*'s tests and of its rules that are not retired."""
    running = [rule for rule in form.rules if rule.status is not Status.RETIRED]
    columns = {column.key: column for column in form.columns}
    rows = []
    for rule in (rule for rule in running if rule.require):
        violated = f"NOT ({rule.require}\n)"
        ask = _join(rule, columns, form) if rule.query else rows_where(_needs(rule, columns, form), violated)
        rows.append(RowTest(rule, violated, ask))
    queries = tuple((rule, _join(rule, columns, form)) for rule in running if rule.query and not rule.require)
    tables = frozenset(name for rule in running for name in rule.tables)
    personal = frozenset(rule.id for rule in running if _ASKS_WHO.search(f"{rule.require} {rule.query}"))
    return Prepared(form, columns, tuple(cell_tests(form)), tuple(rows), queries, tables, personal)


def _needs(rule: Rule, columns: Mapping[str, Column], form: Form) -> tuple[str, ...]:
    named = (name for name, address in places_of(rule.say) if not address and name in columns)
    return tuple(dict.fromkeys((rule.cell, *named, *form.row_key)))


def rows_where(columns: Sequence[str], violated: str) -> str:
    """Return a SELECT of *columns* of the rows for which *violated* is true; NULL says nothing."""
    keys = "".join(f', "{key}"' for key in columns)
    return f"SELECT _sheet, _row{keys} FROM t WHERE {violated} ORDER BY _sheet, _row"  # noqa: S608


def _join(rule: Rule, columns: Mapping[str, Column], form: Form) -> str:
    """Return the query of *rule* with the cells of the offending row beside the evidence that it yields."""
    cells = "".join(f', t."{key}" AS "t.{key}"' for key in _needs(rule, columns, form))
    join = f"(\n{rule.query}\n) AS q JOIN t ON q._sheet = t._sheet AND q._row = t._row"
    return f"SELECT q.*{cells} FROM {join} ORDER BY q._sheet, q._row"  # noqa: S608
