"""What the consolidated table comes to: added up by reporter, region, zone and what the form names; the shortlist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from bot.dataset.consolidate import name, text
from bot.dataset.keep import read_kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from bot.dataset.consolidate import Consolidation
    from bot.model import Form

COUNT = "so_dong"
REASON = "ly_do"
_ROWS = "cac_dong"
_PARTLY = "tung_cach_ghi"


def groupings(whole: Consolidation) -> tuple[tuple[str, ...], ...]:
    """Return by which columns the table is added up, one tuple for each list."""
    form, today = whole.form, whole.today
    who = ("ma_don_vi_hien_nay", "don_vi_hien_nay") if today else ("ma_don_vi", "don_vi")
    region = ("vung_hien_nay",) if today else ("vung",)
    zone = ((who[1], form.zone),) if form.zone else ()
    return (who, region, *zone, *((key,) for key in form.totals))


def add_up(database: duckdb.DuckDBPyConnection, whole: Consolidation) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    """Yield for each grouping the sums of all rows; wordings that differ in accents or case are one.

    All rows are read once: they are added up as they are worded, and what is alike is put together afterwards.
    Reporters stand in the order of their codes, what a form names with the most rows first.
    """
    sets, keys = groupings(whole), _summed(whole.form)
    by = tuple(dict.fromkeys(key for each in sets for key in each))
    wanted = pa.schema([whole.schema.field(key) for key in dict.fromkeys((*by, *keys))])
    narrow = (whole.rows(one).select(wanted.names) for one in whole.sources)
    sums = "".join(f", sum({name(key)}) AS {name(key)}" for key in keys)
    database.register(_ROWS, pa.RecordBatchReader.from_batches(wanted, (b for t in narrow for b in t.to_batches())))
    listed = ", ".join(map(name, by))
    each = ", ".join(f"({', '.join(map(name, one))})" for one in sets)
    partly = database.sql(f"""SELECT {listed}, grouping_id({listed}) AS _set, count(*) AS {COUNT}{sums} FROM {_ROWS}
        GROUP BY GROUPING SETS ({each})""").to_arrow_table()  # noqa: S608
    database.register(_PARTLY, partly)
    for one in sets:
        yield one, _put_together(database, whole.form, one, by, keys)


def _put_together(
    database: duckdb.DuckDBPyConnection, form: Form, own: Sequence[str], by: Sequence[str], keys: Sequence[str]
) -> pa.Table:
    """Return one list out of all that were added up: those whose other columns are left out of the grouping."""
    number = sum(1 << place for place, key in enumerate(reversed(by)) if key not in own)
    labels = ", ".join(f"arg_max({name(key)}, {COUNT}) AS {name(key)}" for key in own)
    sums = "".join(f", sum({name(key)}) AS {name(key)}" for key in keys)
    alike = ", ".join(f"khong_dau({name(key)}::VARCHAR)" for key in own)
    order = f"{len(own) + 1} DESC, 1" if own[-1] in form.totals else ", ".join(map(str, range(1, len(own) + 1)))
    return database.sql(f"""SELECT {labels}, sum({COUNT}) AS {COUNT}{sums} FROM {_PARTLY} WHERE _set = {number}
        GROUP BY {alike} ORDER BY {order}""").to_arrow_table()  # noqa: S608


def shortlist(database: duckdb.DuckDBPyConnection, whole: Consolidation) -> Iterator[tuple[str, pa.Table]]:
    """Yield for each reporter its receipt and the rows that the ministry looks at first, the reason in front.

    A condition that reads another form of the reporter is left out where that form has not come.
    """
    for source in whole.sources:
        reasons = [
            f"CASE WHEN ({one.where}\n) THEN {text(one.title)} END"
            for one in whole.form.shortlist
            if all(table in source.beside for table in one.tables)
        ]
        if source.path is None or not reasons:
            continue
        for full_id, path in source.beside.items():
            database.register(full_id, read_kept(path))
        database.register(_ROWS, whole.rows(source))
        chosen = f"SELECT concat_ws('; ', {', '.join(reasons)}) AS {REASON}, * FROM {_ROWS}"  # noqa: S608
        yield source.receipt, database.sql(f"FROM ({chosen}) WHERE {REASON} <> ''").to_arrow_table()


def _summed(form: Form) -> tuple[str, ...]:
    """Return the columns that can be added up: those whose total row holds the sum; of indicators all amounts."""
    amounts = {"integer", "decimal"}
    return tuple(one.key for one in form.columns if one.sum or (form.layout == "indicators" and one.type in amounts))
