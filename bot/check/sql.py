"""The rule language: standard SQL in DuckDB, fenced off from the disk, the network and the clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Column

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,  # no file, no network, no ATTACH, COPY or INSTALL from a rule
    "autoinstall_known_extensions": False,  # a rule must not fetch code …
    "autoload_known_extensions": False,  # … nor load what lies on this machine
    "allow_community_extensions": False,
    "python_enable_replacements": False,  # a table name must never mean a variable of this program
    "temp_directory": "",  # nothing is spilled to the disk, and no folder is left open for reading
    "threads": 1,  # several children share the machine; at this size one thread is as fast
    "memory_limit": "256MB",  # a runaway join ends with an error of its own, before the child's limit does
}

# Vocabulary for rules, so that a clerk needs no regular expressions for the common questions:
# ngay_nhan()      the day on which the message was received; NULL when it is not known, and then a rule says nothing
# khong_dau(text)  the wording without accents, case and punctuation (the same as bot.language.fold)
# ngay_trong(text) the first date d/m/yyyy in a text such as "QĐ số 12/QĐ-TTg ngày 05/4/2012"
# so_thuan(text)   only the digits of an identifier
# mst_dung(text)   whether a tax code's check digit is right (weights 31, 29, 23, 19, 17, 13, 7, 5, 3; modulo 11);
#                  NULL where it has not 10 or 13 digits. Excel drops a leading zero: it is put back.
_VOCABULARY = (
    "CREATE MACRO ngay_nhan() AS getvariable('ngay_nhan')::DATE",
    """CREATE MACRO khong_dau(x) AS replace(trim(regexp_replace(
         replace(lower(strip_accents(translate(x, 'ĐđÐð', 'DdDd'))), 'đ', 'd'), '[^a-z0-9]+', ' ', 'g')), 'y', 'i')""",
    r"""CREATE MACRO ngay_trong(x) AS try_strptime(
         regexp_replace(regexp_replace(x, '(?i)(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})', '\1/\2/\3')
           .regexp_extract('\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d{2}'),
           '\s?[/.-]\s?', '/', 'g'), '%d/%m/%Y')::DATE""",
    "CREATE MACRO so_thuan(x) AS regexp_replace(x, '[^0-9]', '', 'g')",
    """CREATE MACRO _mst_dung(so) AS so[10]::INTEGER = 10 - list_dot_product(
         list_transform(string_split(so[1:9], ''), lambda chu_so: chu_so::DOUBLE),
         [31.0, 29, 23, 19, 17, 13, 7, 5, 3])::INTEGER % 11""",
    # A list of one binds the digits to a name: a macro repeats its argument's whole expression at each use.
    """CREATE MACRO mst_dung(x) AS list_transform([so_thuan(x)], lambda so: CASE
         WHEN length(so) IN (10, 13) THEN _mst_dung(so) WHEN length(so) IN (9, 12) THEN _mst_dung('0' || so) END)[1]""",
)

_TYPES = {"integer": "BIGINT", "year": "BIGINT", "decimal": "DECIMAL(21,6)", "percent": "DECIMAL(21,6)", "date": "DATE"}
_TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_UNSTEADY = frozenset({
    "now", "today", "current_date", "current_time", "current_timestamp", "get_current_time", "get_current_timestamp",
    "localtime", "localtimestamp", "transaction_timestamp", "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7",
    "setseed", "nextval", "currval", "getvariable", "current_setting", "query", "query_table",
})  # fmt: skip


def connect() -> duckdb.DuckDBPyConnection:
    """Return a database in memory in which a rule can compute and nothing else; it knows the vocabulary."""
    database = duckdb.connect(":memory:", config=_SETTINGS)
    for macro in _VOCABULARY:
        database.execute(macro)
    database.execute("SET lock_configuration = true")  # the fence cannot be opened from inside
    return database


def create_empty(database: duckdb.DuckDBPyConnection, columns: Sequence[Column], name: str = "t") -> None:
    """Create (or replace) the empty table *name* of a form, against which its rules are bound."""
    keys = "".join(f', "{one.key}" {_TYPES.get(one.type, "VARCHAR")}' for one in columns)
    database.execute(f'CREATE OR REPLACE TABLE "{name}" (_sheet SMALLINT, _row INTEGER{keys})')


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a text of SQL is made of."""

    select: int
    """How many SELECT statements it holds; 0 when it is not SQL, or something else than SELECT."""
    fault: str = ""
    columns: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    """Names read from that the text does not define itself."""
    bare: bool = False
    """It is one expression, without FROM, WHERE or any other clause."""


def read_syntax(database: duckdb.DuckDBPyConnection, sql: str) -> Syntax:
    """Return the parts of *sql*, found in DuckDB's own syntax tree; nothing is run."""
    row = database.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if tree["error"]:
        return Syntax(0, str(tree.get("error_message", "")))
    nodes = list(_nodes(tree["statements"]))
    columns = frozenset(node["column_names"][-1] for node in nodes if node.get("class") == "COLUMN_REF")
    functions = frozenset(str(node["function_name"]).lower() for node in nodes if node.get("class") == "FUNCTION")
    own = {entry["key"] for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]}
    tables = frozenset(str(node["table_name"]) for node in nodes if node.get("type") == "BASE_TABLE") - own
    called = frozenset(
        str(node["function"]["function_name"]).lower() for node in nodes if node.get("type") == "TABLE_FUNCTION"
    )
    first = tree["statements"][0]["node"]
    bare = len(first.get("select_list", ())) == 1 and first.get("from_table", {}).get("type") == "EMPTY"
    bare = bare and not first.get("where_clause") and not first.get("modifiers")
    return Syntax(len(tree["statements"]), "", columns, functions | called, tables | (called - _TABLE_FUNCTIONS), bare)


def forbidden(syntax: Syntax, tables: frozenset[str]) -> str:
    """Return the first name in *syntax* that a rule may not use (a foreign table, the clock, chance), or nothing."""
    unsteady = (syntax.functions | syntax.columns) & _UNSTEADY  # current_date is written like a column
    return min((syntax.tables - tables) | unsteady, default="")


def _nodes(tree: Any) -> Iterator[Any]:  # the tree is JSON of many shapes
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
