"""A table as the bytes that the vault keeps, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import Table


def parquet_of(table: Table) -> bytes:
    """Return the table as a Parquet file (zstd), with the names of its sheets in the metadata.

    The same table always gives the same bytes, so that a second try is stored once.
    """
    sheets = "\n".join(place.name for place in table.sheets)
    data = table.data.replace_schema_metadata({"form": table.form, "sheets": sheets})
    sink = pa.BufferOutputStream()
    pq.write_table(data, sink, compression="zstd", compression_level=1, use_dictionary=False, write_statistics=False)
    return bytes(sink.getvalue())


def count_kept(path: Path) -> int:
    """Return how many rows a kept table has, without reading them; raises as ``read_kept`` does."""
    return int(pq.read_metadata(path).num_rows)


def read_kept(path: Path) -> pa.Table:
    """Return the rows of a kept table; raises OSError or pyarrow.ArrowInvalid where the file is lost or not ours."""
    return pq.read_table(path)
