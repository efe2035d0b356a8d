"""The lines of the mails that answer words: what was noted, what there is nothing of, where everything stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.reply.lines import Due, FindingLine, ReturnedLine


@dataclass(frozen=True, slots=True)
class NotedLine:
    """What a reporter said about one number, and what comes of it."""

    number: int
    effect: str
    """A value of bot.model.Effect."""
    text: str
    finding: FindingLine | None
    """What stood under the number; None where there is no such number."""
    error: bool
    """It is one that must be put right."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was said about the numbers of an earlier mail of ours."""

    receipt: str
    """Which that mail names."""
    kept: tuple[NotedLine, ...]
    """Those that are passed on to the ministry."""
    others: tuple[NotedLine, ...]
    left: tuple[FindingLine, ...]
    """Queries of that mail about which nothing was said yet."""
    errors: int
    """How many lines of that mail are errors."""


@dataclass(frozen=True, slots=True)
class NilLine:
    """What a mail means by having nothing to declare."""

    words: str
    """Its own."""
    forms: str
    """Settled by it; empty where none is."""
    unable: str
    """Forms to which nothing is no answer."""
    kept: tuple[ReturnedLine, ...]
    """Accepted before, and left as they are; each with its receipt."""
    which: str
    """One of these may be meant; then nothing is settled."""
    example: str
    """One of them, as it may be written in an answer."""


@dataclass(frozen=True, slots=True)
class StandingLine:
    """Where one form of the reporter stands."""

    form: str
    state: str
    """A value of bot.model.State."""
    revision: int
    received: str
    receipt: str
    errors: int
    queries: int
    """Those that nobody has explained yet."""


@dataclass(frozen=True, slots=True)
class StandingGroup:
    """Forms of one campaign with the same deadline."""

    campaign: str
    due: Due
    lines: tuple[StandingLine, ...]
