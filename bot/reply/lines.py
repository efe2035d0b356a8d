"""The lines of which a context consists: plain values, written as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

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


@dataclass(frozen=True, slots=True)
class MatrixGroup:
    """Columns of the matrix that stand together: an annex with one deadline."""

    title: str
    """``II ven biển``; empty where the forms have no annex."""
    due: str
    """``15/7``; empty without a deadline."""
    heads: tuple[str, ...]
    """What tells the columns apart: ``1``, ``2`` …; as short as can be."""
    totals: tuple[int, ...]
    """How many reporters have each form done."""
    widths: tuple[int, ...]
    """Characters of each column in plain text, with the blank before it."""
    space: int
    """Characters of all its columns in plain text."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where one obligation stands, as one cell of the matrix shows it."""

    state: str = ""
    """``accepted``; ``queried`` (accepted, something to explain); ``late`` (accepted after the day); ``nil``;
    ``returned``; ``overdue`` (nothing has come, the day is over); ``extended`` (nothing yet, and a later day than that
    of the others); ``nothing``; empty where nothing is owed."""
    times: int = 0
    """What is returned: at which sending."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A reporter and where its forms stand, group by group."""

    reporter: str
    marks: tuple[tuple[Mark, ...], ...]
    code: str = ""
    """The reporter's."""


@dataclass(frozen=True, slots=True)
class Region:
    """The reporters of one region."""

    name: str
    complete: int
    """How many of them have everything accepted."""
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Reporters × forms, one sign in each cell, so that twenty forms fit a telephone."""

    groups: tuple[MatrixGroup, ...]
    regions: tuple[Region, ...]
    columns: int
    """Of all groups."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A deadline of the campaign, and how many reporters have met it in full."""

    due: Due
    reporters: int
    complete: int
    gained: int = 0
    """Of the complete ones: since the week began."""


@dataclass(frozen=True, slots=True)
class BouncedLine:
    """An address from which a mail of ours came back."""

    address: str
    reporter: str
    since: str


@dataclass(frozen=True, slots=True)
class ExtendedLine:
    """Forms that a reporter may send later than the others."""

    reporter: str
    forms: str
    words: str
    """The later day, as it was granted."""
    reason: str


@dataclass(frozen=True, slots=True)
class SaidLine:
    """What a reporter said about a finding, for the ministry."""

    reporter: str
    form: str
    cell: str
    title: str
    """What the finding was about."""
    text: str
    receipt: str
    """Of the mail that says it."""
    doubt: bool
    """It doubts the rule, not the figure."""


@dataclass(frozen=True, slots=True)
class LifeLine:
    """What the machine did in a week, and what waits."""

    received: int = 0
    """Messages decided in the week."""
    automatic: int = 0
    """Of them: of machines, none of them answered."""
    undecided: int = 0
    """Messages that wait for their decision now."""
    unsent: int = 0
    """Mails of ours that wait to be sent now."""
    undeliverable: int = 0
    """Mails of ours that were given up, ever."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """Reporters to call that miss the very same forms since the same day."""

    reporters: tuple[str, ...]
    missing: str
    count: int
    """How many forms each of them misses."""
    overdue_days: int
    silent: bool
    """Nothing has ever come from them."""


@dataclass(frozen=True, slots=True)
class RegionNames:
    """Reporters of one region."""

    region: str
    reporters: tuple[str, ...]
    every: bool
    """They are all that the region has."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A message that waits for a person."""

    receipt: str
    received: str
    sender: str
    why: str


@dataclass(frozen=True, slots=True)
class FrequentLine:
    """A finding that many have."""

    title: str
    form: str
    count: int
    reporters: int


@dataclass(frozen=True, slots=True)
class Curve:
    """How one deadline filled up, for a picture."""

    due: Due
    deadline: date | None
    goal: int
    """How many reporters must meet it."""
    done: tuple[datetime, ...]
    """When each reporter that has met it in full had done so, in any order."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One reporter on the map of tiles."""

    name: str
    done: int
    owed: int
    state: str
    """``complete``, ``partial``, ``returned``, ``overdue`` or ``nothing``."""
    place: tuple[int, int] | None
    """Column and row; bodies without a place stand in rows below the map."""
