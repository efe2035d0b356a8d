"""The rules of one form's file: their SQL is bound, their sentences and examples are held against what they name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.check.bench import Bench, Text
from bot.check.examples import BESIDE
from bot.check.sentences import places_of
from bot.check.tables import EARLIER
from bot.model import Rule, Shortlist

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from bot.check.tables import Shelf
    from bot.check.written import Sheet
    from bot.check.written_form import WrittenRule, WrittenShortlist
    from bot.model import Column

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where the rules of one form are made."""

    sheet: Sheet
    full_id: str
    shelf: Shelf
    notices: frozenset[str]
    """Ids that rules may not take."""

    @property
    def campaign(self) -> str:
        """Return the folder of the form."""
        return self.full_id.split("/")[0]

    @property
    def columns(self) -> Mapping[str, Column]:
        """Return the columns of the form by their keys."""
        return self.shelf.columns[self.full_id]

    def read_rules(
        self, read: Sequence[WrittenRule], taken: Collection[str] = (), *, conditions: bool = False
    ) -> tuple[Rule, ...]:
        """Return the rules; their mistakes are kept at their lines.

        *taken* are the ids of rules that the form has already; with *conditions*, those of its columns are bound too.
        """
        self._check_ids([one.id for one in read], taken)
        needed = [
            Text(("column", number, "required_when"), column.required_when)
            for number, column in enumerate(self.columns.values() if conditions else ())
            if column.required_when
        ]
        requires = {
            number: Text(("rule", number, "require"), one.require) for number, one in enumerate(read) if one.require
        }
        queries = {
            number: Text(("rule", number, "query"), one.query, query=True)
            for number, one in enumerate(read)
            if one.query
        }
        bench = Bench(self.sheet, self.campaign, self.columns, self.shelf)
        bench.bind([*needed, *requires.values(), *queries.values()])
        for one in (one for one in needed if one.tables):
            self.sheet.wrong(one.path, "Điều kiện của cột chỉ đọc các cột của dòng, không đọc bảng khác")
        return tuple(self._rule(n, one, requires.get(n), queries.get(n)) for n, one in enumerate(read))

    def read_shortlist(self, read: Sequence[WrittenShortlist]) -> tuple[Shortlist, ...]:
        """Return what the ministry looks at first; mistakes in the conditions are kept at their lines."""
        texts = [Text(("shortlist", number, "where"), one.where) for number, one in enumerate(read)]
        Bench(self.sheet, self.campaign, self.columns, self.shelf).bind(texts)
        for one in (one for one in texts if one.tables & EARLIER):
            self.sheet.wrong(one.path, "Điều kiện chỉ đọc các cột của dòng và biểu khác, không đọc lần nộp trước")
        return tuple(
            Shortlist(one.title, text.sql, tuple(sorted(text.tables))) for one, text in zip(read, texts, strict=True)
        )

    def _check_ids(self, ids: Sequence[str], taken: Collection[str]) -> None:
        known = {*self.notices, *taken}
        for number, one in enumerate(ids):
            if one in known:
                self.sheet.wrong(("rule", number, "id"), f"Mã {one} đã dùng cho một quy tắc khác")
            known.add(one)

    def _rule(self, number: int, read: WrittenRule, require: Text | None, query: Text | None) -> Rule:
        at: _Path = ("rule", number)
        texts = [one for one in (require, query) if one is not None]
        if not texts:
            self.sheet.wrong(at, f"Quy tắc {read.id} phải có khóa require hoặc query")
        if read.cell not in self.columns:
            self.sheet.wrong((*at, "cell"), f"Biểu không có cột {read.cell}")
        known = frozenset[str]().union(*(one.columns for one in texts))
        tables = tuple(sorted(frozenset[str]().union(*(one.tables for one in texts))))
        if query is None or query.bound:
            self._check_words((*at, "say"), read.say, query.evidence if query else frozenset())
        asks = any("don_vi_bao_cao" in one.functions for one in texts)
        good, bad = (
            tuple(self._example((*at, name), one) for one in examples)
            for name, examples in (("good", read.good), ("bad", read.bad))
        )
        for one in bad:
            self._check_beside((*at, "bad"), one, tables, asks=asks)
        values = {name: getattr(read, name) for name in type(read).model_fields} | {
            "require": require.sql if require else None,
            "query": query.sql if query else None,
            "good": good,
            "bad": bad,
        }
        return Rule(**values, columns=tuple(key for key in self.columns if key in known), tables=tables)

    def _check_words(self, path: _Path, say: str, evidence: frozenset[str]) -> None:
        for name, address in places_of(say):
            if name not in self.columns and (address or name not in evidence):
                self.sheet.wrong(path, f"Câu say nhắc {{{name}}}, nhưng biểu và quy tắc không có tên đó")

    def _example(self, path: _Path, example: Mapping[str, object]) -> Mapping[str, object]:
        """Return the example with full ids for the names of other forms."""
        cells = {key: value for key, value in example.items() if key not in BESIDE}
        self._check_rows(path, example.get("rows", [cells]), self.columns)
        for key in cells if "rows" in example else ():
            self.sheet.wrong(path, f"Ví dụ có khóa {key} đứng ngoài rows; cạnh rows chỉ có tables, reporter, received")
        tables = example.get("tables", {})
        if not isinstance(tables, dict):
            self.sheet.wrong(path, 'Bảng khác trong ví dụ ghi theo dạng tables = {"I.1" = [{…}, {…}]}')
            return example
        named = {self._full(name): rows for name, rows in tables.items()}
        for name, rows in zip(tables, named.values(), strict=False):
            if columns := self._columns_of(name):
                self._check_rows(path, rows, columns, f" của {name}")
            else:
                self.sheet.wrong(path, f"Ví dụ nhắc bảng {name}, nhưng không có biểu hay bảng đó")
        return {**example, "tables": named} if tables else example

    def _full(self, name: str) -> str:
        return name if name in EARLIER else self.shelf.full_id(self.campaign, name) or name

    def _columns_of(self, name: str) -> Mapping[str, Column]:
        return self.columns if name in EARLIER else self.shelf.columns.get(self._full(name), {})

    def _check_rows(self, path: _Path, rows: object, columns: Mapping[str, Column], whose: str = "") -> None:
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.sheet.wrong(path, f"Ví dụ nhiều dòng{whose} ghi theo dạng [{{…}}, {{…}}]; dòng của biểu ở khóa rows")
            return
        for key in dict.fromkeys(key for row in rows for key in row if key not in columns):
            self.sheet.wrong(path, f"Ví dụ{whose} nhắc cột {key}, nhưng biểu không có cột đó")

    def _check_beside(self, path: _Path, example: Mapping[str, object], tables: Iterable[str], *, asks: bool) -> None:
        """Keep as mistakes what a bad example lacks: without it the rule would say nothing."""
        given = example.get("tables", {})
        for name in (name for name in tables if isinstance(given, dict) and name not in given):
            short = name.removeprefix(f"{self.campaign}/")
            self.sheet.wrong(path, f'Quy tắc đọc bảng {short}, nên ví dụ sai phải có tables = {{"{short}" = […]}}')
        if asks and not example.get("reporter"):
            self.sheet.wrong(path, 'Quy tắc dùng don_vi_bao_cao(), nên ví dụ sai phải có reporter = "mã đơn vị"')
