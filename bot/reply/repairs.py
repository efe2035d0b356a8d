"""What was repaired in the marked copies, in few lines, and whether the reporter's word is all that is missing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.model import Outcome, Severity
from bot.reply.findings import clean, number_groups
from bot.reply.lines import RepairLine, Repairs
from bot.reply.marked.marks import mark_of, rank, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Finding, Part

MAX_REPAIRS = 5
"""Repaired cells that a mail names; the marked copy lists all of them."""


def sum_up_repairs(parts: Sequence[Part]) -> Repairs:
    """Return what the marked copies of these parts have put right."""
    repaired = [one for part in parts for one in part.findings if one.repair is not None and not one.trial]
    errors = [group for _, _, group in number_groups(parts) if group[0].severity is Severity.ERROR]
    offered = sum(all(one.repair is not None for one in group) for group in errors)
    unread = sum(part.verdict is Outcome.REFUSED for part in parts)
    first = sorted(repaired, key=lambda one: rank(mark_of(one)))[:MAX_REPAIRS]
    left = len(errors) - offered + unread
    return Repairs(len(repaired), tuple(map(_line, first)), offered, left, agreeable=bool(offered) and not left)


def _line(one: Finding) -> RepairLine:
    after = "" if one.repair is None else shown(one.repair)
    return RepairLine(
        clean(one.place.sheet, 60),
        clean(one.place.cell, 40),
        clean(one.written, 60),
        clean(after, 60),
        isinstance(one.repair, date),
    )
