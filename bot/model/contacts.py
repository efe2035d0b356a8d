"""From when and until when an address may speak for a reporter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Term:
    """Some days on which an address speaks for its reporter; one without a term always does."""

    address: str
    since: date | None = None
    """The first day; None where that is long ago."""
    until: date | None = None
    """The last day; None where it has no end."""

    def holds(self, day: date) -> bool:
        """Tell whether *day* is one of them."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
