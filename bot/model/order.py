"""What an officer of the ministry orders by mail, and what is told him about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model.standing import Standing


class Verb(StrEnum):
    """What may be ordered: a closed list."""

    EXTEND = "extend"
    """``GIA HẠN Nghệ An I.1 20/7 lý do …``"""
    ACCEPT = "accept"
    """``CHẤP NHẬN 12-40-0057``"""
    RETURN = "return"
    """``TRẢ LẠI 12-40-0057 lý do …``"""
    REGISTER = "register"
    """``DUYỆT NGƯỜI GỬI bql@nghean.example Nghệ An``"""
    STATUS = "status"
    """``TRẠNG THÁI``, ``TRẠNG THÁI Nghệ An``"""
    GUIDE = "guide"
    """``HƯỚNG DẪN``"""
    CONFIRM = "confirm"
    """``XÁC NHẬN K7QM-3XTP``"""


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as somebody wrote it: ``20/7``, ``20/7/2012``. It need not be one that exists."""

    day: int
    month: int
    year: int = 0
    """0 where none is written."""


@dataclass(frozen=True, slots=True)
class Order:
    """One line that is a command, as understood from the text alone: whom it names is for others to find out."""

    verb: Verb
    text: str
    """The line, as it was written."""
    about: str = ""
    """Whom and what it names: ``Nghệ An I.1``, the name of a reporter; of a decision the form, mostly empty."""
    key: str = ""
    """A receipt, an address or a code, as the verb has it."""
    day: WrittenDay | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that is no command; where it seems meant as one, the nearest."""

    text: str
    near: Verb | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """What stands in the own words of a mail, line by line."""

    lines: tuple[Order | Misread, ...] = ()
    left_out: int = 0
    """Commands beyond the most that one mail may hold: none of them is looked at."""

    @property
    def any_meant(self) -> bool:
        """Return whether at least one line is, or seems meant as, a command."""
        return any(isinstance(one, Order) or one.near for one in self.lines)


class Ending(StrEnum):
    """What became of a line."""

    SHOWN = "shown"
    """It only asked, and is answered in the same mail."""
    ASKED = "asked"
    """It waits for a confirmation."""
    DONE = "done"
    REFUSED = "refused"
    MISREAD = "misread"


class Why(StrEnum):
    """Why an order is refused: a closed list."""

    NOT_BY_MAIL = "not_by_mail"
    """It cannot be done by mail yet."""
    NO_REPORTER = "no_reporter"
    """Nobody has that name; ``known`` are the nearest."""


@dataclass(frozen=True, slots=True)
class Refused:
    """That an order cannot be carried out; what stands in it is for whoever words it."""

    why: Why
    named: str = ""
    """What was named and is not there, or is in the way."""
    known: tuple[str, ...] = ()
    """What there is instead."""


@dataclass(frozen=True, slots=True)
class ToldOrder:
    """What an officer is told about one of his lines."""

    text: str
    fate: Ending
    verb: Verb | None = None
    """What it is, or seems meant as."""
    refused: Refused | None = None
    reporter: str = ""
    """The code of whom it is about."""
    standings: tuple[Standing, ...] = ()
    """What was asked for."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that one mail of an officer led to."""

    lines: tuple[ToldOrder, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Ordering:
    """A mail of an officer who is proved to have written it, in which he orders something."""

    officer: str
    """His address, as it is written in the mail."""
    orders: Orders
