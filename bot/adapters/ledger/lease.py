"""Leases: who works at a mailbox. The database counts the holders, and refuses what an earlier one still writes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, Fence, LeaseLost, insert_new

_LEASE = tables.Lease


@dataclass(frozen=True, slots=True)
class LeaseSeen:
    """A lease as it stood; one that has the same number and beat later was left alone meanwhile."""

    number: int
    seat: str
    place: str
    beat: int
    works_by: str = ""
    """The hash of all by which the holder decides."""


class Leasing(Database):
    """The ledger's verbs about who works at a mailbox."""

    def lease(self, name: str) -> LeaseSeen:
        """Return who holds the lease of that name; one that nobody ever held has the number 0."""
        row = _LEASE
        facts = select(col(row.number), col(row.seat), col(row.place), col(row.beat), col(row.works_by))
        with self._reading() as connection:
            found = connection.execute(facts.where(col(_LEASE.name) == name)).one_or_none()
        return LeaseSeen(*found) if found else LeaseSeen(0, "", "", 0)

    def take_lease(self, name: str, seat: str, place: str, seen: LeaseSeen, works_by: str = "") -> int:
        """Become the holder after *seen*, and return the number under which; 0 where somebody has moved meanwhile."""
        number = seen.number + 1
        row = {"name": name, "number": number, "seat": seat, "place": place, "beat": 0, "works_by": works_by}
        same = (col(_LEASE.name) == name, col(_LEASE.number) == seen.number, col(_LEASE.beat) == seen.beat)
        with self._writing() as connection:
            taken = connection.execute(update(_LEASE).where(*same).values(row)).rowcount == 1
            if not taken and not seen.number:
                taken = insert_new(connection, _LEASE, [row], "name") == 1
        return number if taken else 0

    def work_under(self, name: str, number: int) -> None:
        """From now on write only while the lease is held under *number*: every other transaction raises LeaseLost."""
        self._fence = Fence(name, number)
        self.renew_lease()

    def renew_lease(self) -> None:
        """Give a sign of life; raises LeaseLost where another has become the holder."""
        fence = self._fence
        if fence is None:
            return
        began = time.monotonic()
        mine = (col(_LEASE.name) == fence.name, col(_LEASE.number) == fence.number)
        with self._writing() as connection:
            connection.execute(update(_LEASE).where(*mine).values(beat=col(_LEASE.beat) + 1))
        fence.known_at = began

    def assert_held(self) -> None:
        """Raise LeaseLost before something that no transaction can take back; asks nobody while the sign is fresh."""
        fence = self._fence
        if fence is None or fence.is_fresh():
            return
        if self.lease(fence.name).number != fence.number:
            raise LeaseLost(fence.name)

    def free_lease(self) -> None:
        """Let the next one begin at once; does nothing where the lease is not held any more."""
        fence, self._fence = self._fence, None
        if fence is None:
            return
        mine = (col(_LEASE.name) == fence.name, col(_LEASE.number) == fence.number)
        with self._writing() as connection:
            connection.execute(update(_LEASE).where(*mine).values(seat="", place=""))
