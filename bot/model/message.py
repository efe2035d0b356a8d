"""A message as received, and the closed lists of how it may end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.model.answer import Answer
from bot.model.authentication import Authentication

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model.authentication import HeldReason
    from bot.model.rules import Reporter


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
    inside: str = ""
    """The name of the container it was taken out of, outermost first: ``ho-so.zip``, ``ho-so.zip/Quý 2``."""
    trouble: Unreadable | None = None
    """Why a container could not be unpacked, or an encrypted part not be read: then the data is the container's."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The headers that matter, decoded. Foreign text: never trusted, always one line."""

    sender: str
    """The address in From, lower case; empty where there is none."""
    sender_name: str = ""
    subject: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    """The Message-ID of the mail that it answers, as its mail program says."""
    references: tuple[str, ...] = ()
    """The Message-IDs of the thread, oldest first."""
    automatic: str = ""
    """Why a machine is talking (``auto-submitted``, ``null return path`` …); empty for a person."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery notice says of one recipient: the mail will never get there."""

    final: str
    """The address at which it ended, lower case."""
    original: str
    """The address that the sender wrote to, where the notice knows it."""
    status: str
    """``5.1.1`` (RFC 3463)."""
    of: str = ""
    """The Message-ID of the mail that came back; empty where the notice does not hold it."""
    sealed: bool = False
    """The mail that came back bears our own seal, which nobody can make who did not get it from us."""


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
    links: tuple[str, ...] = ()
    """Addresses of file stores (Drive, OneDrive …) in the sender's own words: known, never fetched."""
    words: str = field(default="", repr=False)
    """The sender's own words, without quotes and signature."""
    answer: Answer = field(default_factory=Answer)
    """What is said in the subject and in the sender's own words."""
    bounces: tuple[Bounce, ...] = ()
    """The recipients whom a delivery notice tells to be out of reach."""
    authentication: Authentication = field(default_factory=Authentication)
    """Whether the author in From is proved."""
    keys: tuple[str, ...] = ()
    """Names in the DNS of the keys by which the author might still be proved (RFC 6376), where signatures count."""


class Outcome(StrEnum):
    """How a message ends: a closed list, one of it for each message."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    DUPLICATE = "duplicate"
    ANSWERED = "answered"
    TRIAL = "trial"
    SIGNED = "signed"
    """Nothing but signed copies came: they are kept, and the files beside them are asked for."""
    REFUSED = "refused"
    HELD = "held"
    IGNORED = "ignored"
    DISMISSED = "dismissed"
    """It was held, and a person has said that it is nobody's report: nothing is done with it, and nobody is told."""
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
    OLD_VERSION = "old_version"
    """A layout of the form that was in use before it was changed."""
    WRONG_PERIOD = "wrong_period"
    """The form names a period that cannot be meant: not yet over, none of the request's, or settled long ago."""
    SAME_FORM_TWICE = "same_form_twice"
    """One form stands twice in a mail, with different rows: nobody says which counts."""
    OTHER_REPORTER = "other_reporter"
    """The file names a province that is not the sender's."""
    OTHER_MINISTRY = "other_ministry"
    """The form belongs to a campaign that another mailbox collects."""
    LINK_ONLY = "link_only"
    """No file, but a link to one in Drive, OneDrive or another store, which is never fetched."""
    PROTECTED = "protected"
    """The mail itself is encrypted (S/MIME, PGP)."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a registered sender has handed in: the files that may hold a form, in the order of the mail."""

    reporter: Reporter
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """A registered sender's mail without a file, in whose words something is said to us."""

    reporter: Reporter


@dataclass(frozen=True, slots=True)
class Refusal:
    """A registered sender's mail that cannot become a submission."""

    reporter: Reporter
    reason: RefusalReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that waits for the ministry: whom it comes from is not known, or not proved."""

    reason: HeldReason
    grounds: str = ""
    """What our server found about the author, as it wrote it."""


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
    forms: tuple[tuple[str, str], ...] = ()
    """Campaign and form of what was probably meant: a blank of each helps. One alone is the form itself."""
