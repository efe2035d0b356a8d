"""What a reporter still owes, and which half of it: the lines of "Còn phải hoàn thành"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.language import day
from bot.reply.facts import due_of
from bot.reply.findings import clean
from bot.reply.lines import ReturnedLine
from bot.reply.names import find_form, name_form, name_forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.model import Owed, Rulebook, SignedCopy
    from bot.reply.lines import Due


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A signed copy that came, and what it counts as."""

    names: str
    """Of the narratives or forms."""
    file: str
    number: str
    """``85/BC-UBND``; empty where no text of the file says it."""
    day: str


@dataclass(frozen=True, slots=True)
class OwedGroup:
    """What the reporter must still send by one day."""

    due: Due
    count: int
    """How many forms."""
    forms: str
    """Those never returned, in few words; one alone by its whole title."""
    here: str
    """Those that this very mail returns."""
    returned: tuple[ReturnedLine, ...]
    """Those that an earlier mail has returned."""
    half_forms: str = ""
    """Forms of which the signed copy has come, and the workbook has not."""
    half_texts: str = ""
    """Narratives of which the signed copy has come, and the text has not."""
    unsigned: str = ""
    """Whose signed copies are missing, and some of the files that they cover too."""
    half_unsigned: str = ""
    """Whose signed copies alone are missing."""


def group_owed(
    owed: Iterable[Owed], rulebook: Rulebook, here: frozenset[tuple[str, str]] = frozenset()
) -> tuple[OwedGroup, ...]:
    """Return what is owed, one group for each deadline, the earliest first, without a deadline last.

    *here* holds the (campaign, form) that this very mail returns.
    """
    groups: dict[Due, list[Owed]] = {}
    for one in sorted(owed, key=lambda one: (one.days_left is None, one.days_left or 0)):
        groups.setdefault(due_of(one), []).append(one)
    return tuple(_group(due, items, rulebook, here) for due, items in groups.items())


def _group(due: Due, items: Sequence[Owed], rulebook: Rulebook, here: frozenset[tuple[str, str]]) -> OwedGroup:
    copies, files = _split(items, lambda one: one.signed_copy)
    again, others = _split(files, lambda one: _form(one) in here)
    earlier, others = _split(others, lambda one: bool(one.returned))
    halves, fresh = _split(others, lambda one: one.other_half)
    forms, texts = _split(halves, lambda one: is_form(one, rulebook))
    only, both = _split(copies, lambda one: one.other_half)
    return OwedGroup(
        due=due,
        count=len(items),
        forms=clean(fresh[0].title) if len(fresh) == 1 else name_owed(fresh, rulebook),
        here=name_owed(again, rulebook),
        returned=tuple(ReturnedLine(name_form(rulebook, *_form(one)), one.returned) for one in earlier),
        half_forms=name_owed(forms, rulebook),
        half_texts=name_owed(texts, rulebook),
        unsigned=name_owed(both, rulebook),
        half_unsigned=name_owed(only, rulebook),
    )


def _split(items: Iterable[Owed], holds: Callable[[Owed], bool]) -> tuple[list[Owed], list[Owed]]:
    """Return the items for which it holds, and the others."""
    found: dict[bool, list[Owed]] = {True: [], False: []}
    for one in items:
        found[holds(one)].append(one)
    return found[True], found[False]


def is_form(one: Owed, rulebook: Rulebook) -> bool:
    """Tell whether what is owed is a workbook; else it is a narrative."""
    return find_form(rulebook, *_form(one)) is not None


def name_owed(items: Iterable[Owed], rulebook: Rulebook) -> str:
    """Return the names of what is owed, in few words."""
    return name_forms(rulebook, map(_form, items))


def name_signed(copies: Iterable[SignedCopy], rulebook: Rulebook) -> tuple[SignedLine, ...]:
    """Return one line for each file that is a signed copy, with all that it counts as."""
    files: dict[str, list[SignedCopy]] = {}
    for one in copies:
        files.setdefault(one.content, []).append(one)
    return tuple(
        SignedLine(
            names=name_forms(rulebook, ((one.campaign, one.form) for one in own)),
            file=clean(own[0].file, 120),
            number=clean(own[0].number, 60),
            day=day(own[0].day) if own[0].day else "",
        )
        for own in files.values()
    )


def _form(owed: Owed) -> tuple[str, str]:
    return owed.obligation.campaign, owed.obligation.form
