"""The last days before a deadline, in which many send at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.deadline import last_instant
from bot.language import VIETNAM

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Rulebook


def is_rush(now: datetime, rulebook: Rulebook, days: int) -> bool:
    """Tell whether any deadline under way ends within *days* calendar days, or on the days off to which it moved."""
    today = now.astimezone(VIETNAM).date()
    deadlines = {one.deadline for one in rulebook.open_obligations(today) if one.deadline}
    return any(one.day - timedelta(days) <= today and now < last_instant(one, rulebook.workdays) for one in deadlines)
