"""The marked copy: the sender's own workbook with coloured cells, notes, and a list of findings in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.reply.marked.archive import DAMAGE, UnpatchableError
from bot.reply.marked.assemble import MarkedCopy
from bot.reply.marked.marks import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Finding

_WORDS = Words()


def mark_workbook(
    data: bytes, findings: Sequence[Finding], *, title: str, heading: Sequence[str], words: Words = _WORDS
) -> bytes | None:
    """Return the workbook *data* (.xlsx, .xlsm) with every finding marked, or None where it cannot be patched.

    Cells with findings are coloured by the worst of them and carry a note; the first sheet lists all findings below
    *title* and the lines of *heading*, each with a link. Findings of trial rules are left out. Every part that need
    not change is the sender's, byte for byte. None is for .xls, .ods, .xlsb, encrypted or broken files.
    """
    shown = [one for one in findings if not one.trial]
    try:
        return MarkedCopy(data, shown, words).written(title, heading)
    except (UnpatchableError, *DAMAGE):
        return None
