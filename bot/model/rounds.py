"""What becomes of a submission from one revision to the next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trace:
    """What is remembered of a finding: enough to know it again in the next revision, wherever its row has gone."""

    rule: str
    column: str
    """The column's official title; empty where no column is meant."""
    row_key: str
    """Which thing the row is about; empty where the row does not say."""
    sheet: str = ""
    row: int = 0
    """Where it stood: only asked where one of the two rows did not say what it is about."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One value before and after."""

    column: str
    """The column's official title."""
    unit: str
    before: str
    """As people read it."""
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is in both revisions, and the change in it that tells most."""

    name: str
    cell: CellChange


@dataclass(frozen=True, slots=True)
class Changes:
    """How the rows of a revision differ from those of the one before, however they were shuffled.

    Only some rows are named; the counts are exact.
    """

    added: tuple[str, ...] = ()
    added_count: int = 0
    removed: tuple[str, ...] = ()
    removed_count: int = 0
    changed: tuple[RowChange, ...] = ()
    changed_count: int = 0
    sums: tuple[CellChange, ...] = ()
    """Of the columns that the form adds up, those whose sum has changed: the largest change first."""

    def __bool__(self) -> bool:
        """Tell whether anything has changed."""
        return bool(self.added_count or self.removed_count or self.changed_count)


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of the errors and queries of the revision before."""

    since: int
    """The number of that revision."""
    before: int
    """How many it had."""
    left: int
    """How many of them are still there."""
    new: int
    """How many this revision has beside them."""
    changes: Changes | None = None
    """None where the rows of one of the two are not at hand."""

    @property
    def fixed(self) -> int:
        """Return how many are gone."""
        return self.before - self.left
