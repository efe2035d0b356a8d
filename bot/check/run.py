"""A form's rules against a table: DuckDB looks, and every finding names its cell.

The SQL is put together from texts of ``rules/`` on purpose (S608): bot.check.sql fences in what it can reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import pyarrow as pa

from bot.check.columns import CellTest, tell_problems, tell_understood
from bot.check.gather import KEPT, Gathering, Spot, has_column, key_of
from bot.check.prepare import Prepared, prepare, rows_where
from bot.check.sentences import fill, written
from bot.check.sql import connect
from bot.check.tables import EARLIER, OWN, add_registers, fit
from bot.check.totals import tell_totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from bot.model import Finding, Form, Notice, Problem, Rule, Table

_TOO_LARGE = (duckdb.OutOfRangeException, duckdb.ConversionException)
"""What exact decimals raise when a product outgrows 38 digits."""

_Row: TypeAlias = "dict[str, Any]"


class BrokenRuleError(Exception):
    """The SQL of a rule broke on this table: a fault of ours, with the rule's name."""


@dataclass(slots=True)
class Checker:
    """Holds tables against forms; one for the life of a process, because connecting costs more than checking."""

    registers: Mapping[str, pa.Table] = field(default_factory=dict)
    """``Rulebook.registers``: what rules may read beside forms."""
    _database: duckdb.DuckDBPyConnection = field(default_factory=connect)
    _prepared: dict[str, Prepared] = field(default_factory=dict)

    def __post_init__(self) -> None:
        add_registers(self._database, self.registers)

    @property
    def database(self) -> duckdb.DuckDBPyConnection:
        """Return the engine, for who compares tables otherwise: a second one would take memory for itself."""
        return self._database

    def check(
        self,
        form: Form,
        table: Table,
        problems: Sequence[Problem],
        notices: Mapping[str, Notice],
        received: date | None = None,
        *,
        tables: Mapping[str, pa.Table] = MappingProxyType({}),
        reporter: str = "",
    ) -> tuple[Finding, ...]:
        """Return all that is wrong with *table*, by sheet, row and column.

        *problems* are what the reader saw in single cells; *received* is the day (Vietnamese time) on which the
        message came, for rules about the future: without it they say nothing. *tables* are the other tables of the
        same reporter: full id of a form → its rows with the columns of that form (``bot.check.tables.fit``),
        ``lan_truoc``, ``ky_truoc``; a rule that reads one which is not among them says nothing, and so does a rule
        that asks for the *reporter* (its code) where that is empty. Of one rule at most 5,000 findings are returned,
        then one without a place that tells how many more there are. Raises BrokenRuleError when a rule's SQL breaks
        on the data.
        """
        gathering = Gathering(form, table, notices)
        tell_problems(gathering, problems)
        tell_understood(gathering)
        tell_totals(gathering)
        if table.data.num_rows:
            prepared = self._prepare(form)
            others = {
                name: fit(form, data) if name in EARLIER else data
                for name, data in tables.items()
                if name in prepared.tables
            }
            self._set("ngay_nhan", f"DATE '{received.isoformat()}'" if received else "NULL::DATE")
            self._set("don_vi_bao_cao", _text(reporter) if reporter else "NULL::VARCHAR")
            self._ask(_Round(self._database, prepared, gathering, problems, others, bool(reporter)))
        return gathering.sorted()

    def _prepare(self, form: Form) -> Prepared:
        known = self._prepared.get(form.full_id)
        if known is None or known.form is not form:
            known = self._prepared[form.full_id] = prepare(form)
        return known

    def _set(self, name: str, value: str) -> None:
        self._database.execute(f"SET VARIABLE {name} = {value}")

    def _ask(self, turn: _Round) -> None:
        self._set(
            "tham_so",
            """(SELECT map_from_entries(list((ten, gia_tri))) FROM (
            SELECT ten, arg_max(gia_tri, tu_ngay) AS gia_tri FROM tham_so
            WHERE tu_ngay <= ngay_nhan() AND coalesce(ngay_nhan() <= den_ngay, true) GROUP BY ten))""",
        )
        held = {OWN: turn.gathering.table.data, **turn.others}
        for name, data in held.items():
            self._database.register(name, data)
        try:
            turn.ask_all()
        finally:
            for name in held:
                self._database.unregister(name)


