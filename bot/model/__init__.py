"""The words of the project as types, in the order in which a message flows.

Imports nothing of ours. Everything is frozen: a step takes values and gives new ones.
"""

from bot.model.decision import Decision, History, Owed, Part, Settled
from bot.model.message import (
    Attachment,
    Heading,
    Held,
    Ignored,
    Message,
    Outcome,
    Refusal,
    RefusalReason,
    Submission,
    Unreadable,
)
from bot.model.outgoing import Enclosure, Mail, Outgoing, Settlement
from bot.model.rules import (
    Campaign,
    Choice,
    Column,
    ColumnType,
    Contact,
    Deadline,
    Form,
    Notice,
    Obligation,
    Reporter,
    Rule,
    Rulebook,
    Severity,
    Status,
)
from bot.model.standing import Standing, State
from bot.model.table import Finding, Place, Problem, SheetPlace, Table, TotalRow, Understanding

__all__ = [
    "Attachment",
    "Campaign",
    "Choice",
    "Column",
    "ColumnType",
    "Contact",
    "Deadline",
    "Decision",
    "Enclosure",
    "Finding",
    "Form",
    "Heading",
    "Held",
    "History",
    "Ignored",
    "Mail",
    "Message",
    "Notice",
    "Obligation",
    "Outcome",
    "Outgoing",
    "Owed",
    "Part",
    "Place",
    "Problem",
    "Refusal",
    "RefusalReason",
    "Reporter",
    "Rule",
    "Rulebook",
    "Settled",
    "Settlement",
    "Severity",
    "SheetPlace",
    "Standing",
    "State",
    "Status",
    "Submission",
    "Table",
    "TotalRow",
    "Understanding",
    "Unreadable",
]
