"""Where each obligation stands: the one read model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.model.decision import SignedCopy
    from bot.model.rules import Obligation


class State(StrEnum):
    """Where an obligation stands."""

    NOTHING = "nothing"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    NIL = "nil"


@dataclass(frozen=True, slots=True)
class Standing:
    """Campaign × reporter × form: reminders, the digest and ``bot status`` are views of it."""

    obligation: Obligation
    state: State = State.NOTHING
    revision: int = 0
    when: datetime | None = None
    late_days: int = 0
    errors: int = 0
    queries: int = 0
    receipt: str = ""
    signed: SignedCopy | None = None
    """The signed copy that came last, where the obligation asks for one."""

    @property
    def done(self) -> bool:
        """Tell whether its file is accepted, or it has nothing to tell."""
        return self.state in (State.ACCEPTED, State.NIL)

    @property
    def complete(self) -> bool:
        """Tell whether both halves are there, as far as both are asked for."""
        return self.done and not self.lacks_signed_copy

    @property
    def lacks_signed_copy(self) -> bool:
        """Tell whether a signed copy is asked for and has not come."""
        return bool(self.obligation.signed) and self.signed is None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of reminding a reporter of one deadline: told once."""

    campaign: str
    reporter: str
    day: date
    """The named day of the deadline."""
    number: int
    """Working days before that day; after it minus 1 for the first reminder of what is overdue, minus 2 …"""
