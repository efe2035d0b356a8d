"""The tables of the ledger, and nothing else. The UNIQUE constraints carry the promises; verbs stand in ``ledger``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Index,
    MetaData,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field, SQLModel

if TYPE_CHECKING:
    from sqlalchemy import Dialect

# Names of constraints are fixed by rule, so that a later migration can name them on every database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(TypeDecorator[datetime]):
    """An instant: stored in UTC, given back with its time zone. An instant without a zone is a bug and raises."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return *value* in UTC; raises ValueError where it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a time zone: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return *value* with the zone that SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(SQLModel):
    """What all tables share: their own catalogue, apart from any other SQLModel of the process."""

    metadata = MetaData(naming_convention=NAMES)


def _only(name: str, *columns: str, where: str) -> Index:
    """Return a partial index: it holds the few rows that still wait, however long the table grows."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Mailbox(Row, table=True):
    """How far a mailbox is known."""

    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(primary_key=True, sa_type=BigInteger)
    uid: int = Field(default=0, sa_type=BigInteger)
    """Every uid up to this one is known."""


class Message(Row, table=True):
    """One message as received, and its decision."""

    __table_args__ = (Index("ix_message_state", "state", "received_at"),)

    id: int = Field(default=None, primary_key=True)
    """The running number that the receipt prints."""
    sha256: str = Field(unique=True)
    size: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Utc)
    oversize: bool = False
    state: str = "received"
    """``received``, ``settled`` or ``aside``."""
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    error: str = ""
    outcome: str = ""
    receipt: str | None = Field(default=None, unique=True)
    reason: str = ""
    why: str = ""
    rules: str = ""
    code: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The version of the program that decided; empty for what was decided before it was kept."""
    reporter: str = ""
    campaign: str = ""
    documents: list[str] = Field(default_factory=list, sa_type=JSON)
    sender: str = Field(default="", index=True)
    sender_name: str = ""
    subject: str = ""
    message_id: str = ""
    settled_at: datetime | None = Field(default=None, sa_type=Utc, index=True)
    about: int | None = None
    """The number of the message about whose findings this one speaks."""


