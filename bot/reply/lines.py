"""The lines of which a context consists: plain values, written as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.reply.rounds import KeptRevision, RoundLine


@dataclass(frozen=True, slots=True)
class Office:
    """Who signs, and whom one may call."""

    ministry: str = ""
    department: str = ""
    campaign: str = ""
    dispatch: str = ""
    role: str = ""
    telephone: str = ""
    hours: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A date in the letter's words, and how far it is."""

    words: str = ""
    """Empty where there is no deadline."""
    days: int | None = None
    """Until the named day; negative when it has passed."""
    reason: str = ""
    """Why it differs from that of the others: an extension."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet and how many rows were read from it."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class UnderstoodLine:
    """A header that was taken for a column of the form."""

    sheet: str
    letter: str
    written: str
    column: str


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """What was done with a sheet although nothing is wrong with it: a kind of bot.model.Remark."""

    kind: str
    sheet: str
    where: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """One file or form of the mail, with its own verdict."""

    file: str
    form: str
    """``Biểu III.4``; empty where no form was found."""
    verdict: str
    """A value of bot.model.Outcome."""
    reason: str = ""
    detail: str = ""
    asked: str = ""
    """Where the period is wrong: the one that is asked for."""
    revision: int = 0
    sheets: tuple[SheetLine, ...] = ()
    rows: int = 0
    errors: int = 0
    """Grouped, as they are listed."""
    queries: int = 0
    late_days: int = 0
    due: Due = Due()
    earlier: str = ""
    understood: tuple[UnderstoodLine, ...] = ()
    remarks: tuple[RemarkLine, ...] = ()
    nil: bool = False
    """It says that there is nothing to tell."""
    indicator: bool = False
    """Its form has an indicator in each row, so that what was read are periods, not rows."""
    plain: bool = False
    """Accepted with nothing to explain or to understand: many such parts are one line."""
    round: RoundLine | None = None
    """Against the revision before."""
    kept: KeptRevision | None = None


@dataclass(frozen=True, slots=True)
class PlainLine:
    """Many parts that were accepted with nothing to say about them, in one line."""

    forms: str
    """Those with rows."""
    count: int
    """How many of them are forms, and no narratives."""
    rows: int
    """Of those with a thing in each row."""
    nil: str
    """Those that have nothing to tell."""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Forms of one mail that were received equally in time, or equally late."""

    forms: str
    due: Due
    late_days: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What stands in a cell."""

    cell: str
    written: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One problem, however many cells have it."""

    number: int
    """By which the reporter may answer; queries are numbered on after the errors."""
    part: int
    """Index of the part."""
    form: str
    """Which form, where the mail carries several; else empty."""
    sheet: str
    letter: str
    column: str
    cells: str
    """``J14, L9–L14``; empty for a problem without a cell."""
    rows: str
    """The rows, where there is no cell."""
    count: int
    """How many places have it."""
    more: int
    """How many of them ``cells`` does not name."""
    title: str
    say: str
    shared: bool
    """``say`` holds for each place; else it is an example, seen at ``first``."""
    first: str
    """Empty where ``say`` names the cell itself."""
    fix: str
    samples: tuple[Sample, ...] = ()
    indicator: bool = False
    """The form has an indicator in each row: then ``column`` is the indicator's title."""
    line: str = ""
    """The sheet's row of that indicator."""


@dataclass(frozen=True, slots=True)
class RepairLine:
    """A cell that the marked copy writes otherwise."""

    sheet: str
    cell: str
    before: str
    after: str
    is_day: bool
    """What it holds now is a day."""


@dataclass(frozen=True, slots=True)
class Repairs:
    """What the marked copy has put right, and what the reporter's word about it would lead to."""

    count: int
    """All cells that it writes otherwise."""
    lines: tuple[RepairLine, ...]
    """Some of them, those that wait for the reporter's word first."""
    offered: int
    """How many of the numbered errors it has put right."""
    left: int
    """Numbered errors, and files that could not be read, that are left when the reporter agrees."""
    agreeable: bool
    """Everything is accepted when the reporter agrees."""


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A form that was returned earlier, and the receipt under which that was."""

    form: str
    receipt: str


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A form that was accepted and about which something is still to be explained."""

    form: str
    queries: int
    receipt: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """What was understood or repaired on the way, and in how many cells."""

    title: str
    count: int
