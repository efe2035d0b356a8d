"""The sheets of the consolidated workbook: the rows, their sources, who is missing, what to look at first, the sums."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.dataset.book import Book, Page, cell_of
from bot.dataset.consolidate import ARROW, RECEIPT
from bot.dataset.sources import Field
from bot.dataset.totals import COUNT, REASON, add_up, shortlist
from bot.language import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import IO

    import duckdb

    from bot.dataset.consolidate import Consolidation
    from bot.dataset.sources import Kind, Missing, Source
    from bot.phrases import Phrases

_SOURCE: dict[str, Kind] = {
    RECEIPT: "text",
    "ma_don_vi": "text",
    "don_vi": "text",
    "vung": "text",
    "lan_nop": "integer",
    "thoi_diem_nhan": "moment",
    "so_ngay_cham": "integer",
    "so_dong": "integer",
    "can_giai_trinh": "integer",
    "tep": "text",
    "ma_tep": "text",
}
_MISSING: dict[str, Kind] = {
    "ma_don_vi": "text",
    "don_vi": "text",
    "vung": "text",
    "tinh_hinh": "text",
    "thoi_han": "text",
    "so_ngay_qua_han": "integer",
    RECEIPT: "text",
    "dia_chi_thu": "text",
}


def write_book(
    file: IO[bytes],
    database: duckdb.DuckDBPyConnection,
    whole: Consolidation,
    sources: Iterable[Source],
    missing: Sequence[Missing],
    words: Phrases,
) -> None:
    """Write the workbook into *file*; *sources* gives those of *whole* one by one, as their rows are written."""
    fields = fields_of(whole, words)
    listed = words.line("sources_sheet")
    links = {one.receipt: cell_of(listed, row) for row, one in enumerate(whole.sources, 2)}
    book = Book(file, database)
    rows = ((links[one.receipt], whole.rows(one)) for one in sources)
    book.add(Page(whole.form.id, fields, rows, frozen=2, linked=True))
    book.add(_page(words, listed, _SOURCE, [_source_row(one) for one in whole.sources]))
    absent = [_missing_row(one, words) for one in missing]
    book.add(_page(words, words.line("missing_sheet"), _MISSING, absent))
    if whole.form.shortlist:
        # A database of its own: its questions are asked while the rows of the page stream out of the other one.
        aside = database.cursor()
        chosen = ((links[receipt], table) for receipt, table in shortlist(aside, whole))
        book.add(
            Page(
                words.line("shortlist_sheet"),
                (Field(REASON, words.line(REASON)), *fields),
                chosen,
                frozen=3,
                linked=True,
            )
        )
    if whole.sources:
        known = {one.key: one for one in fields} | {COUNT: Field(COUNT, words.line(COUNT), "integer")}
        for by, table in add_up(database, whole):
            book.add(_totals_page(whole, by, table, known, words))
    book.close()


def fields_of(whole: Consolidation, words: Phrases) -> tuple[Field, ...]:
    """Return the columns of the table with their titles."""
    fields = whole.fields(words.line, lambda title, unit: words.line("unit", title, unit))
    if whole.form.layout != "indicators":
        return fields
    return tuple(Field("dong", words.line("cot")) if one.key == "dong" else one for one in fields)


def _source_row(one: Source) -> Mapping[str, object]:
    return {
        RECEIPT: one.receipt,
        "ma_don_vi": one.body.code,
        "don_vi": one.body.name,
        "vung": one.body.region,
        "lan_nop": one.revision,
        "thoi_diem_nhan": one.received_at.astimezone(VIETNAM).replace(tzinfo=None),
        "so_ngay_cham": one.late_days,
        "so_dong": one.rows,
        "can_giai_trinh": one.queries,
        "tep": one.file,
        "ma_tep": one.content,
    }


def _missing_row(one: Missing, words: Phrases) -> Mapping[str, object]:
    return {
        "ma_don_vi": one.body.code,
        "don_vi": one.body.name,
        "vung": one.body.region,
        "tinh_hinh": words.line("state", one.state),
        "thoi_han": one.due or None,
        "so_ngay_qua_han": one.overdue_days,
        RECEIPT: one.receipt or None,
        "dia_chi_thu": "; ".join(one.addresses) or None,
    }


def _page(
    words: Phrases,
    title: str,
    kinds: Mapping[str, Kind],
    rows: Sequence[Mapping[str, object]],
) -> Page:
    """Return the page of a table that is at hand."""
    fields = tuple(Field(key, words.line(key), kind) for key, kind in kinds.items())
    schema = pa.schema([(one.key, ARROW[one.kind]) for one in fields])
    return Page(title, fields, [("", pa.Table.from_pylist(list(rows), schema))])


def _totals_page(
    whole: Consolidation, by: Sequence[str], table: pa.Table, known: Mapping[str, Field], words: Phrases
) -> Page:
    # Sums are wider than what was added up.
    columns = tuple(replace(known[key], kind="decimal") if key not in by else known[key] for key in table.schema.names)
    wide = pa.schema([(one.key, ARROW[one.kind]) for one in columns])
    short = whole.form.column(by[-1]).title if by[-1] in whole.form.totals else known[by[-1]].title
    title = words.line("zone_sheet") if by[-1] == whole.form.zone else words.line("totals_sheet", short)
    return Page(title, columns, [("", table.cast(wide))])
