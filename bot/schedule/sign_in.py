"""When the end of the permission to sign in at the mail server is announced."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

AHEAD = timedelta(days=30)


def announced(ends: date | None, today: date) -> date | None:
    """Return *ends* where it is near enough, or past, to be told of; None where it is far away or nobody knows it."""
    return ends if ends is not None and ends - today <= AHEAD else None
