"""The lines of which a context consists: plain values, written as people read them."""

from __future__ import annotations

from dataclasses import dataclass


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
class PartLine:
    """One file or form of the mail, with its own verdict."""

    file: str
    form: str
    """``Biểu III.4``; empty where no form was found."""
    verdict: str
    """A value of bot.model.Outcome."""
    reason: str = ""
    detail: str = ""
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
    fix: str
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteLine:
    """What was understood or repaired on the way, and in how many cells."""

    title: str
    count: int


@dataclass(frozen=True, slots=True)
class OwedLine:
    """What the reporter must still send."""

    title: str
    due: Due
    returned: str = ""
    """The receipt under which it was last returned."""
    here: bool = False
    """It is returned by this very mail."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A reporter and the state of each form: a value of bot.model.State, or empty where it owes none."""

    reporter: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """The reporters of one region."""

    name: str
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Reporters × at most six forms, so that it fits a telephone."""

    forms: tuple[str, ...]
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class FormProgress:
    """How far a form is."""

    form: str
    accepted: int
    returned: int
    missing: int
    due: Due


@dataclass(frozen=True, slots=True)
class CallLine:
    """A reporter to call."""

    reporter: str
    missing: tuple[str, ...]
    overdue_days: int
    silent: bool
    """Nothing has ever come from it."""


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
