"""What an officer of the ministry orders by mail, and what is told him about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model.audit import AuditEntry
    from bot.model.contacts import Registration
    from bot.model.decision import Ruling
    from bot.model.extension import Extension
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
    DISMISS = "dismiss"
    """``BỎ QUA 12-00-0058``, ``BỎ QUA nam@hop-thu.example``"""
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
    """Why something that a person of the ministry wants is not done: a closed list, for the terminal and for mails."""

    NO_REPORTER = "no_reporter"
    """Nobody has that name; ``known`` are the nearest."""
    NO_FORMS = "no_forms"
    """No form is named; ``known`` are those that ``named``, the reporter, owes."""
    NOT_OWED = "not_owed"
    """The reporter does not owe the form; ``known`` are the reporter and what it owes."""
    IN_SEVERAL = "in_several"
    """The form is owed in several campaigns: ``known``."""
    NO_SUCH_DAY = "no_such_day"
    """The day does not exist, or none of that name is still to come in the campaign."""
    NO_REASON = "no_reason"
    NOT_LATER = "not_later"
    """The day is not after the deadline; ``known`` are its words."""
    AFTER_CLOSE = "after_close"
    """The campaign is not followed for so long; ``known`` are its last day and its family."""
    NO_RECEIPT = "no_receipt"
    NOT_WAITING = "not_waiting"
    """The mail, or any of the sender, does not wait for the ministry."""
    NO_PART = "no_part"
    """The message holds no form that was judged; ``known`` may be the receipt under which the content came before."""
    WHICH_PART = "which_part"
    """The message holds several forms: ``known``."""
    NO_SUCH_PART = "no_such_part"
    ALREADY = "already"
    """The form ``known`` counts as that already; the second of ``known`` says as what."""
    NO_ADDRESS = "no_address"
    RESERVED_ADDRESS = "reserved_address"
    """It is that of an officer, or our own."""
    KNOWN_ADDRESS = "known_address"
    """It speaks for ``known`` already."""
    TWICE = "twice"
    """An earlier line of the same mail is about the same thing."""
    WRONG_CODE = "wrong_code"
    """No such code was ever given."""
    OTHERS_CODE = "others_code"
    """The code was given to somebody else."""
    EXPIRED = "expired"
    USED = "used"
    CHANGED = "changed"
    """Between order and confirmation, what it is about has changed."""


@dataclass(frozen=True, slots=True)
class Refused:
    """That an order cannot be carried out; what stands in it is for whoever words it."""

    why: Why
    named: str = ""
    """What was named and is not there, or is in the way."""
    known: tuple[str, ...] = ()
    """What there is instead."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an order changes for one form."""

    campaign: str
    form: str
    before: str
    """The words of the deadline until now; of a decision, what the part counts as."""
    after: str
    late_days: int = 0
    """After the change: how many days it is overdue all the same."""
    stands: tuple[Standing, Standing] | None = None
    """Where the obligation stands, and where it will; None where that does not depend on it."""

    @property
    def facts(self) -> tuple[str, str, str, str]:
        """Return what must be the same when the order is confirmed."""
        return self.campaign, self.form, self.before, self.after


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A held mail that a line is about."""

    receipt: str
    received_at: datetime
    subject: str
    sender: str = ""


@dataclass(frozen=True, slots=True)
class ToldOrder:
    """What an officer is told about one of his lines."""

    text: str
    ending: Ending
    verb: Verb | None = None
    """What it is, or seems meant as."""
    refused: Refused | None = None
    reporter: str = ""
    """The code of whom it is about."""
    standings: tuple[Standing, ...] = ()
    """What was asked for."""
    changes: tuple[Change, ...] = ()
    """What it changes, or has changed."""
    receipt: str = ""
    revision: int = 0
    reason: str = ""
    address: str = ""
    """Of the sender who is to be registered, with his mails that wait."""
    mails: tuple[HeldLine, ...] = ()
    """Of him, or those that are to be dismissed."""

    @property
    def facts(self) -> tuple[tuple[str, ...], ...]:
        """Return what must be the same when the order is confirmed."""
        sender = ((self.address, self.reporter),) if self.address else ()
        dismissed = ((one.receipt,) for one in self.mails if self.verb is Verb.DISMISS)
        return (*(one.facts for one in self.changes), *sender, *dismissed)


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that one mail of an officer led to."""

    lines: tuple[ToldOrder, ...]
    left_out: int = 0
    code: str = ""
    """With which what is asked may be confirmed; empty where nothing is."""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """A mail of an officer who is proved to have written it, in which he orders something."""

    officer: str
    """His address, as it is written in the mail."""
    orders: Orders


@dataclass(frozen=True, slots=True)
class Pending:
    """An order that waits for its confirmation, with what it would have changed when it was asked about."""

    order: Order
    facts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """Orders that were told to an officer with a code: they are carried out once he answers with it."""

    code: str
    officer: str
    orders: tuple[Pending, ...]
    asked_at: datetime
    expires_at: datetime
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class PartRuling:
    """A ruling and the part that it is about."""

    message: int
    part: int
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A held message that concerns nobody, and the line of the trail that tells it."""

    message: int
    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class Effects:
    """What a message changes in the ledger beside its own decision: all in the same transaction, or nothing."""

    request: OrderRequest | None = None
    """To be kept until it is confirmed."""
    used: tuple[str, ...] = ()
    """Codes that count as used from now on."""
    grants: tuple[Extension, ...] = ()
    rulings: tuple[PartRuling, ...] = ()
    registrations: tuple[Registration, ...] = ()
    dismissals: tuple[Dismissal, ...] = ()
    by: str = ""
    """On whose word, as the audit trail tells it beside the reason."""
    entries: tuple[AuditEntry, ...] = field(default=())
    """Further lines of the audit trail."""
