"""The verdict on a message, and what was known when it was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from bot.model.answer import Agreed, Matter, Noted
    from bot.model.extension import Extension
    from bot.model.message import Outcome, RefusalReason
    from bot.model.order import Transcript
    from bot.model.rounds import Progress, Trace
    from bot.model.rules import Obligation, Severity
    from bot.model.standing import Standing
    from bot.model.table import Finding, Remark, SheetPlace, Understanding


@dataclass(frozen=True, slots=True)
class Settled:
    """An earlier part of this reporter, from the ledger."""

    campaign: str
    form: str
    verdict: Outcome
    revision: int
    content: str
    """SHA-256 of the file."""
    receipt: str
    received_at: datetime
    errors: int = 0
    table: str = ""
    """SHA-256 of the table that was read."""
    nil: bool = False
    """The form said that there is nothing to tell."""
    queries: int = 0
    traces: tuple[Trace, ...] = ()
    """Of the last revision, its errors and queries, so that the next one can tell what became of them."""
    spoken: Mapping[str, int] = field(default_factory=dict)
    """Rule → its errors and queries, where there are more of them than *traces* can hold."""


@dataclass(frozen=True, slots=True)
class SignedCopy:
    """The signed half of what an annex asks for, as received: a scan, a photo of the page, a signed PDF."""

    campaign: str
    form: str
    """The id of the narrative or form whose signed copy it is."""
    file: str
    content: str
    """SHA-256 of the file."""
    number: str = ""
    """``85/BC-UBND``, where the file has text that says it."""
    day: date | None = None
    receipt: str = ""
    received_at: datetime | None = None


class Act(StrEnum):
    """What the ministry may do to the verdict on a part."""

    ACCEPT = "accept"
    """It counts, whatever the rules say."""
    RETURN = "return"
    """It has to be corrected, whatever the rules say."""
    INVALIDATE = "invalidate"
    """It counts as if it had never come; the revision before it counts again."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """That the ministry itself decided on a part: kept for ever, never changed; the latest one counts."""

    act: Act
    who: str
    at: datetime
    note: str
    """Why, in the ministry's own words."""
    before: str
    """What the part counted as until then: ``accepted``, ``returned`` or ``invalidated``."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The mail of ours that a message answers, and what that mail was about."""

    key: str
    """Of the outbox: a reminder's says which one it is."""
    kind: str
    """The folder in ``templates/``."""
    raw: str
    """SHA-256 of its bytes in the vault."""
    message: int = 0
    """The number of the message whose findings it tells; 0 for a mail that nobody asked for."""
    sha256: str = ""
    """Of that message's raw bytes."""
    receipt: str = ""
    outcome: Outcome | None = None
    campaign: str = ""
    parts: tuple[Part, ...] = ()
    """With their findings and the numbers under which these were told."""
    explained: frozenset[int] = frozenset()
    """The numbers about which something was said already."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A query that was explained, in the reporter's words: while the value is the same, it is not asked again."""

    campaign: str
    form: str
    finding: Finding
    text: str


