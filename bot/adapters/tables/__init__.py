"""The tables of the ledger, and nothing else. The UNIQUE constraints carry the promises; verbs stand in ``ledger``."""

from bot.adapters.tables.base import Row, Utc
from bot.adapters.tables.keeping import Alarm, FoundSent, Lease, Recovery, Shared
from bot.adapters.tables.ministry import Audit, Contact, Edition, Extension, OrderRequest, Ruling
from bot.adapters.tables.outgoing import Handed, Outbox, Silence, Stage, Unreachable
from bot.adapters.tables.parts import Explanation, Finding, Part, SignedCopy, Tally
from bot.adapters.tables.received import Location, Mailbox, Message

__all__ = [
    "Alarm",
    "Audit",
    "Contact",
    "Edition",
    "Explanation",
    "Extension",
    "Finding",
    "FoundSent",
    "Handed",
    "Lease",
    "Location",
    "Mailbox",
    "Message",
    "OrderRequest",
    "Outbox",
    "Part",
    "Recovery",
    "Row",
    "Ruling",
    "Shared",
    "SignedCopy",
    "Silence",
    "Stage",
    "Tally",
    "Unreachable",
    "Utc",
]
