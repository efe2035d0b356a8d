"""An official letter as values: what it asks for, from whom, by when, each with the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from bot.model.rules import Rhythm


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a letter, and the sentence in which they stand."""

    words: str
    sentence: str


class Concluded(StrEnum):
    """What of a day was concluded, because the letter does not write it."""

    NOTHING = ""
    YEAR = "year"
    """The letter names day and month; the year is the next one in which that day comes."""
    LAST_DAY = "last_day"
    """The letter names a month, a quarter or a year; the day is its last one."""
    COUNTED = "counted"
    """The letter counts days from its own date."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time by which a letter wants something."""

    words: str
    """As the letter writes it, on one line: ``trước ngày 15/7/2012``."""
    sentence: str
    day: date | None
    """The last day that the words name; None where they name none: ``sau 15 ngày kể từ ngày nhận``."""
    deadline: str = ""
    """The words for a campaign's ``deadline``: as *words*, with the whole date as the first one in them; with
    ``{nam}`` for the year in what recurs. Empty where there is no day."""
    rhythm: Rhythm | None = None
    """How often it comes back."""
    concluded: Concluded = Concluded.NOTHING
    hour: str = ""
    """The hour that the letter names besides, as written: ``17h00``."""
    forms: tuple[str, ...] = ()
    """The forms and annexes that are due then, by their marks: ``III.4`` (Biểu), ``PL-I`` (Phụ lục), ``M-02`` (Mẫu)."""
    narrative: bool = False
    """Whether a written account is due."""
    owed_by: str = ""
    """The condition on the register of those whom its clause or its number names; empty for all addressees."""
    of_reporters: bool = True
    """Whether reporters must keep it; other limits bind the ministry itself, or offices within a province."""


@dataclass(frozen=True, slots=True)
class LetterContact:
    """Whom the letter tells to ask: an office, never a person."""

    role: str
    """The offices that the sentence names, the smallest first; empty where it names none."""
    telephone: str
    """The numbers as written; empty where there is none."""
    sentence: str


@dataclass(frozen=True, slots=True)
class OfficialLetter:
    """What a letter says of a campaign; None and empty where it does not."""

    number: Quoted | None = None
    """``10009/BCT-CNĐP``."""
    issued: date | None = None
    issued_line: str = ""
    """Place and date as written, also where the day is blank."""
    title: str = ""
    """The trích yếu."""
    ministry: Quoted | None = None
    department: Quoted | None = None
    addressees: tuple[Quoted, ...] = ()
    """Whom it is addressed to; from the text where there is no "Kính gửi"."""
    owed_by: str = ""
    """The condition on the register of reporters that these words mean; empty where they are not understood."""
    limits: tuple[Limit, ...] = ()
    addresses: tuple[Quoted, ...] = ()
    """Mail addresses in the order of the text, each once."""
    places: tuple[Quoted, ...] = ()
    """Other addresses: where paper is sent, pages on the web."""
    contact: LetterContact | None = None
    basis: tuple[str, ...] = ()
    """The acts that it cites, each once."""
    forms: tuple[str, ...] = ()
    """All forms and annexes that it names, in its order."""

    @property
    def deadlines(self) -> tuple[Limit, ...]:
        """Return the limits that reporters must keep."""
        return tuple(one for one in self.limits if one.of_reporters)

    @property
    def other_limits(self) -> tuple[Limit, ...]:
        """Return the limits of somebody else."""
        return tuple(one for one in self.limits if not one.of_reporters)
