"""Findings on their way: each gets its place and its identity, in the order in which a reader meets them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from bot.check.sentences import fill
from bot.language import fold
from bot.model import Finding, Place, Severity, letter_of, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.model import Column, Form, Notice, Problem, Rule, SheetPlace, Table, Value

KEPT = 5_000
"""So many findings of one rule are kept; the rest is told as a number."""

_LAST = 1 << 30
"""Sorts after every sheet and row."""

_Order = tuple[int, int, int, int]


class Spot(NamedTuple):
    """A cell of the table: sheet index, the sheet's row number (0 for the whole column), column key."""

    sheet: int
    row: int
    column: str


@dataclass(slots=True)
class Gathering:
    """The findings of one table while they are collected."""

    form: Form
    table: Table
    notices: Mapping[str, Notice]
    _found: list[tuple[_Order, Finding]] = field(default_factory=list)
    _kept: Counter[str] = field(default_factory=Counter)
    _more: Counter[str] = field(default_factory=Counter)
    _heads: dict[str, Finding] = field(default_factory=dict)
    _columns: dict[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        self._columns = {column.key: column for column in self.form.columns}

    def by_notice(self, notice: str, spot: Spot, names: Mapping[str, str], written: str = "", key: str = "") -> None:
        """Add a finding of the machine's own, worded by the notice of that id; *names* are its evidence."""
        words = self.notices[notice]
        self._add(notice, words.severity, words.title, self._said(words, spot, names, written), spot, written, key)

    def by_problem(self, problem: Problem, spot: Spot, key: str) -> None:
        """Add a finding for what the reader saw in a cell, which may lie beside its column, and may be repaired."""
        if self._kept[problem.notice] >= KEPT:
            self._more[problem.notice] += 1
            return
        words = self.notices[problem.notice]
        own = {"cell": problem.cell} if problem.cell else {}
        said = self._said(words, spot, {**problem.evidence, **own}, problem.written)
        seen = (words.severity, words.title, said, spot, problem.written, key)
        self._add(problem.notice, *seen, cell=problem.cell, repair=problem.repair)

    def _said(self, words: Notice, spot: Spot, names: Mapping[str, str], written: str) -> tuple[str, str]:
        own = {**self._names(spot, written), **names}

        def filled(text: str) -> str:
            return fill(text, lambda name: own.get(name, "…"), lambda name: self.address(spot._replace(column=name)))

        return filled(words.say), filled(words.fix)

    def by_rule(self, rule: Rule, spot: Spot, say: str, written: str, key: str) -> None:
        """Add a finding of a rule, whose sentence is already filled."""
        trial = rule.status == "trial"
        self._add(rule.id, rule.severity, rule.title, (say, rule.fix), spot, written, key, trial=trial)

    def count_more(self, rule: str, more: int) -> None:
        """Count *more* findings of that rule, which are too many to be worded."""
        self._more[rule] += more

    def address(self, spot: Spot) -> str:
        """Return the cell as Excel shows it (``J14``), or nothing when the sheet has no such column or row."""
        return self.table.sheets[spot.sheet].address(spot.column, spot.row) if self._has_sheet(spot) else ""

    def letter(self, spot: Spot) -> str:
        """Return the letter of the column on that sheet, or nothing; in a form of indicators, that of the record."""
        if not self._has_sheet(spot):
            return ""
        place = self.table.sheets[spot.sheet]
        return letter_of(spot.row) if place.lines else place.letters.get(spot.column, "")

    def line(self, spot: Spot) -> int:
        """Return the sheet's row of the cell, counted from 1; 0 for a whole column."""
        if not self._has_sheet(spot) or not self.table.sheets[spot.sheet].lines:
            return spot.row
        return self.table.sheets[spot.sheet].lines.get(spot.column, 0) if spot.row else 0

    @property
    def name_of_columns(self) -> str:
        """Return what people call the form's columns."""
        return "chỉ tiêu" if self.form.layout == "indicators" else "cột"

    def _has_sheet(self, spot: Spot) -> bool:
        return 0 <= spot.sheet < len(self.table.sheets)

    def row_keys(self, rows: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """Return what each of those (sheet, row) is about, for rows that the table holds."""
        wanted = pa.array(sorted({(sheet << 32) + row for sheet, row in rows if row}), pa.int64())
        if not len(wanted):
            return {}
        data = self.table.data
        places = pc.add(pc.multiply(data["_sheet"].cast(pa.int64()), 1 << 32), data["_row"].cast(pa.int64()))
        hits = data.filter(pc.is_in(places, value_set=wanted)).select(["_sheet", "_row", *self.form.row_key])
        names = self.form.row_key
        return {(one["_sheet"], one["_row"]): key_of(one[name] for name in names) for one in hits.to_pylist()}

    def sorted(self) -> tuple[Finding, ...]:
        """Return all findings by sheet, row and column; for a rule with too many, the number of the others last."""
        kept = [one for _, one in sorted(self._found, key=lambda pair: pair[0])]
        return (*kept, *(self._rest(rule) for rule in self._heads if self._more[rule]))

    def _rest(self, rule: str) -> Finding:
        head, words = self._heads[rule], self.notices["con_nua"]
        numbers = {"con": self._more[rule], "tong": self._kept[rule] + self._more[rule]}
        say = fill(words.say, lambda name: f"{numbers.get(name, 0):,}".replace(",", "."), lambda _: "")
        return Finding(rule, head.severity, head.title, say, head.fix, Place(), trial=head.trial)

    def _names(self, spot: Spot, written: str) -> dict[str, str]:
        column = self._columns.get(spot.column)
        own = {
            "written": written,
            "cell": self.address(spot),
            "letter": self.letter(spot),
            "row": str(self.line(spot)),
            "cot": self.name_of_columns,
        }
        if column is None:
            return own | {"column": "", "unit": "", "example": ""}
        return own | {"column": column.title, "unit": column.unit or "", "example": column.example}

    def _add(
        self,
        rule: str,
        severity: Severity,
        title: str,
        words: tuple[str, str],
        spot: Spot,
        written: str,
        key: str,
        *,
        trial: bool = False,
        cell: str = "",
        repair: Value | None = None,
    ) -> None:
        if self._kept[rule] >= KEPT:
            self._more[rule] += 1
            return
        self._kept[rule] += 1
        column = self._columns.get(spot.column)
        sheet = self.table.sheets[spot.sheet].name if self._has_sheet(spot) else ""
        line = self.line(spot)
        place = Place(sheet, cell or self.address(spot), line, column.title if column else "")
        finding = Finding(rule, severity, title, words[0], words[1], place, key, written, trial, repair=repair)
        self._heads.setdefault(rule, finding)
        order = (spot.sheet, line, number_of(self.letter(spot)), len(self._found))
        self._found.append((order if self._has_sheet(spot) else (_LAST, 0, 0, len(self._found)), finding))


def key_of(values: Iterable[object]) -> str:
    """Return the identity of a row: its key cells, folded and joined."""
    return "|".join(fold(str(value)) if value is not None else "" for value in values)


def has_column(place: SheetPlace, key: str) -> bool:
    """Tell whether that column, or the line of that indicator, was found on the sheet."""
    return key in (place.lines or place.letters)
