"""What a reply says of the revision before: what became of its problems, and how the rows have changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.reply.findings import clean, name_column

if TYPE_CHECKING:
    from bot.model import CellChange, Changes, Part


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One value before and after, already written."""

    row: str
    """What the row is about; empty for a sum."""
    column: str
    unit: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangesLine:
    """How the rows of a revision differ from those of the one before; only some are named, the counts are exact."""

    added: tuple[str, ...]
    added_count: int
    removed: tuple[str, ...]
    removed_count: int
    changed: tuple[ChangeLine, ...]
    changed_count: int
    sums: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class RoundLine:
    """What became of the errors and queries of the revision before, each place counted."""

    since: int
    before: int
    fixed: int
    left: int
    new: int
    changes: ChangesLine | None
    """None where the rows of one of the two are not at hand."""


@dataclass(frozen=True, slots=True)
class KeptRevision:
    """An accepted revision that still counts after a worse one."""

    revision: int
    receipt: str


def tell_round(part: Part) -> RoundLine | None:
    """Return what to say against the revision before; None where there is none, or nothing to say."""
    progress = part.progress
    if progress is None or not (progress.before or progress.new or progress.changes is not None):
        return None
    return RoundLine(
        since=progress.since,
        before=progress.before,
        fixed=progress.fixed,
        left=progress.left,
        new=progress.new,
        changes=_tell_changes(progress.changes) if progress.changes is not None else None,
    )


def tell_kept(part: Part) -> KeptRevision | None:
    """Return the accepted revision that still counts although this one is returned."""
    return KeptRevision(part.counts.revision, part.counts.receipt) if part.counts else None


def has_moved(part: Part) -> bool:
    """Tell whether anything in a part is otherwise than in the revision before."""
    progress = part.progress
    return progress is not None and bool(progress.before or progress.new or progress.changes)


def _tell_changes(changes: Changes) -> ChangesLine:
    return ChangesLine(
        added=tuple(clean(name, 60) for name in changes.added),
        added_count=changes.added_count,
        removed=tuple(clean(name, 60) for name in changes.removed),
        removed_count=changes.removed_count,
        changed=tuple(_change(clean(one.name, 60), one.cell) for one in changes.changed),
        changed_count=changes.changed_count,
        sums=tuple(_change("", one) for one in changes.sums),
    )


def _change(row: str, cell: CellChange) -> ChangeLine:
    return ChangeLine(row, name_column(cell.column), cell.unit, clean(cell.before, 60), clean(cell.after, 60))
