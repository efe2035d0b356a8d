"""Findings as they are listed: one problem in forty cells is one line with its cells."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.language import one_line, runs
from bot.model import Severity
from bot.reply.lines import FindingLine, NoteLine, Sample

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bot.model import Finding, Part

MAX_RANGES = 8
"""Ranges of cells that one line names; the rest is counted."""
MAX_COLUMNS = 4
"""A rule that speaks about more columns of a sheet than these is one line for all of them."""
MAX_SAMPLES = 3
_QUOTED = re.compile(r'"([^"]*)"')
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def clean(text: str, limit: int = 200) -> str:
    """Return *text* as one line that can be encoded: a lone surrogate becomes a question mark."""
    return one_line(text.encode("utf-8", "replace").decode("utf-8"), limit)


def sentence(text: str, limit: int = 400) -> str:
    """Return *text* as one line with quotes as they are printed, without its last full stop; the template sets that."""
    return _QUOTED.sub(r"“\1”", clean(text, limit)).rstrip(" .;")


def number_findings(
    parts: Sequence[Part], names: Sequence[str], indicators: Collection[int] = ()
) -> tuple[tuple[FindingLine, ...], ...]:
    """Return the error lines and the query lines of a mail, numbered through in that order.

    The numbers depend on the parts only, so that an answer "2: …" finds its query again. *names* holds the name of
    each part's form, empty where the mail carries one only; *indicators* are the parts whose form has an indicator in
    each row. Trial findings are left out.
    """
    lines: dict[Severity, list[FindingLine]] = {Severity.ERROR: [], Severity.QUERY: []}
    for number, part, group in number_groups(parts):
        line = _line(number, part, names[part], group, indicator=part in indicators)
        lines[group[0].severity].append(line)
    return tuple(map(tuple, lines.values()))


def number_groups(parts: Sequence[Part]) -> Iterator[tuple[int, int, list[Finding]]]:
    """Yield number, index of the part and findings of each error line, then of each query line, of a mail."""
    groups = (
        (index, group)
        for severity in (Severity.ERROR, Severity.QUERY)
        for index, part in enumerate(parts)
        for group in group_findings(part.of(severity))
    )
    yield from ((number, part, group) for number, (part, group) in enumerate(groups, 1))


def number_parts(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts with the number of each finding, as the mail tells it: answers are found again by it."""
    told = {id(one): number for number, _, group in number_groups(parts) for one in group}
    if not told:
        return tuple(parts)
    return tuple(replace(part, numbers=tuple(told.get(id(one), 0) for one in part.findings)) for part in parts)


def told_lines(parts: Sequence[Part], names: Sequence[str], indicators: Collection[int] = ()) -> dict[int, FindingLine]:
    """Return the lines of an earlier mail under the numbers that it gave them; the arguments as ``number_findings``."""
    groups: dict[int, tuple[int, list[Finding]]] = {}
    for index, part in enumerate(parts):
        for one, number in zip(part.findings, part.numbers, strict=True):
            groups.setdefault(number, (index, []))[1].append(one)
    return {
        number: _line(number, part, names[part], group, indicator=part in indicators)
        for number, (part, group) in sorted(groups.items())
        if number
    }


def group_findings(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Group by sheet, rule and column, in order of appearance; a rule with many columns is one group."""
    by_rule: dict[tuple[str, str], dict[str, list[Finding]]] = {}
    for one in findings:
        columns = by_rule.setdefault((one.place.sheet, one.rule), {})
        columns.setdefault(one.place.column, []).append(one)
    groups: list[list[Finding]] = []
    for columns in by_rule.values():
        if len(columns) > MAX_COLUMNS:
            groups.append([one for column in columns.values() for one in column])
        else:
            groups.extend(columns.values())
    return groups


def count_notes(parts: Sequence[Part]) -> tuple[NoteLine, ...]:
    """Return how often each note was made, the most frequent first."""
    counted = Counter(sentence(one.title) for part in parts for one in part.of(Severity.NOTE))
    return tuple(NoteLine(title, count) for title, count in counted.most_common())


def name_cells(cells: Sequence[str]) -> tuple[str, int]:
    """Return the cells as ranges (``J14, L9–L14``) and the number of cells that did not fit.

    Cells of one column with consecutive row numbers make a range; anything else that is not an address stays as it is.
    """
    columns: dict[str, set[int]] = {}
    names: list[tuple[str, int]] = []
    for cell in dict.fromkeys(cells):
        match = _CELL.fullmatch(cell)
        if match:
            columns.setdefault(match[1], set()).add(int(match[2]))
        else:
            names.append((clean(cell, 40), 1))
    for letter, rows in columns.items():
        names.extend((_span(letter, low, high), high - low + 1) for low, high in runs(rows))
    return ", ".join(name for name, _ in names[:MAX_RANGES]), sum(count for _, count in names[MAX_RANGES:])


def _span(letter: str, low: int, high: int) -> str:
    return f"{letter}{low}" if low == high else f"{letter}{low}–{letter}{high}"


def _line(number: int, part: int, form: str, group: list[Finding], *, indicator: bool) -> FindingLine:
    first = group[0]
    named, more = name_cells([one.place.cell for one in group if one.place.cell])
    one_column = len({one.place.column for one in group}) == 1
    match = _CELL.fullmatch(first.place.cell) if one_column else None
    say = sentence(first.say)
    return FindingLine(
        number=number,
        part=part,
        form=form,
        sheet=clean(first.place.sheet, 60),
        letter=match[1] if match and not indicator else "",
        column=name_column(first.place.column) if one_column else "",
        cells=named,
        rows="" if named or indicator else _name_rows(group),
        count=len(group),
        more=more,
        title=sentence(first.title),
        say=say or sentence(first.title),
        shared=len({one.say for one in group}) == 1,
        first="" if _names_cell(say, first.place.cell) else clean(first.place.cell, 40),
        fix=sentence(first.fix),
        samples=_samples(group, say),
        indicator=indicator,
        line=match[2] if match and indicator else "",
    )


def _names_cell(say: str, cell: str) -> bool:
    return bool(cell) and re.search(rf"\b{re.escape(cell)}\b", say) is not None


def _name_rows(group: list[Finding]) -> str:
    stretches = runs({one.place.row for one in group} - {0})
    return ", ".join(_span("", low, high) for low, high in stretches[:MAX_RANGES])


def name_column(title: str) -> str:
    """Return the official title of a column; one under a merged header is read with a dash."""
    return clean(title).replace(" > ", " – ")


def _samples(group: list[Finding], say: str) -> tuple[Sample, ...]:
    """Return some different contents of the cells, where the sentence has not already quoted them."""
    found: dict[str, str] = {}
    for one in group:
        written = clean(one.written, 60)
        if written and written not in say:
            found.setdefault(written, clean(one.place.cell, 40))
    return tuple(Sample(cell, written) for written, cell in list(found.items())[:MAX_SAMPLES])
