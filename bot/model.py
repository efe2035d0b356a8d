"""The words of the project as types, in the order in which a message flows.

Imports nothing of ours. Everything is frozen: a step takes values and gives new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

    import pyarrow as pa

# ------------------------------------------------------------------------------------------------------------
# The ministry's knowledge: rules/
# ------------------------------------------------------------------------------------------------------------


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """It blocks: the sheet is returned."""
    QUERY = "query"
    """It asks: the number may stay if it is explained."""
    NOTE = "note"
    """It informs: something was understood or repaired on the way."""


class Status(StrEnum):
    """The life of a rule: the findings of a trial rule go to the ministry only."""

    TRIAL = "trial"
    ACTIVE = "active"
    RETIRED = "retired"


ColumnType = Literal["text", "integer", "decimal", "percent", "date", "year", "choice", "identifier"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of a column, with the other wordings that mean it."""

    value: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form; matched by its header's words, never by its position."""

    key: str
    """The form's own Vietnamese words in ASCII: ``dien_tich_thue_ha``."""
    header: tuple[str, ...]
    """Accepted wordings, the official one first. ``A > B`` means B under the merged header A."""
    type: ColumnType
    unit: str | None = None
    required: bool = False
    required_when: str | None = None
    """An SQL condition over the row's columns under which an empty cell is an error."""
    min: Decimal | None = None
    max: Decimal | None = None
    above: Decimal | None = None
    """An exclusive lower bound."""
    choices: tuple[Choice, ...] = ()
    sum: bool = False
    """The total row of the sheet must hold the sum of this column."""
    example: str = ""

    @property
    def title(self) -> str:
        """Return the official header, as it is named in replies."""
        return self.header[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wrong in general; a finding is what is wrong here."""

    id: str
    title: str
    severity: Severity
    status: Status
    since: date
    source: str
    cell: str
    """The key of the column whose cell is named."""
    say: str
    """One sentence with ``{column_key}`` places, filled with the values of the row."""
    fix: str
    require: str | None = None
    """An SQL condition that every row must meet; NULL says nothing."""
    query: str | None = None
    """Or a SELECT that yields ``_sheet, _row`` and evidence columns of each offending row."""
    good: tuple[Mapping[str, object], ...] = ()
    bad: tuple[Mapping[str, object], ...] = ()
    columns: tuple[str, ...] = ()
    """The columns that its SQL reads, found by the loader in the syntax tree."""


@dataclass(frozen=True, slots=True)
class Form:
    """A spreadsheet layout to fill in: one TOML file."""

    id: str
    campaign: str
    title: str
    source: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    row_key: tuple[str, ...]
    """The columns that say which thing a row is about (a project's certificate, a park's name)."""
    sequence: str | None = None
    """The column of running numbers (TT); a Roman numeral or a letter there marks a group row."""
    group: str | None = None
    """The column whose value a group row may give for the rows below it."""

    @property
    def full_id(self) -> str:
        """Return the name that is unique among all campaigns: ``2012-kkt-kcn/III.4``."""
        return f"{self.campaign}/{self.id}"

    def column(self, key: str) -> Column:
        """Return the column of that key; raises KeyError where there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date in the letter's own words."""

    words: str
    """``trước ngày 15/7/2012``: what replies print."""
    day: date
    """The day that the words name."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """That a reporter must send a form in a campaign."""

    campaign: str
    form: str
    """The id within the campaign."""
    reporter: str
    deadline: Deadline | None
    """None where the letter gives none; then nobody is reminded and nothing is late."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a reporter may call: a role, never a person's name."""

    role: str
    telephone: str = ""
    hours: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One official request."""

    id: str
    title: str
    ministry: str
    department: str
    dispatch: str
    """Number and date of the letter, as replies cite it; empty where they are not known."""
    opened: date
    contact: Contact
    basis: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    """The ids of its forms, in the letter's order."""
    reminders: tuple[int, ...] = ()
    """Stages, as working days before the deadline."""
    closed: date | None = None


@dataclass(frozen=True, slots=True)
class Reporter:
    """A body that must report."""

    code: str
    name: str
    """``Nghệ An``."""
    full_name: str
    """``Tỉnh Nghệ An``."""
    addressee: str
    """As "Kính gửi" names it."""
    kind: str
    """``tinh`` (a province or a centrally run city), ``tap_doan`` (a corporation) …"""
    region: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    """The addresses that may speak for it, from the operator's contacts file; ``*@domain`` is a whole domain."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of a finding that the machine makes by itself (required, type, bounds …), from ``rules/chung.toml``."""

    id: str
    title: str
    severity: Severity
    say: str
    fix: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All of ``rules/``, loaded as one."""

    campaigns: tuple[Campaign, ...]
    forms: tuple[Form, ...]
    reporters: tuple[Reporter, ...]
    obligations: tuple[Obligation, ...]
    notices: Mapping[str, Notice]
    hash: str
    """SHA-256 over the names and bytes of all files: each decision stores it."""

    def campaign(self, campaign_id: str) -> Campaign:
        """Return the campaign of that id; raises KeyError where there is none."""
        return next((one for one in self.campaigns if one.id == campaign_id), None) or _missing(campaign_id)

    def form(self, full_id: str) -> Form:
        """Return the form of that full id; raises KeyError where there is none."""
        return next((one for one in self.forms if one.full_id == full_id), None) or _missing(full_id)

    def reporter(self, code: str) -> Reporter:
        """Return the reporter of that code; raises KeyError where there is none."""
        return next((one for one in self.reporters if one.code == code), None) or _missing(code)

    def obligation(self, campaign: str, form: str, reporter: str) -> Obligation | None:
        """Return what that reporter owes for the form, or None where it owes nothing."""
        wanted = (campaign, form, reporter)
        return next((one for one in self.obligations if (one.campaign, one.form, one.reporter) == wanted), None)


def _missing(name: str) -> NoReturn:
    raise KeyError(name)


# ------------------------------------------------------------------------------------------------------------
# Receive: a message, and what hangs on it
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a message."""

    name: str
    """The shown name: a base name, composed, one line; may be empty."""
    data: bytes = field(repr=False)
    sha256: str
    content_type: str = ""
    inline: bool = False
    """A picture inside the text, such as a logo in a signature."""
    damaged: bool = False
    """The transfer encoding was cut or broken: the bytes are not what was sent."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The headers that matter, decoded. Foreign text: never trusted, always one line."""

    sender: str
    """The address in From, lower case; empty where there is none."""
    sender_name: str = ""
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    """The Message-IDs of the thread, oldest first."""
    automatic: str = ""
    """Why a machine is talking (``auto-submitted``, ``null return path`` …); empty for a person."""


@dataclass(frozen=True, slots=True)
class Message:
    """One RFC 5322 message as received."""

    sha256: str
    """Of its raw bytes: its identity."""
    received_at: datetime
    """By the server's clock (INTERNALDATE), never by the Date header."""
    heading: Heading
    text: str
    attachments: tuple[Attachment, ...]
    defects: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------------------
# Outcomes
# ------------------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """How a message ends: a closed list, one of it for each message."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    HELD = "held"
    IGNORED = "ignored"
    FAILED = "failed"


class RefusalReason(StrEnum):
    """Why something could not become a submission; each has its mail, ``refuse_<reason>``."""

    NO_ATTACHMENT = "no_attachment"
    """No file at all."""
    WRONG_TYPE = "wrong_type"
    """Only files that are not data files: a PDF, a picture, a document, an archive."""
    EMPTY_FILE = "empty_file"
    """Zero bytes."""
    ENCRYPTED = "encrypted"
    """The workbook has a password."""
    DAMAGED = "damaged"
    """Cut off, or broken inside."""
    TOO_LARGE = "too_large"
    """Over a limit: the mail, the file, or what it unpacks to."""
    UNKNOWN_FORM = "unknown_form"
    """A workbook in which no form of an open campaign is found."""
    AMBIGUOUS_FORM = "ambiguous_form"
    """One sheet fits two forms equally."""
    EMPTY_FORM = "empty_form"
    """The form is there, its table holds no row."""
    OTHER_REPORTER = "other_reporter"
    """The file names a province that is not the sender's."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a registered sender has handed in: the files that may hold a form, in the order of the mail."""

    reporter: Reporter
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A registered sender's mail that cannot become a submission."""

    reporter: Reporter
    reason: RefusalReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that waits for the ministry: its sender is not known."""

    why: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A mail that is not for us to answer."""

    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is no workbook we can read, with its true cause."""

    reason: RefusalReason
    detail: str = ""
    """What it is instead, in the reader's words: ``PDF``, ``ảnh`` …"""


# ------------------------------------------------------------------------------------------------------------
# Read and check: tables and findings
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """Where one table lies on its sheet."""

    name: str
    letters: Mapping[str, str]
    """Column key → the sheet's column letter."""
    header_row: int
    """The last row of the header, counted from 1."""
    rows: int
    """How many data rows were read."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """A header that was taken for a column although it is not one of the accepted wordings."""

    sheet: str
    letter: str
    written: str
    column: str
    """The official title."""


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A row of totals, as written."""

    sheet: int
    row: int
    label: str
    values: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one form in one workbook, as understood.

    ``data`` holds one Arrow column for each column of the form (null where the cell is empty or bad), and
    ``_sheet`` (int16, index into ``sheets``), ``_row`` (int32, the sheet's own row number).
    Arrow types: text, choice, identifier → string; integer, year → int64; decimal, percent → decimal128(21, 6);
    date → date32.
    """

    form: str
    """The full id."""
    data: pa.Table
    sheets: tuple[SheetPlace, ...]
    totals: tuple[TotalRow, ...] = ()
    understood: tuple[Understanding, ...] = ()
    bad: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    """Column key → the (sheet, row) whose cell is written but unusable; no rule speaks about them again."""
    reporter_named: str = ""
    """The text of the title block in which a province may be named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell, column or total that breaks the form's own layout: evidence without prose.

    The sentence comes from the notice of that id in ``rules/chung.toml``.
    """

    notice: str
    """``thieu_gia_tri``, ``khong_phai_so`` …"""
    sheet: int
    """Index into the table's sheets."""
    row: int
    """The sheet's own row number; 0 for a problem of a whole column."""
    column: str
    """Column key."""
    written: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """What else the notice's sentence names, already written as people read it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands, as Excel shows it."""

    sheet: str = ""
    cell: str = ""
    """``J14``; empty for a finding about a whole column, sheet or file."""
    row: int = 0
    column: str = ""
    """The column's official title."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong here: a value, with its place and its cure."""

    rule: str
    severity: Severity
    title: str
    """What is wrong in general: findings of one rule are grouped under it."""
    say: str
    """What was seen here, in one sentence."""
    fix: str
    place: Place
    row_key: str = ""
    """Which thing the row is about, so that a finding keeps its identity when rows move."""
    written: str = ""
    """The cell as it was written."""
    trial: bool = False


# ------------------------------------------------------------------------------------------------------------
# Decide
# ------------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger knows when a message is opened."""

    settled: tuple[Settled, ...] = ()
    neutral_reply_at: datetime | None = None
    """When this unknown address last got the neutral mail."""


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
    table: str = ""
    """SHA-256 of the Parquet file in the vault."""
    earlier: str = ""
    """For a duplicate: the receipt under which the content was settled."""

    @property
    def rows(self) -> int:
        """Return the number of data rows read."""
        return sum(sheet.rows for sheet in self.sheets)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of that severity which the reporter may see."""
        return tuple(one for one in self.findings if one.severity is severity and not one.trial)


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation that is still open."""

    obligation: Obligation
    title: str
    days_left: int | None
    """Calendar days until the named day; negative when it has passed; None without a deadline."""
    returned: str = ""
    """The receipt under which it was last returned."""


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
    reporter: str = ""
    campaign: str = ""
    parts: tuple[Part, ...] = ()
    documents: tuple[str, ...] = ()
    """Names of the other files that were kept, such as the signed letter."""
    owed: tuple[Owed, ...] = ()


# ------------------------------------------------------------------------------------------------------------
# Reply and send
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that we attach."""

    name: str
    data: bytes = field(repr=False)
    content_type: str = "application/octet-stream"
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail of ours before it becomes bytes: its texts are rendered, its headers are not yet built."""

    key: str
    """Unique: ``reply:<sha256>``, ``remind:<campaign>/<reporter>/<stage>``, ``digest:<campaign>/<iso week>``."""
    kind: str
    """The folder in ``templates/``: ``reply_accepted``, ``refuse_password``, ``reminder``, ``digest`` …"""
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    cc: tuple[str, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of ours as bytes, ready for the outbox."""

    key: str
    kind: str
    message_id: str
    to: tuple[str, ...]
    """The envelope: the addresses of To and Cc."""
    subject: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settlement:
    """All that one message leads to; committed in one transaction."""

    decision: Decision
    heading: Heading
    mails: tuple[Mail, ...] = ()
    tables: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """SHA-256 → Parquet."""


# ------------------------------------------------------------------------------------------------------------
# Standing: the one read model
# ------------------------------------------------------------------------------------------------------------


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
