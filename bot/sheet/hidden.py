"""Rows and columns that a sheet hides, by hand or by a filter: what they hold is read, and its sender is told."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from bot.language import runs
from bot.model import Remark, letter_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MOST = 12
"""Stretches that are named; behind them stands an ellipsis."""

Run = tuple[int, int]
"""First and last of a stretch, counted from 1."""


class Hidden(NamedTuple):
    """What is hidden on one sheet: stretches in ascending order."""

    rows: tuple[Run, ...] = ()
    columns: tuple[Run, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[int], columns: Iterable[int]) -> Hidden:
        """Return what those numbers, counted from 1, amount to."""
        return cls(tuple(runs(rows)), tuple(runs(columns)))


NOTHING_HIDDEN = Hidden()


def tell_hidden(sheet: str, hidden: Hidden, rows: Sequence[int], columns: Iterable[int]) -> Iterator[Remark]:
    """Yield what to say about those *rows* and *columns* of a sheet, both read and counted from 1, that are hidden."""
    out_of_sight = runs(_within(hidden.rows, rows))
    if out_of_sight:
        yield Remark("hidden_rows", sheet, _named([(str(first), str(last)) for first, last in out_of_sight]))
    letters = runs(_within(hidden.columns, columns))
    if letters:
        yield Remark("hidden_columns", sheet, _named([(letter_of(first), letter_of(last)) for first, last in letters]))


def _within(stretches: Sequence[Run], numbers: Iterable[int]) -> list[int]:
    """Return those of *numbers* that lie in one of the *stretches*."""
    if not stretches:
        return []
    firsts = [first for first, _ in stretches]
    return [one for one in numbers if (at := bisect_right(firsts, one)) and one <= stretches[at - 1][1]]


def _named(stretches: Sequence[tuple[str, str]]) -> str:
    """Return ``12–15, 20``."""
    said = [first if first == last else f"{first}–{last}" for first, last in stretches[:_MOST]]
    return ", ".join(said) + (" …" if len(stretches) > _MOST else "")
