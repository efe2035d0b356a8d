"""One table of a form out of the accepted tables of all reporters: each row with where it came from.

Arrow puts the columns side by side, reporter by reporter, so that memory holds one of them at a time; DuckDB is asked
once about all of them, because each question costs more to plan than a province's rows cost to answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from bot.dataset.keep import read_kept
from bot.dataset.sources import Field
from bot.fence import FENCE, speak
from bot.language import VIETNAM
from bot.model import letter_of
from bot.model.arrow import arrow_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.dataset.sources import Kind, Source
    from bot.model import Form

RECEIPT = "ma_bien_nhan"
ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "year": pa.int64(),
    "decimal": pa.decimal128(21, 6),
    "date": pa.date32(),
    "moment": pa.timestamp("s"),
}
_KINDS: dict[str, Kind] = {
    "integer": "integer",
    "year": "year",
    "decimal": "decimal",
    "percent": "decimal",
    "date": "date",
}
_WHO = ("ma_don_vi", "don_vi", "vung")
_TODAY = ("ma_don_vi_hien_nay", "don_vi_hien_nay", "vung_hien_nay")
_WHENCE = ("lan_nop", "thoi_diem_nhan", "can_giai_trinh", RECEIPT, "tep", "trang", "dong")
_OUR_KINDS: dict[str, Kind] = {"lan_nop": "integer", "thoi_diem_nhan": "moment", "can_giai_trinh": "integer"}


def open_database(memory_mib: int = 0) -> duckdb.DuckDBPyConnection:
    """Return a database without disk and network that knows the vocabulary of rules.

    *memory_mib* bounds what it takes; 0 leaves that to DuckDB.
    """
    bound = {"memory_limit": f"{memory_mib}MiB"} if memory_mib else {}
    database = duckdb.connect(":memory:", config={**FENCE, "temp_directory": "", **bound})
    speak(database)
    return database


def text(words: str) -> str:
    """Return *words* as a text of SQL."""
    return "'" + words.replace("'", "''") + "'"


def name(key: str) -> str:
    """Return *key* as a name of SQL."""
    return '"' + key.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Consolidation:
    """One form of all reporters."""

    form: Form
    sources: tuple[Source, ...]
    today: bool = False
    """Each row also tells the body that speaks for the land today."""

    def fields(self, title: Callable[[str], str], unit: Callable[[str, str], str]) -> tuple[Field, ...]:
        """Return the columns of the table: who, the form's own, and whence.

        Args:
            title: gives the title of a column that is ours, by its key.
            unit: puts a title and a unit together.
        """
        who = (*_WHO, *(_TODAY if self.today else ()))
        own = (
            Field(one.key, unit(one.title, one.unit) if one.unit else one.title, _KINDS.get(one.type, "text"))
            for one in self.form.columns
        )
        ours = {key: Field(key, title(key), self._kind(key)) for key in (*who, *_WHENCE)}
        return (*(ours[key] for key in who), *own, *(ours[key] for key in _WHENCE))

    @property
    def schema(self) -> pa.Schema:
        """Return the columns of the table as Arrow has them."""
        who = (*_WHO, *(_TODAY if self.today else ()))
        ours = {key: ARROW[self._kind(key)] for key in (*who, *_WHENCE)}
        own = [(one.key, arrow_type(one)) for one in self.form.columns]
        return pa.schema([*((key, ours[key]) for key in who), *own, *((key, ours[key]) for key in _WHENCE)])

    def _kind(self, key: str) -> Kind:
        """Return what a column that is ours holds."""
        plain: Kind = "text" if self.form.layout == "indicators" else "year"
        return plain if key == "dong" else _OUR_KINDS.get(key, "text")

    def rows(self, source: Source) -> pa.Table:
        """Return the rows of one reporter, in the order of its sheets.

        Raises OSError and pyarrow.ArrowInvalid where its table is lost or damaged.
        """
        schema = self.schema
        if source.path is None:
            return schema.empty_table()
        data = read_kept(source.path)
        ours = self._ours(source, data)
        return pa.table([ours[one.name] if one.name in ours else fitted(data, one) for one in schema], schema=schema)

    def stream(self, sources: Iterable[Source]) -> pa.RecordBatchReader:
        """Return the rows of *sources*, read as they are asked for."""
        return reader(self.schema, map(self.rows, sources))

    def _ours(self, source: Source, data: pa.Table) -> dict[str, pa.Array]:
        body = source.body
        constant = {
            "ma_don_vi": body.code,
            "don_vi": body.name,
            "vung": body.region,
            "ma_don_vi_hien_nay": body.code_today,
            "don_vi_hien_nay": body.name_today,
            "vung_hien_nay": body.region_today,
            "lan_nop": source.revision,
            "thoi_diem_nhan": source.received_at.astimezone(VIETNAM).replace(tzinfo=None),
            "can_giai_trinh": source.queries,
            RECEIPT: source.receipt,
            "tep": source.file,
        }
        ours = {
            key: pa.repeat(pa.scalar(value, ARROW[self._kind(key)]), data.num_rows) for key, value in constant.items()
        }
        sheets = pa.array((data.schema.metadata or {}).get(b"sheets", b"").decode().split("\n"), pa.string())
        at, row = data["_sheet"], data["_row"]
        # A form of indicators has its records in the sheet's columns: there _row is the number of a column (A is 1).
        sideways = self.form.layout == "indicators"
        place = pa.array(map(letter_of, row.to_pylist()), pa.string()) if sideways else row.cast(pa.int64())
        return {**ours, "trang": sheets.take(at), "dong": place}


def fitted(data: pa.Table, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    """Return that column of a table kept under an earlier edition of its form; empty where it cannot be had."""
    if data.schema.get_field_index(field.name) < 0:
        return pa.nulls(data.num_rows, field.type)
    cells = data[field.name]
    try:
        return cells if cells.type == field.type else cells.cast(field.type)
    except pa.ArrowInvalid:
        return pa.nulls(data.num_rows, field.type)


def reader(schema: pa.Schema, tables: Iterable[pa.Table]) -> pa.RecordBatchReader:
    """Return *tables* as one stream."""

    def batches() -> Iterator[pa.RecordBatch]:
        for table in tables:
            yield from table.to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())
