"""A form file becomes a Form: its columns and its rules, each rule bound against the form's own columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from bot.check.sentences import places_of
from bot.check.sql import Syntax, create_empty, forbidden, read_syntax
from bot.check.written import Sheet
from bot.check.written_form import WrittenForm
from bot.language import fold
from bot.model import Choice, Column, Form, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.check.mistakes import Mistakes
    from bot.check.written_form import WrittenColumn, WrittenRule

_ROW = frozenset({"_sheet", "_row"})
_OWN_TABLES = frozenset({"t"})


def read_form(
    file: str, data: bytes, database: duckdb.DuckDBPyConnection, notices: Iterable[str], mistakes: Mistakes
) -> Form | None:
    """Return the form of ``<campaign>/<form>.toml``, or None where it does not have the shape of one.

    Every mistake is kept in *mistakes*; a form with mistakes in its rules is returned all the same, so that what
    hangs on it can be looked at too. *notices* are ids that rules may not take.
    """
    sheet = Sheet(file, data, mistakes)
    read = sheet.read(WrittenForm)
    if read is None:
        return None
    campaign, stem = file.removesuffix(".toml").split("/")
    if read.id != stem:
        sheet.wrong(("id",), f'id "{read.id}" khác tên tệp "{stem}.toml"')
    columns = tuple(_column(one) for one in read.column)
    _check_columns(sheet, read)
    by_key = {one.key: one for one in columns}
    create_empty(database, tuple(by_key.values()))
    bench = _Bench(sheet, database, by_key)
    for number, column in enumerate(columns):
        if column.required_when:
            bench.bind_condition(("column", number, "required_when"), column.required_when)
    _check_ids(sheet, [one.id for one in read.rule], notices)
    rules = tuple(bench.read_rule(number, one) for number, one in enumerate(read.rule))
    return Form(
        id=read.id,
        campaign=campaign,
        title=read.title,
        source=read.source,
        columns=columns,
        rules=rules,
        row_key=read.row_key,
        sequence=read.sequence,
        group=read.group,
    )


def _column(read: WrittenColumn) -> Column:
    values = {name: getattr(read, name) for name in type(read).model_fields}
    choices = tuple(Choice(one.value, one.aliases) for one in read.choices)
    return Column(**(values | {"choices": choices}))


def _check_columns(sheet: Sheet, read: WrittenForm) -> None:
    keys = {one.key for one in read.column}
    for name, wanted in (("row_key", read.row_key), ("sequence", (read.sequence,)), ("group", (read.group,))):
        for key in wanted:
            if key is not None and key not in keys:
                sheet.wrong((name,), f"Biểu không có cột {key}")
    _check_twice(sheet, "key", [(number, one.key, one.key) for number, one in enumerate(read.column)])
    headers = [(number, fold(text), text) for number, one in enumerate(read.column) for text in one.header]
    _check_twice(sheet, "header", headers)
    for number, column in enumerate(read.column):
        _check_choices(sheet, number, column)
        bounds = (column.min, column.max, column.above)
        if column.type not in {"integer", "decimal", "percent", "year"} and (column.sum or any(bounds)):
            sheet.wrong(("column", number), f"Cột {column.key} không phải cột số nên không có min, max, above, sum")


def _check_choices(sheet: Sheet, number: int, column: WrittenColumn) -> None:
    if (column.type == "choice") != bool(column.choices):
        sheet.wrong(("column", number), f"Cột {column.key}: kiểu choice phải đi cùng danh mục choices")
    worded = Counter(fold(text) for one in column.choices for text in {fold(one.value), *map(fold, one.aliases)})
    for text in (text for text, times in worded.items() if times > 1):
        sheet.wrong(("column", number, "choices"), f'Cột {column.key}: cách ghi "{text}" chỉ được thuộc một giá trị')


def _check_twice(sheet: Sheet, name: str, named: Sequence[tuple[int, str, str]]) -> None:
    first: dict[str, int] = {}
    for number, folded, text in named:
        if first.setdefault(folded, number) != number:
            sheet.wrong(("column", number, name), f'"{text}" đã dùng cho một cột khác')


def _check_ids(sheet: Sheet, ids: Sequence[str], notices: Iterable[str]) -> None:
    taken = set(notices)
    for number, one in enumerate(ids):
        if one in taken:
            sheet.wrong(("rule", number, "id"), f"Mã {one} đã dùng cho một quy tắc khác")
        taken.add(one)


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where the SQL of one form is tried: the form's empty table ``t`` stands in the database."""

    sheet: Sheet
    database: duckdb.DuckDBPyConnection
    columns: Mapping[str, Column]

    def read_rule(self, number: int, read: WrittenRule) -> Rule:
        """Return the rule; its mistakes are kept at their lines."""
        at = ("rule", number)
        if not (read.require or read.query):
            self.sheet.wrong(at, f"Quy tắc {read.id} phải có khóa require hoặc query")
        known, evidence = frozenset[str](), frozenset[str]()
        if read.require:
            known = self.bind_condition((*at, "require"), read.require)
        if read.query:
            more, evidence = self._bind_query((*at, "query"), read.query)
            known |= more
        if read.cell not in self.columns:
            self.sheet.wrong((*at, "cell"), f"Biểu không có cột {read.cell}")
        self._check_words((*at, "say"), read.say, evidence)
        for name, examples in (("good", read.good), ("bad", read.bad)):
            self._check_examples((*at, name), examples)
        values = {name: getattr(read, name) for name in type(read).model_fields}
        return Rule(**values, columns=tuple(key for key in self.columns if key in known))

    def bind_condition(self, path: tuple[str | int, ...], sql: str) -> frozenset[str]:
        """Return the names in a condition over one row; what does not parse or bind is kept as a mistake."""
        syntax = read_syntax(self.database, f"SELECT {sql}\n")
        if syntax.select and not syntax.bare:
            self.sheet.wrong(path, "SQL phải là một điều kiện trên một dòng, không có SELECT hay FROM")
        elif self._may(path, syntax):
            described = self._bind(path, f"SELECT ({sql}\n) FROM t")  # noqa: S608 - fenced by bot.check.sql
            if described and str(described[0][1]) != "BOOLEAN":
                self.sheet.wrong(path, f"SQL phải là điều kiện đúng/sai, đang cho kiểu {described[0][1]}")
        return syntax.columns

    def _bind_query(self, path: tuple[str | int, ...], sql: str) -> tuple[frozenset[str], frozenset[str]]:
        syntax = read_syntax(self.database, sql)
        if not self._may(path, syntax):
            return syntax.columns, frozenset()
        described = self._bind(path, f"SELECT * FROM (\n{sql}\n)")  # noqa: S608 - fenced by bot.check.sql
        evidence = frozenset(str(one[0]) for one in described)
        if described and not evidence >= _ROW:
            self.sheet.wrong(path, "SELECT phải cho hai cột _sheet và _row của dòng cần nêu")
        return syntax.columns, evidence

    def _may(self, path: tuple[str | int, ...], syntax: Syntax) -> bool:
        if syntax.select != 1:
            say = syntax.fault or "chỉ được có một câu lệnh"
            self.sheet.wrong(path, f"SQL không đọc được: {say}")
        elif name := forbidden(syntax, _OWN_TABLES):
            self.sheet.wrong(path, f"SQL không được dùng {name}: quy tắc chỉ đọc bảng t của biểu")
        else:
            return True
        return False

    def _bind(self, path: tuple[str | int, ...], sql: str) -> list[tuple[object, ...]]:
        try:
            return list(self.database.execute(sql).description or ())
        except duckdb.BinderException as error:
            name = str(error).partition('column "')[2].partition('"')[0]
            say = f"Biểu không có cột {name}" if name else f"SQL không hợp với các cột của biểu: {_first(error)}"
            self.sheet.wrong(path, say)
        except duckdb.Error as error:
            self.sheet.wrong(path, f"SQL không chạy được: {_first(error)}")
        return []

    def _check_words(self, path: tuple[str | int, ...], say: str, evidence: frozenset[str]) -> None:
        for name, address in places_of(say):
            if name not in self.columns and (address or name not in evidence):
                self.sheet.wrong(path, f"Câu say nhắc {{{name}}}, nhưng biểu và quy tắc không có tên đó")

    def _check_examples(self, path: tuple[str | int, ...], examples: Iterable[Mapping[str, object]]) -> None:
        for example in examples:
            rows = example.get("rows", [example])
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                self.sheet.wrong(path, "Ví dụ nhiều dòng ghi theo dạng {rows = [{…}, {…}]}")
                continue
            for key in (key for row in rows for key in row if key not in self.columns):
                self.sheet.wrong(path, f"Ví dụ nhắc cột {key}, nhưng biểu không có cột đó")


def _first(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
