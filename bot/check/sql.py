"""The rule language: standard SQL in DuckDB, fenced off from the disk, the network and the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
from pydantic_core import from_json

from bot.fence import FENCE, speak

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Column

_MODEST: dict[str, str | bool | int | float | list[str]] = {
    "temp_directory": "",  # nothing is spilled to the disk, and no folder is left open for reading
    "threads": 1,  # several children share the machine; at this size one thread is as fast
    "memory_limit": "256MB",  # a runaway join ends with an error of its own, before the child's limit does
}
_STRANGE = re.compile(r"""["$;\\]|--|/\*|\b[eExXbBuU]&?'""")
"""Quoted names, parameters, further statements, comments, texts with escapes."""
_TEXT = re.compile(r"'(?:[^']|'')*'")
_WORD = re.compile(r"([A-Za-z_]\w*)\s*(\()?")
_STATEMENTS = frozenset({
    "select", "from", "with", "values", "table", "pivot", "unpivot", "describe", "show", "summarize", "group", "order",
    "limit", "having", "window", "qualify", "union", "except", "intersect", "where", "into", "as",
})  # fmt: skip
"""Words that may begin or belong to a statement; as in "IS DISTINCT FROM", which is left to the parser."""
_NO_ENTRIES: dict[str, Any] = {}
_TYPES = {"integer": "BIGINT", "year": "BIGINT", "decimal": "DECIMAL(21,6)", "percent": "DECIMAL(21,6)", "date": "DATE"}
_TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_UNSTEADY = frozenset({
    "now", "today", "current_date", "current_time", "current_timestamp", "get_current_time", "get_current_timestamp",
    "localtime", "localtimestamp", "transaction_timestamp", "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7",
    "setseed", "nextval", "currval", "getvariable", "current_setting", "query", "query_table",
})  # fmt: skip


def connect(*, only_binding: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a database in memory in which a rule can compute and nothing else; it knows the vocabulary.

    With *only_binding* no question is planned well: for a loader, which asks empty tables and wants the types.
    """
    database = duckdb.connect(":memory:", config={**FENCE, **_MODEST})
    speak(database)
    if only_binding:
        database.execute("PRAGMA disable_optimizer")
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
    return read_syntaxes(database, [sql])[0]


def read_syntaxes(database: duckdb.DuckDBPyConnection, texts: Sequence[str]) -> tuple[Syntax, ...]:
    """Return the parts of each of *texts*: one question for all of them costs as much as for one."""
    if not texts:
        return ()
    one = "json_serialize_sql(text, skip_null := true, skip_empty := true)"
    ask = f"SELECT list_transform(?::VARCHAR[], lambda text: {one})"
    row = database.execute(ask, [list(texts)]).fetchone()
    return tuple(_syntax_of(from_json(tree)) for tree in row[0]) if row else ()


def glance(condition: str) -> Syntax | None:
    """Return the parts of a plain condition over one row, read off its words; None where only the parser can tell.

    Three conditions in four are plain, and the parser costs fifty times as much. The names are never fewer than the
    parser would find; whether it is SQL at all is seen when it is bound.
    """
    if _STRANGE.search(condition):
        return None
    words = [(one[1].lower(), bool(one[2])) for one in _WORD.finditer(_TEXT.sub("''", condition))]
    if any(word in _STATEMENTS for word, _ in words):
        return None
    called = frozenset(word for word, is_called in words if is_called)
    return Syntax(1, "", frozenset(word for word, is_called in words if not is_called), called, frozenset(), bare=True)


def _syntax_of(tree: dict[str, Any]) -> Syntax:
    if tree["error"]:
        return Syntax(0, str(tree.get("error_message", "")))
    columns, functions, called, tables, own = set(), set(), set(), set(), set()
    for node in _nodes(tree["statements"]):
        if node.get("class") == "COLUMN_REF":
            columns.add(str(node["column_names"][-1]))
        elif node.get("class") == "FUNCTION":
            functions.add(str(node["function_name"]).lower())
        elif node.get("type") == "BASE_TABLE":
            tables.add(str(node["table_name"]))
        elif node.get("type") == "TABLE_FUNCTION":
            called.add(str(node["function"]["function_name"]).lower())
        own |= {str(entry["key"]) for entry in node.get("cte_map", _NO_ENTRIES).get("map", ())}
    first = tree["statements"][0]["node"]
    bare = len(first.get("select_list", ())) == 1 and first.get("from_table", {}).get("type") == "EMPTY"
    bare = bare and not first.get("where_clause") and not first.get("modifiers")
    names = frozenset(tables - own) | (called - _TABLE_FUNCTIONS)
    return Syntax(len(tree["statements"]), "", frozenset(columns), frozenset(functions | called), names, bare)


def forbidden(syntax: Syntax, tables: frozenset[str]) -> str:
    """Return the first name in *syntax* that a rule may not use (a foreign table, the clock, chance), or nothing."""
    unsteady = (syntax.functions | syntax.columns) & _UNSTEADY  # current_date is written like a column
    return min((syntax.tables - tables) | unsteady, default="")


def _nodes(tree: Any) -> Iterator[Any]:  # the tree is JSON of many shapes
    """Yield every table of the tree; with a stack of its own, because a generator for each level is slow."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += [value for value in one.values() if isinstance(value, dict | list)]
        else:
            waiting += [value for value in one if isinstance(value, dict | list)]
