"""Where the SQL of a form is tried before anybody is judged by it: at once, and one by one to find the culprit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from bot.check.registers import SCHEMAS as REGISTERS
from bot.check.sql import forbidden, glance, read_syntaxes
from bot.check.tables import EARLIER, OWN, rename

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.check.sql import Syntax
    from bot.check.tables import Shelf
    from bot.check.written import Sheet
    from bot.model import Column

_ROW = frozenset({"_sheet", "_row"})
_NAMED = frozenset({OWN}) | EARLIER | frozenset(REGISTERS)


@dataclass(slots=True)
class Text:
    """One piece of SQL of a form, with its place in the file, and what the bench learned of it."""

    path: tuple[str | int, ...]
    sql: str
    query: bool = False
    """A SELECT of offending rows; else a condition over one row."""
    columns: frozenset[str] = frozenset()
    """The names of columns in it, whatever table they belong to."""
    tables: frozenset[str] = frozenset()
    """The other forms that it reads, by full ids, and the earlier tables."""
    functions: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    """The names under which a query yields values."""
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Bench:
    """Binds the SQL of one form against empty tables."""

    sheet: Sheet
    campaign: str
    columns: Mapping[str, Column]
    shelf: Shelf
    _database: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_database", self.shelf.database)

    def bind(self, texts: Sequence[Text]) -> None:
        """Learn all there is to know of *texts*: mistakes are kept at their lines, names of forms become full ids."""
        if not texts:
            return
        self.shelf.lay_out_own(self.columns)
        plain = self._bind_plain(texts)
        rest = [one for one in texts if one.path not in plain]
        syntaxes = read_syntaxes(self._database, [one.sql if one.query else f"SELECT {one.sql}\n" for one in rest])
        sound = [one for one, syntax in zip(rest, syntaxes, strict=True) if self._understand(one, syntax)]
        self.shelf.lay_out_others(self.columns, {name for one in sound for name in one.tables})
        self._bind_conditions([one for one in sound if not one.query])
        self._bind_queries([one for one in sound if one.query])

    def _bind_plain(self, texts: Sequence[Text]) -> frozenset[tuple[str | int, ...]]:
        """Bind the plain conditions among *texts* at once; return their paths, or none where one of them is wrong.

        What is wrong is left to the parser, which can say of each what it is made of.
        """
        glanced = [(one, seen) for one in texts if not one.query and (seen := glance(one.sql))]
        plain = [(one, seen) for one, seen in glanced if not forbidden(seen, frozenset())]
        conditions = ", ".join(f"({one.sql}\n)" for one, _ in plain)
        kinds = self._try(f"SELECT _row, {conditions} FROM t") if plain else None  # noqa: S608
        if kinds is None or any(kind != "BOOLEAN" for _, kind in kinds[1:]):
            return frozenset()
        for one, seen in plain:
            one.columns, one.functions, one.bound = seen.columns, seen.functions, True
        return frozenset(one.path for one, _ in plain)

    def _understand(self, text: Text, syntax: Syntax) -> bool:
        """Take over what the syntax tree tells, and whether the text may be bound at all."""
        text.columns, text.functions = syntax.columns, syntax.functions
        if syntax.select and not syntax.bare and not text.query:
            self.sheet.wrong(text.path, "SQL phải là một điều kiện trên một dòng, không có SELECT hay FROM")
            return False
        if syntax.select != 1:
            say = syntax.fault or "chỉ được có một câu lệnh"
            self.sheet.wrong(text.path, f"SQL không đọc được: {say}")
            return False
        if unknown := [name for name in sorted(syntax.tables) if f'"{name}"' in text.sql and not self._knows(name)]:
            self.sheet.wrong(text.path, f"Không có biểu {unknown[0]}: mã biểu của đợt này, hoặc <đợt>/<mã biểu>")
            return False
        named = frozenset(name for name in syntax.tables if name in _NAMED or f'"{name}"' in text.sql)
        if name := forbidden(syntax, named):
            say = "quy tắc chỉ đọc bảng t của biểu, các danh mục, và biểu khác có mã ghi trong ngoặc kép"
            self.sheet.wrong(text.path, f"SQL không được dùng {name}: {say}")
            return False
        full = {name: self.shelf.full_id(self.campaign, name) for name in syntax.tables - _NAMED}
        text.sql = rename(text.sql, lambda name: full.get(name, name))
        text.tables = frozenset(full.values()) | (syntax.tables & EARLIER)
        return True

    def _knows(self, name: str) -> bool:
        return name in _NAMED or bool(self.shelf.full_id(self.campaign, name))

    def _bind_conditions(self, texts: Sequence[Text]) -> None:
        if not texts:
            return
        conditions = ", ".join(f"({one.sql}\n)" for one in texts)
        if (kinds := self._try(f"SELECT _row, {conditions} FROM t")) is None:  # noqa: S608
            kinds = [("", "")]
            for one in texts:
                # The number of the row beside it tells a condition over one row from a sum over all of them.
                found = self._bind_alone(one, f"SELECT _row, ({one.sql}\n) FROM t")  # noqa: S608
                kinds += found[1:] or [("", "")]
        for one, (_, kind) in zip(texts, kinds[1:], strict=True):
            one.bound = kind == "BOOLEAN"
            if kind not in {"BOOLEAN", ""}:
                self.sheet.wrong(one.path, f"SQL phải là điều kiện đúng/sai, đang cho kiểu {kind}")

    def _bind_queries(self, texts: Sequence[Text]) -> None:
        if not texts:
            return
        if (found := self._try(_together(texts))) is None:
            for one in texts:
                one.evidence = frozenset(name for name, _ in self._bind_alone(one, f"SELECT * FROM (\n{one.sql}\n)"))  # noqa: S608
        else:
            names = [name for name, _ in found]
            ends = [*(names.index(f"#{number}") for number in range(len(texts))), len(names)]
            for number, one in enumerate(texts):
                one.evidence = frozenset(names[ends[number] + 1 : ends[number + 1]])
        for one in texts:
            one.bound = one.evidence >= _ROW
            if one.evidence and not one.bound:
                self.sheet.wrong(one.path, "SELECT phải cho hai cột _sheet và _row của dòng cần nêu")

    def _try(self, sql: str) -> list[tuple[str, str]] | None:
        """Return the columns that *sql* yields with their types, or None where it does not bind."""
        try:
            found = self._database.execute(f"DESCRIBE {sql}").fetchall()
        except duckdb.Error:
            return None
        return [(str(one[0]), str(one[1])) for one in found]

    def _bind_alone(self, text: Text, sql: str) -> list[tuple[str, str]]:
        try:
            found = self._database.execute(f"DESCRIBE {sql}").fetchall()
        except duckdb.BinderException as error:
            name = str(error).partition('column "')[2].partition('"')[0]
            if name == "_row":  # what stands beside it is a sum, a count …
                self.sheet.wrong(text.path, "SQL phải là một điều kiện trên một dòng, không tính trên nhiều dòng")
            elif name and name not in self.columns:
                self.sheet.wrong(text.path, f"Biểu không có cột {name}")
            else:
                self.sheet.wrong(text.path, f"SQL không hợp với các cột của biểu: {_first(error)}")
        except duckdb.Error as error:
            self.sheet.wrong(text.path, f"SQL không chạy được: {_first(error)}")
        else:
            return [(str(one[0]), str(one[1])) for one in found]
        return []


def _together(texts: Iterable[Text]) -> str:
    """Return one SELECT whose columns are those of all queries, each after a column that bears its number.

    They stand in a WITH clause: beside each other in FROM, each could see the columns of those before it.
    """
    held = list(enumerate(texts))
    queries = ",\n".join(f'"#q{number}" AS (\n{one.sql}\n)' for number, one in held)
    columns = ", ".join(f'0 AS "#{number}", "#q{number}".*' for number, _ in held)
    sources = ", ".join(f'"#q{number}"' for number, _ in held)
    return f"WITH {queries}\nSELECT {columns} FROM {sources}"


def _first(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
