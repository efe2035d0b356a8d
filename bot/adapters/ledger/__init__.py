"""The ledger: what happened, what is decided, and what is to be sent.

One class over one database; its verbs stand in the order of the flow, each concern in a module of its own.
"""

from __future__ import annotations

from bot.adapters.ledger.alarms import Alarming
from bot.adapters.ledger.audit import Auditing
from bot.adapters.ledger.bounces import Bouncing
from bot.adapters.ledger.caps import Capping
from bot.adapters.ledger.claims import Ahead, Claiming
from bot.adapters.ledger.contacts import Remembering
from bot.adapters.ledger.copying import CopyFailed, Copying, fill_from_dump
from bot.adapters.ledger.database import LeaseLost, LedgerTooNew
from bot.adapters.ledger.dataset import Consolidating
from bot.adapters.ledger.drafts import Drafting
from bot.adapters.ledger.editions import Editions
from bot.adapters.ledger.extensions import Extending
from bot.adapters.ledger.held import Holding
from bot.adapters.ledger.lease import LeaseSeen, Leasing
from bot.adapters.ledger.once import SendingOnce
from bot.adapters.ledger.orders import Ordering
from bot.adapters.ledger.outgoing import Draft, Due, PossiblySent, Told, Unreachable
from bot.adapters.ledger.process import Processing
from bot.adapters.ledger.receive import Receiving
from bot.adapters.ledger.records import (
    Accepted,
    Arrival,
    Aside,
    Counts,
    Decided,
    DecidedPart,
    HeldMail,
    HeldSender,
    Judged,
    Mailbox,
    OpenAlarm,
    RuleCount,
    SentDigest,
    SentPart,
    Shown,
    ShownExplanation,
    ShownMail,
    ShownPart,
    Spell,
    Undecided,
    Unfiled,
)
from bot.adapters.ledger.recovery import Recovering
from bot.adapters.ledger.remind import Reminding
from bot.adapters.ledger.retention import Retaining
from bot.adapters.ledger.review import Reviewing
from bot.adapters.ledger.rulings import Rulings
from bot.adapters.ledger.send import Sending
from bot.adapters.ledger.sent import Listing
from bot.adapters.ledger.soundness import Proving
from bot.adapters.ledger.views import Viewing

__all__ = [
    "Accepted",
    "Ahead",
    "Arrival",
    "Aside",
    "CopyFailed",
    "Counts",
    "Decided",
    "DecidedPart",
    "Draft",
    "Due",
    "HeldMail",
    "HeldSender",
    "Judged",
    "LeaseLost",
    "LeaseSeen",
    "Ledger",
    "LedgerTooNew",
    "Mailbox",
    "OpenAlarm",
    "PossiblySent",
    "RuleCount",
    "SentDigest",
    "SentPart",
    "Shown",
    "ShownExplanation",
    "ShownMail",
    "ShownPart",
    "Spell",
    "Told",
    "Undecided",
    "Unfiled",
    "Unreachable",
    "fill_from_dump",
]


class Ledger(
    Receiving,
    Processing,
    Claiming,
    Holding,
    Rulings,
    Extending,
    Remembering,
    Ordering,
    Reminding,
    Sending,
    SendingOnce,
    Reviewing,
    Drafting,
    Capping,
    Bouncing,
    Viewing,
    Listing,
    Consolidating,
    Editions,
    Auditing,
    Leasing,
    Copying,
    Proving,
    Recovering,
    Retaining,
    Alarming,
):
    """The database at a URL: ``sqlite:///path`` or ``postgresql+psycopg://…``.

    Safe to share among threads. Call :meth:`migrate` once before anything else. Every verb is one transaction:
    when it returns, what it did survives a power failure; when it raises, nothing was done.
    """
