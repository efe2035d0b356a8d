"""The marked copy: the sender's own workbook with coloured cells, notes, repairs, and a list of findings in front."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.reply.marked.archive import DAMAGE, UnpatchableError
from bot.reply.marked.assemble import MarkedCopy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.reply.marked.marks import Entry
    from bot.reply.marked.words import Words


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked copy."""

    data: bytes = field(repr=False)
    suffix: str
    """Under which office programs open it: ``xlsx``, for a workbook with macros ``xlsm``."""


def mark_workbook(
    data: bytes, entries: Sequence[Entry], words: Words, *, file: str, receipt: str = "", from_values: bool = False
) -> Marked | None:
    """Return the workbook *data* (.xlsx, .xlsm) with every entry marked, or None where it cannot be patched.

    Cells with findings are coloured by the worst of them and carry a note; cells of which only the form was wrong are
    repaired; the first sheet lists all entries, each with a link. Every part that need not change is the sender's,
    byte for byte. None is for .xls, .ods, .xlsb, encrypted or broken files.

    Args:
        data: the workbook.
        entries: what to mark, with the numbers of the mail.
        words: the fixed words.
        file: the name of the sender's file, for the title of the list.
        receipt: under which the mail answers; empty where there is no mail.
        from_values: *data* was made anew from the values of the sender's file, which the list says.
    """
    try:
        copy = MarkedCopy(data, entries, words)
        return Marked(copy.written(file, receipt, from_values=from_values), copy.suffix)
    except (UnpatchableError, *DAMAGE):
        return None
