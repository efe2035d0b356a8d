"""A question in SQL about everything that counts: each form one table, the registers, where each obligation stands."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from bot.dataset.consolidate import Consolidation, name, open_database
from bot.runners.export import sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.adapters.ledger import Accepted, Ledger
    from bot.adapters.vault import Vault
    from bot.model import Form, Rulebook

STANDING = "tinh_hinh"
CAMPAIGN = "dot"
_STANDING = pa.schema(
    [
        (CAMPAIGN, pa.string()),
        ("bieu", pa.string()),
        ("ma_don_vi", pa.string()),
        ("don_vi", pa.string()),
        ("vung", pa.string()),
        ("tinh_hinh", pa.string()),
        ("lan_nop", pa.int64()),
        ("thoi_diem_nhan", pa.timestamp("s", "Asia/Ho_Chi_Minh")),
        ("so_ngay_cham", pa.int64()),
        ("loi", pa.int64()),
        ("can_giai_trinh", pa.int64()),
        ("ma_bien_nhan", pa.string()),
        ("thoi_han", pa.string()),
        ("ngay_han", pa.date32()),
    ]
)


class QueryRefused(Exception):  # noqa: N818  it says what is the matter with the question
    """The question is no single SELECT, or DuckDB does not take it; the text is DuckDB's own where it has one."""


class Answer:
    """The columns of an answer, and its rows as they are asked for."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self.columns = tuple(one[0] for one in cursor.description or ())

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows; raises QueryRefused where one cannot be computed."""
        try:
            while some := self._cursor.fetchmany(1000):
                yield from some
        except duckdb.Error as error:
            raise QueryRefused(str(error)) from error


def table_names(rulebook: Rulebook) -> dict[str, tuple[str, str]]:
    """Return the names of each form's table: its full id as rules write it, and a plain word.

    The word is the form's id in ASCII (``iii_4``), with its campaign in front where several have such a form.
    """
    short = {one.full_id: _plain(one.id) for one in rulebook.forms}
    times = Counter(short.values())
    return {
        one.full_id: (
            one.full_id,
            short[one.full_id] if times[short[one.full_id]] == 1 else _plain(f"{one.campaign}_{one.id}"),
        )
        for one in rulebook.forms
    }


def ask(sql: str, ledger: Ledger, vault: Vault, rulebook: Rulebook) -> Answer:
    """Return the answer to one SELECT over what counts at this moment; nothing outside can be read or changed.

    Only the forms that the question names are loaded; the others are empty. Raises QueryRefused, and
    bot.runners.export.TablesLost where the vault does not hold what the ledger counts.
    """
    database = open_database()
    try:
        statements = database.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefused(str(error)) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryRefused("chỉ nhận một câu SELECT")
    _lay_out(database, sql, ledger, vault, rulebook)
    database.execute("SET lock_configuration = true")
    try:
        return Answer(database.execute(sql))
    except duckdb.Error as error:
        raise QueryRefused(str(error)) from error


def _lay_out(database: duckdb.DuckDBPyConnection, sql: str, ledger: Ledger, vault: Vault, rulebook: Rulebook) -> None:
    for register, table in rulebook.registers.items():
        database.register(register, table)
    database.register(STANDING, _standing(ledger, rulebook))
    accepted = ledger.accepted([one.id for one in rulebook.campaigns])
    families = {one.id: one.family for one in rulebook.campaigns}
    asked = sql.casefold()
    for full_id, names in table_names(rulebook).items():
        form = rulebook.form(full_id)
        wanted = any(one.casefold() in asked for one in names)
        own = [one for one in accepted if wanted and f"{families[one.campaign]}/{one.form}" == full_id]
        database.register("_cac_dong", _stream(form, own, vault, rulebook))
        database.execute(f"CREATE TABLE {name(names[0])} AS FROM _cac_dong")
        database.execute(f"CREATE VIEW {name(names[1])} AS FROM {name(names[0])}")
    database.unregister("_cac_dong")


def _stream(form: Form, accepted: Sequence[Accepted], vault: Vault, rulebook: Rulebook) -> pa.RecordBatchReader:
    """Return the rows of a form in all its campaigns, the campaign in front."""
    sources = sources_of(accepted, vault, rulebook)
    whole = Consolidation(form, tuple(sources.values()))
    schema = pa.schema([pa.field(CAMPAIGN, pa.string()), *whole.schema])

    def batches() -> Iterator[pa.RecordBatch]:
        for one in accepted:
            rows = whole.rows(sources[one])
            label = pa.repeat(pa.scalar(one.campaign), rows.num_rows)
            yield from rows.add_column(0, CAMPAIGN, label).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def _standing(ledger: Ledger, rulebook: Rulebook) -> pa.Table:
    bodies = {one.code: one for one in rulebook.reporters}
    rows = []
    for one in ledger.standing(rulebook.obligations):
        owed = one.obligation
        body = bodies[owed.reporter]
        facts = (owed.campaign, owed.form, owed.reporter, body.name, body.region, one.state.value, one.revision)
        due = (owed.deadline.words, owed.deadline.day) if owed.deadline else (None, None)
        counts = (one.when, one.late_days, one.errors, one.queries, one.receipt or None)
        rows.append(dict(zip(_STANDING.names, (*facts, *counts, *due), strict=True)))
    return pa.Table.from_pylist(rows, _STANDING)


def _plain(words: str) -> str:
    plain = re.sub(r"[^0-9a-z]+", "_", words.casefold()).strip("_")
    return plain if plain[:1].isalpha() else f"d{plain}"