@dataclass(frozen=True, slots=True)
class Norm:
    """What is usual of a form's column among the reporters."""

    median: float
    """The median of the reporters' own medians, in the column's unit."""
    reporters: int


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger knows when a message is opened."""

    settled: tuple[Settled, ...] = ()
    kept: Mapping[str, Path] = field(default_factory=dict)
    """SHA-256 → its file in the vault: of each settled table, at which rules across forms and periods look, and of the
    mail that is answered with the message to which that replied."""
    taken_out: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Campaign and form → the highest revision that the ministry has invalidated: its number is not given again."""
    answered: Answered | None = None
    """The mail of ours that it answers; None where that is not known."""
    explained: tuple[Explained, ...] = ()
    signed: tuple[SignedCopy, ...] = ()
    """The latest signed copy of each narrative or form."""
    unreachable: frozenset[str] = frozenset()
    """Addresses from which a mail of ours came back."""
    neutral_reply_at: datetime | None = None
    """When this unknown address last got the neutral mail."""
    extensions: tuple[Extension, ...] = ()
    """What more time its reporter was granted."""
    transcript: Transcript | None = None
    """What the orders in the message have led to; None where it holds none."""
    norms: Mapping[tuple[str, str], Mapping[str, Norm]] = field(default_factory=dict)
    """Campaign and form → column → what is usual of it among all reporters."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a message, or one form of a workbook: each has its own verdict."""

    file: str
    content: str
    """SHA-256 of the file."""
    verdict: Outcome
    """ACCEPTED, RETURNED, DUPLICATE or REFUSED."""
    reason: RefusalReason | None = None
    detail: str = ""
    campaign: str = ""
    form: str = ""
    """The id within the campaign."""
    revision: int = 0
    late_days: int = 0
    """Calendar days after the named day; 0 is in time."""
    sheets: tuple[SheetPlace, ...] = ()
    understood: tuple[Understanding, ...] = ()
    findings: tuple[Finding, ...] = ()
    numbers: tuple[int, ...] = ()
    """For each finding the number under which the mail tells it; 0 for one that is not told. Empty until numbered."""
    table: str = ""
    """SHA-256 of the Parquet file in the vault."""
    earlier: str = ""
    """For a duplicate: the receipt under which the content was settled."""
    nil: bool = False
    """The form says that there is nothing to tell: "Không có"."""
    progress: Progress | None = None
    """Against the revision before; None for a first one."""
    counts: Settled | None = None
    """The accepted revision that still counts although this one is returned."""
    remarks: tuple[Remark, ...] = ()
    forms: tuple[tuple[str, str], ...] = ()
    """Of a refused part: campaign and form of what was probably meant, so that a blank of each helps."""

    @property
    def rows(self) -> int:
        """Return the number of data rows read."""
        return sum(sheet.rows for sheet in self.sheets)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of that severity which the reporter is told: none on trial, none explained before."""
        return tuple(one for one in self.findings if one.severity is severity and not one.trial and not one.explained)


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation that is still open."""

    obligation: Obligation
    title: str
    days_left: int | None
    """Calendar days until the named day; negative when it has passed; None without a deadline."""
    returned: str = ""
    """The receipt under which it was last returned."""
    signed_copy: bool = False
    """What is missing is the signed copy of it; else its file."""
    other_half: bool = False
    """Of the file and the signed copy, the one that is not missing here has come."""


@dataclass(frozen=True, slots=True)
class Nil:
    """What a mail means by having nothing to declare: forms by campaign and id."""

    words: str
    """Its own."""
    forms: tuple[tuple[str, str], ...] = ()
    """Settled by it."""
    unable: tuple[tuple[str, str], ...] = ()
    """Nothing is no answer to them."""
    kept: tuple[Settled, ...] = ()
    """Accepted before: left as they are."""
    which: tuple[tuple[str, str], ...] = ()
    """It is not clear which of these are meant; then nothing is settled."""


@dataclass(frozen=True, slots=True)
class Help:
    """What a mail asks for by a command, and what is to be told."""

    matter: Matter
    standings: tuple[Standing, ...]
    """Of all that the reporter owes in the campaigns under way."""
    wanted: tuple[tuple[str, str], ...] = ()
    """Campaign and form of each blank, the narratives among them."""
    narratives: tuple[tuple[str, str], ...] = ()
    """Those of *wanted* that have no blank."""
    unknown: str = ""
    """A name beside the command that none of the reporter's forms has."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one message."""

    outcome: Outcome
    receipt: str
    received_at: datetime
    rules: str
    """The hash of the rulebook it was made with."""
    reason: RefusalReason | None = None
    why: str = ""
    """For ignored and held: the mark by which it was recognised."""
    grounds: str = ""
    """For held: what our server found about the author. For what counts by the tokens of its
    blanks, or by a signature that was checked here: those."""
    reporter: str = ""
    campaign: str = ""
    parts: tuple[Part, ...] = ()
    documents: tuple[str, ...] = ()
    """Names of the other files that were kept, such as the signed letter."""
    signed: tuple[SignedCopy, ...] = ()
    """The signed copies among them, each for what it counts as."""
    owed: tuple[Owed, ...] = ()
    about: Answered | None = None
    """The mail of ours that the message answers."""
    noted: tuple[Noted, ...] = ()
    """What it says about the numbers of that mail."""
    nil: Nil | None = None
    """What it says of having nothing to declare."""
    agreed: Agreed | None = None
    """What came of its ĐỒNG Ý; None where it says no such thing."""
    matter: Matter | None = None
    """What a message that was answered is about."""
    help: Help | None = None
    """What it asks for."""
    would_be: Outcome | None = None
    """Of a trial: the outcome if it were counted."""
