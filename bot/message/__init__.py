"""What a mail says: its heading, its text, its files; and whether a machine is talking."""

from bot.message.nil import nil_words
from bot.message.own_words import own_words
from bot.message.packed import archive_support
from bot.message.parse import parse_message

__all__ = ["archive_support", "nil_words", "own_words", "parse_message"]
