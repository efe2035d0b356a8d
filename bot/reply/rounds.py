"""What a reply says of the revision before: what became of its problems, and how the rows have changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.reply.findings import clean, name_column
from bot.reply.lines import ChangeLine, ChangesLine, KeptRevision, RoundLine

if TYPE_CHECKING:
    from bot.model import CellChange, Changes, Part


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
