"""How the daemon is: what it did last, what waits, and what of that needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  the health file is read back by these annotations
from enum import StrEnum


class Ill(StrEnum):
    """In what way something is not well; each is alarmed and recovers by itself."""

    SWEEP = "sweep"
    """The inbox was not read for too long."""
    SEND = "send"
    """The server takes no mail of ours."""
    JOB = "job"
    """Something that the clock should have started did not come to its end."""
    UNDECIDED = "undecided"
    """A message has waited too long for its decision."""
    DISK = "disk"
    """There is little room left."""
    LEDGER = "ledger"
    """The ledger cannot be read."""
    STUCK = "stuck"
    """A thread moves no more: only a new start helps."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something that the daemon does again and again. All times are seconds of a clock that nobody can set."""

    name: str
    done_ago: float
    """Since it came to its end well; since it was first expected, where it never has."""
    moved_ago: float
    """Since its last sign of life."""
    busy: bool = False
    """It is at work now."""
    failing_for: float | None = None
    """Since its first failure of those after which nothing came to its end well; None where there is none."""
    cause: str = ""
    """What its last failure was, in Vietnamese."""
    ever: bool = False
    """It has come to its end well since the start."""
    overdue_by: float = 0
    """How long ago the clock should have started it; 0 where it has."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is looked at to tell whether the daemon is well."""

    works: tuple[Work, ...]
    undecided_for: float = 0
    """Seconds for which the oldest undecided message has been known; 0 where none waits."""
    disk_free: int = 0
    """Bytes."""
    ledger_trouble: str = ""
    """Why the ledger could not be read, in Vietnamese."""
    ended: tuple[str, ...] = ()
    """Threads that have ended although nobody stopped them."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on something is not well: seconds, and bytes of free disk."""

    sweep: float
    send: float
    job: float
    undecided: float
    stuck: float
    disk: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is not well."""

    ill: Ill
    subject: str = ""
    """Which work, where that is not said by *ill*."""
    lasts: float = 0
    """Seconds."""
    cause: str = ""
    """In Vietnamese; empty where nothing more is known."""


@dataclass(frozen=True, slots=True)
class Health:
    """The daemon at one instant, as it tells everybody who asks."""

    at: datetime
    since: datetime
    """When it was started."""
    process: int
    vitals: Vitals
    troubles: tuple[Trouble, ...]

    @property
    def alive(self) -> bool:
        """Return whether a new start would mend nothing."""
        return all(one.ill is not Ill.STUCK for one in self.troubles)
