"""What people did: the lines of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Deed(StrEnum):
    """By what a person changed something. Lines are kept for ever, so a word is never given another meaning."""

    ACCEPT = "accept"
    RETURN = "return"
    INVALIDATE = "invalidate"
    EXTEND = "extend"
    END_EXTENSION = "end_extension"
    RESTORE = "restore"
    DROP_RAW = "drop_raw"
    REPROCESS = "reprocess"
    RESEND = "resend"
    DROP_MAIL = "drop_mail"
    APPROVE_MAIL = "approve_mail"
    REFUSE_MAIL = "refuse_mail"
    RELEASE = "release"
    ASSIGN = "assign"
    SIGN_IN = "sign_in"
    REGISTER = "register"
    """An address speaks for a reporter from now on."""
    FORGET = "forget"
    DISMISS = "dismiss"
    """A held mail concerns nobody."""
    REFUSE_ORDER = "refuse_order"
    """The machine did not do what a mail ordered in an officer's name."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed of one person."""

    who: str
    """The login at the command line, or the address of an officer who wrote a mail."""
    at: datetime
    deed: Deed
    subject: str
    """What was changed, by the ids under which it is found: ``12-40-0057/III.4/2``, ``2012-kkt-kcn/III.4/40``."""
    note: str
    """Why, or what it became; in the person's own words where there are some."""