class Location(Row, table=True):
    """One copy of a message on a server."""

    __table_args__: tuple[Any, ...] = (
        UniqueConstraint("account", "folder", "uidvalidity", "uid"),
        _only("ix_location_unfiled", "account", "folder", "uidvalidity", "uid", where="filed_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    message: int = Field(foreign_key="message.id", index=True)
    account: str
    folder: str
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    found_at: datetime = Field(sa_type=Utc)
    filed_at: datetime | None = Field(default=None, sa_type=Utc)


class Part(Row, table=True):
    """One form or file of a message, with its verdict."""

    __table_args__ = (
        Index("ix_part_reporter", "reporter", "verdict", "campaign", "form", "revision"),
        Index("ix_part_content", "content"),
    )

    message: int = Field(primary_key=True, foreign_key="message.id")
    ordinal: int = Field(primary_key=True)
    received_at: datetime = Field(sa_type=Utc)
    """The message's own, so that the latest part is found in the index."""
    reporter: str = ""
    campaign: str = ""
    form: str = ""
    file: str = ""
    content: str = ""
    verdict: str
    """What it counts as now: that of the rules, or of the latest ruling (then also ``invalidated``)."""
    reason: str = ""
    detail: str = ""
    revision: int = 0
    late_days: int = 0
    rows: int = 0
    table_sha256: str = ""
    earlier: str = ""
    errors: int = 0
    queries: int = 0
    explained: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How many of the queries were explained since."""
    findings: int = 0
    """The exact number, also where not all are kept."""
    nil: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """The form says that there is nothing to tell."""


class Edition(Row, table=True):
    """One state of ``rules/`` by which something was decided."""

    rules: str = Field(primary_key=True)
    """The hash that decisions store."""
    bundle: str
    """SHA-256 of its files, packed, in the vault."""
    kept_at: datetime = Field(sa_type=Utc)


class Ruling(Row, table=True):
    """What the ministry decided on a part; rows are only ever added."""

    __table_args__ = (ForeignKeyConstraint(["message", "part"], ["part.message", "part.ordinal"]),)

    id: int = Field(default=None, primary_key=True)
    message: int = Field(index=True)
    part: int
    act: str
    before: str
    who: str
    at: datetime = Field(sa_type=Utc)
    note: str


class Extension(Row, table=True):
    """More time that was granted for one obligation; a row is never changed but to note that it was taken back."""

    __table_args__ = (Index("ix_extension_reporter", "reporter", "campaign", "form"),)

    id: int = Field(default=None, primary_key=True)
    campaign: str
    form: str
    reporter: str
    until: date
    words: str
    reason: str
    who: str
    at: datetime = Field(sa_type=Utc)
    ended_by: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class SignedCopy(Row, table=True):
    """A file of a message that counts as the signed copy of a narrative or form; one row for each."""

    __tablename__ = "signed_copy"
    __table_args__ = (Index("ix_signed_copy_reporter", "reporter", "campaign", "form", "received_at"),)

    message: int = Field(primary_key=True, foreign_key="message.id")
    ordinal: int = Field(primary_key=True)
    received_at: datetime = Field(sa_type=Utc)
    """The message's own."""
    reporter: str
    campaign: str
    form: str
    file: str
    content: str
    number: str = ""
    """``85/BC-UBND``; empty where no text of the file says it."""
    day: date | None = None


class Finding(Row, table=True):
    """One finding in words, as it was told."""

    __table_args__ = (ForeignKeyConstraint(["message", "part"], ["part.message", "part.ordinal"]),)

    message: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    rule: str
    severity: str
    title: str
    say: str
    fix: str
    sheet: str = ""
    cell: str = ""
    line: int = 0
    column_title: str = ""
    row_key: str = ""
    written: str = ""
    trial: bool = False
    number: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Under which the reply told it, together with others of its kind; 0 for one that it did not tell."""
    explained: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What the reporter had said about it before it was judged again."""


class Tally(Row, table=True):
    """How often a rule spoke about a part: exact, also where not every finding is kept in words."""

    __table_args__ = (ForeignKeyConstraint(["message", "part"], ["part.message", "part.ordinal"]),)

    message: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    severity: str = Field(primary_key=True)
    trial: bool = Field(primary_key=True)
    title: str
    findings: int


class Explanation(Row, table=True):
    """What a message says about one number of an earlier reply of ours."""

    message: int = Field(primary_key=True, foreign_key="message.id")
    ordinal: int = Field(primary_key=True)
    about: int = Field(foreign_key="message.id", index=True)
    """The message whose findings carry the number."""
    number: int
    reporter: str = Field(index=True)
    received_at: datetime = Field(sa_type=Utc)
    text: str
    doubt: bool
    """It doubts the rule, not the figure."""


class Stage(Row, table=True):
    """That a reminder tells a reporter of one stage of one deadline: once, whatever the clock does."""

    campaign: str = Field(primary_key=True)
    reporter: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    number: int = Field(primary_key=True)
    mail: str = Field(index=True)
    """The key in the outbox."""
    says: str = ""


class Unreachable(Row, table=True):
    """An address from which a mail of ours came back for good; nothing is sent there but answers."""

    address: str = Field(primary_key=True)
    since: datetime = Field(sa_type=Utc)
    status: str
    mail: str
    """The key in the outbox of the mail that came back."""


class Outbox(Row, table=True):
    """One mail of ours, from the moment it was decided until its copy lies in the folder of sent mail."""

    __table_args__: tuple[Any, ...] = (
        _only("ix_outbox_due", "due_at", "id", where="sent_at IS NULL AND dead_at IS NULL"),
        _only("ix_outbox_uncopied", "sent_at", "id", where="sent_at IS NOT NULL AND copied_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    message: int | None = Field(default=None, foreign_key="message.id", index=True)
    """The message that it answers; None for reminders and digests."""
    message_id: str = Field(index=True)
    recipients: str = Field(index=True)
    """One address per line."""
    subject: str
    raw: str
    """SHA-256 of its bytes in the vault."""
    created_at: datetime = Field(sa_type=Utc)
    due_at: datetime = Field(sa_type=Utc)
    tries: int = 0
    error: str = ""
    sent_at: datetime | None = Field(default=None, sa_type=Utc, index=True)
    dead_at: datetime | None = Field(default=None, sa_type=Utc)
    copied_at: datetime | None = Field(default=None, sa_type=Utc)
