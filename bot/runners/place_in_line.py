"""Who is served first: mails that say to be from a registered address, whatever that word is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.message.named_senders import named_senders
from bot.submission import find_reporter, is_officer

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.model import Rulebook


def names_registered(raw: bytes, received_at: datetime, rulebook: Rulebook, officers: Collection[str] = ()) -> bool:
    """Tell whether the From of *raw*, a mail or its header, names an officer, or a contact of that day."""
    day = received_at.astimezone(VIETNAM).date()
    return any(is_officer(one, officers) or find_reporter(one, rulebook.reporters, day) for one in named_senders(raw))