@dataclass(frozen=True, slots=True)
class _Round:
    """One table in front of one form."""

    database: duckdb.DuckDBPyConnection
    prepared: Prepared
    gathering: Gathering
    problems: Sequence[Problem]
    others: Mapping[str, pa.Table]
    reporter_known: bool

    def ask_all(self) -> None:
        """Ask all tests of the form: a clean table costs one pass for all rules of a row, and one for each query."""
        cells = [one for one in self.prepared.cells if one.may_fail(self.gathering.table.data)]
        rows = [one for one in self.prepared.rows if self._can_ask(one.rule)]
        counts = self._count([*(one.violated for one in cells), *(one.violated for one in rows)])
        for cell_test, count in zip(cells, counts[: len(cells)], strict=True):
            if count:
                self._tell_cells(cell_test)
        for row_test, count in zip(rows, counts[len(cells) :], strict=True):
            if count:
                rule = row_test.rule
                self._tell(rule, row_test.ask, self._silenced((*rule.columns, rule.cell), rule.cell))
        for rule, ask in self.prepared.queries:
            # Joining the evidence to its row costs as much as the question: most tables give no reason for it.
            if self._can_ask(rule) and self._fetch(rule.id, f"SELECT 1 FROM (\n{rule.query}\n) LIMIT 1")[1]:  # noqa: S608
                self._tell(rule, ask, self._silenced((rule.cell,), rule.cell))

    def _can_ask(self, rule: Rule) -> bool:
        """Tell whether all is there that *rule* looks at."""
        return all(name in self.others for name in rule.tables) and (
            self.reporter_known or rule.id not in self.prepared.personal
        )

    def _count(self, violated: Sequence[str]) -> Sequence[int]:
        if not violated:
            return ()
        try:
            sql = f"SELECT {', '.join(f'count_if({one})' for one in violated)} FROM t"  # noqa: S608
            counts: Sequence[int] = self.database.execute(sql).fetchall()[0]
        except duckdb.Error:
            # Some test cannot bear these values: each is asked alone, so that only the broken one is named.
            return [1] * len(violated)
        return counts

    def _tell_cells(self, test: CellTest) -> None:
        key, table = test.column.key, self.gathering.table
        columns = tuple(dict.fromkeys((key, *self.prepared.form.row_key)))
        silenced = self._silenced((key,) if test.empty else (), key)
        for row in self._run(test.notice, rows_where(columns, test.violated), silenced):
            spot = Spot(row["_sheet"], row["_row"], key)
            own = key_of(row[name] for name in self.prepared.form.row_key)
            value = "" if test.empty else written(row[key], test.column)
            self.gathering.by_notice(test.notice, spot, test.names, value, own)
        if test.empty:
            for sheet in range(len(table.sheets)):
                self._tell_missing(test, sheet)

    def _tell_missing(self, test: CellTest, sheet: int) -> None:
        """Say once that a column is missing on a sheet, instead of once for each of its rows."""
        key = test.column.key
        told = any((one.notice, one.sheet, one.column) == ("thieu_cot", sheet, key) for one in self.problems)
        if told or has_column(self.gathering.table.sheets[sheet], key):
            return
        if self._fetch(test.notice, f"SELECT 1 FROM t WHERE _sheet = {sheet} AND ({test.violated}) LIMIT 1")[1]:  # noqa: S608
            self.gathering.by_notice("thieu_cot", Spot(sheet, 0, key), {})

    def _tell(self, rule: Rule, ask: str, silenced: _Silenced) -> None:
        for row in self._run(rule.id, ask, silenced):
            self._tell_row(rule, row)

    def _tell_row(self, rule: Rule, row: _Row) -> None:
        columns, spot = self.prepared.columns, Spot(row["_sheet"], row["_row"], rule.cell)

        def cell(name: str) -> object:
            return row[f"t.{name}"] if f"t.{name}" in row else row.get(name)

        def value(name: str) -> str:
            # What the query yields under a name comes before the cell of that name.
            return written(row[name] if name in row else cell(name), columns.get(name))

        def address(name: str) -> str:
            return (
                self.gathering.address(spot._replace(column=name))
                or f'{self.gathering.name_of_columns} "{columns[name].title}"'
            )

        key = key_of(cell(name) for name in self.prepared.form.row_key)
        here = "" if cell(rule.cell) is None else written(cell(rule.cell), columns[rule.cell])
        self.gathering.by_rule(rule, spot, fill(rule.say, value, address), here, key)

    def _silenced(self, columns: Iterable[str], cell: str) -> _Silenced:
        table = self.gathering.table
        rows = frozenset().union(*(table.bad.get(name, frozenset()) for name in columns))
        without = frozenset(index for index, sheet in enumerate(table.sheets) if not has_column(sheet, cell))
        return _Silenced(rows, without)

    def _run(self, name: str, sql: str, silenced: _Silenced) -> Iterator[_Row]:
        """Yield the rows of *sql* that are not silenced, as many as are kept, and count the others for *name*."""
        names, found = self._fetch(name, sql)
        sheet, row = names.index("_sheet"), names.index("_row")
        if silenced != _NOWHERE:
            found = [one for one in found if not silenced.covers(one[sheet], one[row])]
        self.gathering.count_more(name, max(0, len(found) - KEPT))
        for one in found[:KEPT]:
            yield dict(zip(names, one, strict=True))

    def _fetch(self, name: str, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return column names and rows; where exact decimals are too narrow, it is asked again with floating numbers.

        Products of two amounts outgrow 38 digits when somebody writes đồng in a column of tỷ đồng.
        """
        try:
            return _answer(self.database, sql)
        except _TOO_LARGE:
            for key, data in self._held():
                self.database.register(key, data.cast(_floating(data.schema)))
        except duckdb.Error as error:
            raise BrokenRuleError(f"{self.prepared.form.full_id} {name}: {error}") from error
        try:
            return _answer(self.database, sql)
        except duckdb.Error as error:
            raise BrokenRuleError(f"{self.prepared.form.full_id} {name}: {error}") from error
        finally:
            for key, data in self._held():
                self.database.register(key, data)

    def _held(self) -> Iterator[tuple[str, pa.Table]]:
        yield OWN, self.gathering.table.data
        yield from self.others.items()


@dataclass(frozen=True, slots=True)
class _Silenced:
    """Where a test does not speak: its cause was already named."""

    rows: frozenset[tuple[int, int]]
    sheets: frozenset[int]

    def covers(self, sheet: int, row: int) -> bool:
        return sheet in self.sheets or (sheet, row) in self.rows


_NOWHERE = _Silenced(frozenset(), frozenset())


def _text(words: str) -> str:
    """Return *words* as a text of SQL."""
    return "'" + words.replace("'", "''") + "'"


def _answer(database: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    cursor = database.execute(sql)
    return [one[0] for one in cursor.description or ()], cursor.fetchall()


def _floating(schema: pa.Schema) -> pa.Schema:
    return pa.schema(
        [pa.field(one.name, pa.float64() if pa.types.is_decimal(one.type) else one.type) for one in schema]
    )
