"""The lines about where a campaign stands, for the digest, the page and ``bot status``: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.reply.lines import Due


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
class ReviewLine:
    """What people made of the mails of one kind that they look at before they leave."""

    kind: str
    """``reply_returned``; ``refuse`` and ``answer`` stand for all that begin so."""
    awaiting: int = 0
    """They wait for leave to go."""
    drafts: int = 0
    """They lie among the drafts."""
    as_written: int = 0
    """They left as we wrote them."""
    changed: int = 0
    stopped: int = 0
    """Refused, or deleted unsent."""
    judged: int = 0
    """Of so many it is known what became of them."""
    rate: int = 0
    """So many of a hundred of these left as we wrote them."""


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
    silenced: int = 0
    """Addresses above a cap on answers in the week, some of whose mails got none."""
    dropped: int = 0
    """These mails."""
    reviewed: tuple[ReviewLine, ...] = ()
    """Mails that a person looks at before they leave."""
    may_order: bool = False
    """Who reads it may answer with orders to the machine."""
    sign_in_ends: str = ""
    """The day on which we may not sign in at the mail server any more, where that is near."""


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
    """As a :class:`bot.model.HeldReason` says it; empty where none is to be told."""
    messages: int


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
