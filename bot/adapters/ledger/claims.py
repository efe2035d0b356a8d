"""Claims: several workers share the undecided messages; who dies with one in hand loses it.

Only where the ledger is a server that several machines can reach. A claim is a lease by the database's clock; what is
written under one that was lost is refused, so each message is decided once however often it was begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Interval, cast, false, func, literal, or_, select, text, tuple_, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, insert_new
from bot.adapters.ledger.records import Undecided

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement

_MESSAGE = tables.Message
FACTS: tuple[Any, ...] = (
    col(_MESSAGE.id),
    col(_MESSAGE.sha256),
    col(_MESSAGE.size),
    col(_MESSAGE.received_at),
    col(_MESSAGE.tries),
    col(_MESSAGE.oversize),
    col(_MESSAGE.vouched),
    col(_MESSAGE.proved),
)
"""What :class:`Undecided` tells of a message."""
_IN_LINE_AT = func.coalesce(col(_MESSAGE.in_line_at), col(_MESSAGE.received_at))
IN_LINE: tuple[Any, ...] = (_IN_LINE_AT, col(_MESSAGE.id))
"""The one order in which messages are decided. It never changes while a message waits: who must be decided first is
told by it as well, and two workers with different orders would wait for each other."""
_FREE = {"claimed_by": None, "claimed_until": None}
UNCLAIMED = {**_FREE, "turn": None}
"""What is written into a message that has been decided, or on which we failed."""
# Claims need not survive a power failure: with the power the claimer is gone too.
_WITHOUT_SYNC = text("SET LOCAL synchronous_commit = off")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What has to be decided before a message may be."""

    in_hands: bool
    """Whether workers that live hold all of it; else it may be claimed."""
    is_known: bool
    """Whether some of it is known to be of the same key; of all else it is soon known whose it is."""


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a message is undecided, and that no pause after a failure keeps it back at *now*."""
    rested = or_(col(_MESSAGE.retry_at).is_(None), col(_MESSAGE.retry_at) <= now)
    return (col(_MESSAGE.state) == "received") & rested


class Claiming(Database):
    """The ledger's verbs about workers that share it."""

    @property
    def is_shared(self) -> bool:
        """Return whether processes on several machines can work with this ledger: one in a file is for one process."""
        return self._turn is None

    def work_as(self, claimant: str) -> None:
        """From now on decide only what was claimed, under that name; no two workers may ever have the same."""
        self._claimant = claimant

    def claim(self, now: datetime, hold: timedelta, without: Collection[int] = ()) -> Undecided | None:
        """Take the first in line that is due, in nobody's hands, and waits for no other; None where none is.

        Whether it has to wait is known of those only that were given back: they were opened, and keep their key.

        Args:
            now: a message we failed on is not given before its next try is due.
            hold: for how long the claim is good, unless :meth:`keep_claims` makes it longer.
            without: message numbers that are not wanted.
        """
        first = (
            select(col(_MESSAGE.id))
            .where(is_due(now), _is_free(), col(_MESSAGE.id).not_in(without), _has_its_turn(now, without))
            .order_by(*IN_LINE)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        take = (
            update(_MESSAGE)
            .where(col(_MESSAGE.id) == first.scalar_subquery())
            .values(claimed_by=self._claimant, claimed_until=_in(hold))
            .returning(*FACTS)
        )
        with self._writing() as connection:
            connection.execute(_WITHOUT_SYNC)
            found = connection.execute(take).one_or_none()
        return Undecided(*found) if found else None

    def keep_claims(self, hold: timedelta) -> None:
        """Give a sign of life: all that is claimed stays so for *hold* from now."""
        longer = update(_MESSAGE).where(col(_MESSAGE.claimed_by) == self._claimant).values(claimed_until=_in(hold))
        with self._writing() as connection:
            connection.execute(_WITHOUT_SYNC)
            connection.execute(longer)

    def give_back(self, message: int | None = None) -> None:
        """Let others take *message*, or all that is claimed; nothing happens where it is not ours any more.

        Its key is kept, so that nobody takes it before its turn.
        """
        mine = [col(_MESSAGE.claimed_by) == self._claimant]
        if message is not None:
            mine.append(col(_MESSAGE.id) == message)
        with self._writing() as connection:
            connection.execute(_WITHOUT_SYNC)
            connection.execute(update(_MESSAGE).where(*mine).values(_FREE))

    def take_turn(self, message: int, key: str) -> bool:
        """Note whose *message* is, so that the others of *key* wait for it; False where the claim was lost."""
        mine = (col(_MESSAGE.id) == message, col(_MESSAGE.claimed_by) == self._claimant)
        with self._writing() as connection:
            connection.execute(_WITHOUT_SYNC)
            return connection.execute(update(_MESSAGE).where(*mine).values(turn=key)).rowcount == 1

    def ahead(self, message: Undecided, key: str, now: datetime, without: Collection[int] = ()) -> Ahead | None:
        """Return what is to be decided before *message* of *key*, None where nothing is.

        That is what is before it in line, is due at *now*, and is of the same key, or of nobody knows whom. Those
        *without* do not count.
        """
        own = select(_IN_LINE_AT).where(col(_MESSAGE.id) == message.id).correlate(None).scalar_subquery()
        earlier = or_(own > _IN_LINE_AT, (own == _IN_LINE_AT) & (col(_MESSAGE.id) < message.id))
        is_its = (col(_MESSAGE.turn) == key) & (literal(key) != "")
        told = func.bool_or(_is_free()), func.bool_or(func.coalesce(is_its, false()))
        facts = select(func.count(), *told).where(
            is_due(now), earlier, or_(col(_MESSAGE.turn).is_(None), is_its), col(_MESSAGE.id).not_in(without)
        )
        with self._reading() as connection:
            count, any_is_free, any_is_its = connection.execute(facts).one()
        return Ahead(in_hands=not any_is_free, is_known=any_is_its) if count else None

    def share_secret(self, name: str, offered: bytes) -> bytes:
        """Return the secret of that name that all machines of this ledger have in common: the first one *offered*."""
        with self._writing() as connection:
            insert_new(connection, tables.Shared, [{"name": name, "secret": offered}], "name")
            kept = select(col(tables.Shared.secret)).where(col(tables.Shared.name) == name)
            return bytes(connection.execute(kept).scalar_one())


def _is_free() -> ColumnElement[bool]:
    return or_(col(_MESSAGE.claimed_until).is_(None), col(_MESSAGE.claimed_until) <= func.clock_timestamp())


def _has_its_turn(now: datetime, without: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that nothing before a message is known to be, or may be, of its key.

    It is asked where the key is known already: else the message is opened, and may turn out to have to wait. What
    nobody knows and nobody holds needs no word here, because it is taken first.
    """
    turn, waiting = col(_MESSAGE.turn), (is_due(now), col(_MESSAGE.id).not_in(without))
    place = func.row_number().over(partition_by=turn, order_by=IN_LINE).label("place")
    known = select(col(_MESSAGE.id), place).where(*waiting, turn != "").subquery()
    firsts = select(known.c.id).where(known.c.place == 1)
    opening = select(*IN_LINE).where(*waiting, turn.is_(None), ~_is_free()).order_by(*IN_LINE).limit(1)
    is_behind = func.coalesce(tuple_(*IN_LINE) > opening.scalar_subquery(), false())
    return or_(turn.is_(None), or_(turn == "", col(_MESSAGE.id).in_(firsts)) & ~is_behind)


def _in(hold: timedelta) -> ColumnElement[datetime]:
    return func.clock_timestamp() + cast(hold, Interval)
