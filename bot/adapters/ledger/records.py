"""What the ledger gives and takes: frozen records, so that nobody outside holds a row of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model import Fate, Finding, Outcome, Ruling, Severity
    from bot.model.health import Ill


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One folder of one login, as long as the server keeps its numbers (RFC 9051 section 2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail found in a mailbox, its bytes already in the vault."""

    uid: int
    sha256: str
    size: int
    """Bytes, as the server says."""
    received_at: datetime
    """The server's INTERNALDATE."""
    oversize: bool = False
    """Over the limit: only its header was fetched and kept."""
    registered: bool = True
    """It says that it is from a registered address; that is believed for its place in line, and for nothing else."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A message that waits for its decision."""

    id: int
    """The running number that its receipt prints."""
    sha256: str
    size: int
    received_at: datetime
    tries: int
    """How often we failed on it."""
    oversize: bool
    vouched: str = ""
    """The reporter whose mail a person has said it to be."""
    proved: str = ""
    """By which signature its author was found to be proved; empty where none was, or nobody has looked."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A settled message in which rules had a say: of a known reporter, read in full."""

    id: int
    receipt: str
    sha256: str
    received_at: datetime
    settled_at: datetime
    reporter: str


@dataclass(frozen=True, slots=True)
class Unfiled:
    """A copy on the server whose message is decided, still lying where it came in."""

    location: int
    uid: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """Something of which it was told that it is not well, and not yet that it is over."""

    id: int
    ill: Ill
    subject: str
    began_at: datetime
    waits: bool
    """The mail that tells it is not sent yet."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The whole ledger in figures."""

    received_total: int
    """Distinct messages."""
    undecided: int
    """Received and not decided, whether due for a try now or later."""
    set_aside: int
    by_outcome: Mapping[str, int]
    outbox_pending: int
    """Neither sent nor given up, nor possibly sent."""
    outbox_dead: int
    """Given up."""
    outbox_sent: int
    oldest_undecided: datetime | None = None
    oldest_pending: datetime | None = None
    """When the oldest mail that is neither sent nor given up was put into the outbox."""
    unfiled: int = 0
    """Copies on servers whose message is decided and which are not yet moved."""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One part of a decision as it was committed."""

    file: str
    content: str
    verdict: Outcome
    """As it was told; what the ministry decided since is in *rulings*."""
    reason: str
    detail: str
    campaign: str
    form: str
    revision: int
    late_days: int
    rows: int
    table: str
    """SHA-256 of the Parquet file in the vault; empty where there is none."""
    earlier: str
    errors: int
    queries: int
    findings_total: int
    """The exact number; at most 2,000 of them are kept in words."""
    findings: tuple[Finding, ...] = ()
    ordinal: int = 0
    """Its number among the parts of the message."""
    counts_as: str = ""
    """What it counts as now: the verdict, or what the latest ruling says."""
    rulings: tuple[Ruling, ...] = ()
    """Oldest first."""


@dataclass(frozen=True, slots=True)
class ShownMail:
    """One mail of ours about the message."""

    key: str
    kind: str
    message_id: str
    to: tuple[str, ...]
    subject: str
    raw: str
    created_at: datetime
    tries: int
    error: str
    sent_at: datetime | None
    dead_at: datetime | None
    way: str = "live"
    fate: Fate | None = None
    """What a person made of it."""
    drafted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SentDigest:
    """A digest that a server has taken."""

    key: str
    """Of the outbox: ``digest:campaign/2012-W27``."""
    raw: str
    """SHA-256 of its bytes in the vault."""
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time in which a part counted as accepted."""

    reporter: str
    form: str
    """The id within the campaign."""
    since: datetime
    until: datetime | None
    """None where it counts until today."""


@dataclass(frozen=True, slots=True)
class ShownExplanation:
    """What a reporter said about one number of a reply of ours."""

    about: str
    """The receipt that the reply names."""
    number: int
    text: str
    doubt: bool
    """It doubts the rule, not the figure."""
    receipt: str
    """Of the mail that says it."""
    received_at: datetime
    reporter: str
    campaign: str
    form: str
    title: str
    """What the number was about."""
    cell: str
    """The first of its cells, empty where it has none."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything about one message, for ``bot show RECEIPT``."""

    id: int
    sha256: str
    size: int
    received_at: datetime
    state: str
    """``received``, ``settled`` or ``aside``."""
    tries: int
    error: str
    """Our last failure on it."""
    outcome: str
    """Empty while it is undecided."""
    receipt: str
    reason: str
    why: str
    sender: str
    sender_name: str
    subject: str
    message_id: str
    reporter: str
    campaign: str
    rules: str
    code: str
    """The version of the program that decided; empty where it is not known."""
    documents: tuple[str, ...]
    settled_at: datetime | None
    locations: tuple[tuple[Mailbox, int], ...] = ()
    """Where its copies came in: mailbox and uid."""
    parts: tuple[ShownPart, ...] = ()
    mails: tuple[ShownMail, ...] = ()
    explanations: tuple[ShownExplanation, ...] = ()
    """What this message says of earlier ones, and what later ones say of it; in the order of their arrival."""
    grounds: str = ""
    """What is known about its author, where that has decided: what our server found, the signature, or the blanks."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The revision of a reporter's form that counts."""

    campaign: str
    form: str
    reporter: str
    receipt: str
    received_at: datetime
    revision: int
    late_days: int
    file: str
    content: str
    """SHA-256 of the file."""
    table: str
    """SHA-256 of the Parquet file in the vault; empty where nothing was to be told, or for a narrative."""
    rows: int
    nil: bool
    open_queries: int
    """Points to explain about which the reporter has said nothing yet."""


@dataclass(frozen=True, slots=True)
class SentPart:
    """One part of what a reporter sent."""

    receipt: str
    reporter: str
    campaign: str
    form: str
    """Empty for a file that holds no form."""
    file: str
    revision: int
    counts_as: str
    """The verdict, or what the ministry decided since."""
    errors: int
    queries: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DecidedPart:
    """A form that was accepted or returned in a period."""

    reporter: str
    campaign: str
    form: str
    verdict: Outcome
    revision: int
    late_days: int
    rows: int
    errors: int
    queries: int
    receipt: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule spoke in a period: in how many parts, and in how many findings."""

    rule: str
    title: str
    severity: Severity
    trial: bool
    parts: int
    findings: int


@dataclass(frozen=True, slots=True)
class HeldSender:
    """An address whose mail was held in a period, for one reason, and still is."""

    sender: str
    why: str
    messages: int
    last: datetime
    receipt: str
    """Of the latest one."""


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that waits for the ministry."""

    id: int
    receipt: str
    received_at: datetime
    sender: str
    sender_name: str
    subject: str
    why: str
    """As a :class:`bot.model.HeldReason` says it."""
    grounds: str
    """What our server found about the author."""
    is_dismissed: bool
    """A person has said that it concerns nobody, so it does not wait any more."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A message that is set aside now."""

    message: int
    receipt: str
    received_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided in a period: the facts of a digest."""

    by_outcome: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[DecidedPart, ...] = ()
    """Accepted and returned ones, oldest first."""
    rules: tuple[RuleCount, ...] = ()
    """The most frequent first: by parts, then by findings."""
    held: tuple[HeldSender, ...] = ()
    """By address."""
    explanations: tuple[ShownExplanation, ...] = ()
    """In the order of their arrival."""
    aside: tuple[Aside, ...] = ()
    """All that are set aside now, whenever that was: each still needs a person."""
