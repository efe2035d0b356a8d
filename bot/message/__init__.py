"""What a mail says: its heading, its text, its files; and whether a machine is talking."""

from bot.message.answer import read_answer
from bot.message.domain_signature import check_signatures
from bot.message.orders import read_orders
from bot.message.own_words import own_words
from bot.message.packed import archive_support
from bot.message.parse import parse_message
from bot.message.stamps import own_stamps, stamping_servers

__all__ = [
    "archive_support",
    "check_signatures",
    "own_stamps",
    "own_words",
    "parse_message",
    "read_answer",
    "read_orders",
    "stamping_servers",
]
