"""Who may work."""

from __future__ import annotations

from sqlmodel import Field

from bot.adapters.tables.base import Row


class Lease(Row, table=True):
    """Who works at a mailbox now: one process, wherever it runs."""

    name: str = Field(primary_key=True)
    number: int
    """Counts the holders: a transaction of an earlier one is refused by it."""
    seat: str
    """Which data folder on which machine; only one process at a time can sit there. Empty while nobody holds it."""
    place: str
    """The same for people: machine and process."""
    beat: int
    """Counts the signs of life of the holder."""
