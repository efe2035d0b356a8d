"""The consolidated table as one Parquet or CSV file, written reporter by reporter."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from bot.dataset.consolidate import name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    from bot.dataset.consolidate import Consolidation
    from bot.dataset.sources import Field, Source

_RISKY = "'=', '+', '-', '@', chr(9), chr(13)"
_BATCH = 50_000


def write_parquet(file: IO[bytes], whole: Consolidation, sources: Iterable[Source], fields: Sequence[Field]) -> None:
    """Write the rows of *sources* as Parquet (zstd); the title of each column stands in its metadata."""
    titles = {one.key: one.title for one in fields}
    schema = pa.schema([one.with_metadata({"title": titles[one.name]}) for one in whole.schema])
    with pq.ParquetWriter(file, schema, compression="zstd", compression_level=1) as writer:
        for source in sources:
            writer.write_table(whole.rows(source).cast(schema))


def write_csv(
    file: IO[bytes],
    database: duckdb.DuckDBPyConnection,
    whole: Consolidation,
    sources: Iterable[Source],
    fields: Sequence[Field],
) -> None:
    """Write the rows of *sources* as CSV (RFC 4180, UTF-8 with a byte order mark, by which Excel knows it).

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    schema = pa.schema([(one.title, pa.string()) for one in fields])
    file.write(b"\xef\xbb\xbf")
    database.register("cac_dong", whole.stream(sources))
    answer = database.sql(f"SELECT {', '.join(map(_cell, fields))} FROM cac_dong")  # noqa: S608
    with pc.CSVWriter(file, schema, write_options=pc.WriteOptions(quoting_style="needed")) as writer:
        for batch in answer.to_arrow_reader(_BATCH):
            writer.write_batch(pa.record_batch(batch.columns, schema=schema))


def _cell(field: Field) -> str:
    own = name(field.key)
    if field.kind == "text":
        return f"CASE WHEN left({own}, 1) IN ({_RISKY}) THEN '''' || {own} ELSE {own} END"
    if field.kind == "decimal":
        return f"rtrim(rtrim({own}::VARCHAR, '0'), '.')"
    if field.kind == "moment":
        return f"strftime({own}, '%Y-%m-%d %H:%M:%S')"
    return f"{own}::VARCHAR"
