"""Who is served first: mails that say to be from a registered address, whatever that word is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.message.named_senders import named_senders
from bot.submission.sender import find_reporter

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Rulebook


def names_registered(raw: bytes, received_at: datetime, rulebook: Rulebook) -> bool:
    """Tell whether the From of *raw*, a mail or its header, names an address that speaks for a reporter on that day."""
    day = received_at.astimezone(VIETNAM).date()
    return any(find_reporter(one, rulebook.reporters, day) for one in named_senders(raw))
