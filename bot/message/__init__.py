"""What a mail says: its heading, its text, its files; and whether a machine is talking."""

from bot.message.parse import parse_message

__all__ = ["parse_message"]
