"""The tables that a rule may read beside its own: other forms by their ids, earlier tables, registers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.check.registers import SCHEMAS
from bot.check.sql import create_empty
from bot.model.arrow import arrow_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import duckdb

    from bot.model import Column, Form

OWN = "t"
EARLIER = frozenset({"lan_truoc", "ky_truoc"})
"""The table of the same form that was accepted before in the same campaign, and that of the period before."""

_QUOTED = re.compile(r'"((?:[^"]|"")+)"')


def add_registers(database: duckdb.DuckDBPyConnection, registers: Mapping[str, pa.Table]) -> None:
    """Put all registers into *database*: those not given are empty, ``don_vi`` holds the reporters of the day."""
    for name, schema in SCHEMAS.items():
        database.register("_register", registers.get(name, schema.empty_table()))
        database.execute(f"CREATE TABLE {'_don_vi' if name == 'don_vi' else name} AS FROM _register")
        database.unregister("_register")
    database.execute("""CREATE VIEW don_vi AS FROM _don_vi
        WHERE coalesce(since <= ngay_nhan(), true) AND coalesce(ngay_nhan() <= until, true)""")


def fit(form: Form, data: pa.Table) -> pa.Table:
    """Return *data*, which was kept under an earlier edition of *form*, with the columns of today's: new ones empty."""
    wanted = {"_sheet": pa.int16(), "_row": pa.int32()} | {one.key: arrow_type(one) for one in form.columns}
    cells = {}
    for name, kind in wanted.items():
        known = data.schema.get_field_index(name) >= 0 and data.schema.field(name).type == kind
        cells[name] = data[name] if known else pa.nulls(data.num_rows, kind)
    return pa.table(cells)


def rename(sql: str, names: Callable[[str], str]) -> str:
    """Return *sql* with each name in double quotes replaced by what *names* gives for it."""
    return _QUOTED.sub(lambda one: f'"{names(one[1])}"', sql)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All forms' columns while rules are bound: the empty table of a form is made when a rule first names it."""

    database: duckdb.DuckDBPyConnection
    columns: Mapping[str, Mapping[str, Column]]
    """Full id → key → column."""
    _made: set[str] = field(default_factory=set)

    def full_id(self, campaign: str, name: str) -> str:
        """Return the full id of the form that a rule of *campaign* calls *name*; empty where there is none."""
        return next((one for one in (name, f"{campaign}/{name}") if one in self.columns), "")

    def lay_out_own(self, columns: Mapping[str, Column]) -> None:
        """Make the empty table ``t`` of *columns*."""
        create_empty(self.database, tuple(columns.values()), OWN)

    def lay_out_others(self, columns: Mapping[str, Column], tables: Iterable[str]) -> None:
        """Make the other empty tables: the earlier ones of *columns* too, those of other forms of their own."""
        for name in tables:
            if name in EARLIER:
                create_empty(self.database, tuple(columns.values()), name)
            elif name in self.columns and name not in self._made:
                create_empty(self.database, tuple(self.columns[name].values()), name)
                self._made.add(name)
