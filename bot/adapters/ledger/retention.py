"""Which mails need not be kept any longer, and which are gone for that reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, in_chunks
from bot.adapters.ledger.send import PENDING
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement

_MESSAGE = tables.Message


class Retaining(Database):
    """The ledger's verbs about what need not be kept."""

    def droppable(self, before: datetime) -> tuple[tuple[str, int], ...]:
        """Return SHA-256 and size of each mail that came and was settled before that instant and may go.

        Never one that was accepted or brought a signed copy (a ruling may let it count again), that is held or set
        aside, or whose answer is not sent yet.
        """
        found = select(col(_MESSAGE.sha256), col(_MESSAGE.size)).where(*_may_go(before)).order_by(col(_MESSAGE.id))
        with self._reading() as connection:
            return tuple((sha256, size) for sha256, size in connection.execute(found))

    def note_dropped(self, hashes: Collection[str], before: datetime, now: datetime) -> None:
        """Note that these mails are not kept any more; those of which that is not true by now are left out."""
        with self._writing() as connection:
            for some in in_chunks(hashes):
                gone = update(_MESSAGE).where(col(_MESSAGE.sha256).in_(some), *_may_go(before))
                connection.execute(gone.values(dropped_at=now))

    def dropped(self) -> Iterator[str]:
        """Yield the SHA-256 of each mail that is not kept any more."""
        with self._reading() as connection:
            gone = select(col(_MESSAGE.sha256)).where(col(_MESSAGE.dropped_at).is_not(None))
            yield from connection.execute(gone).scalars()


def _may_go(before: datetime) -> tuple[ColumnElement[bool], ...]:
    part, signed, outbox, message = tables.Part, tables.SignedCopy, tables.Outbox, _MESSAGE
    return (
        col(message.dropped_at).is_(None),
        col(message.received_at) < before,
        col(message.settled_at) < before,
        col(message.state) == "settled",
        col(message.outcome).not_in((Outcome.HELD.value, Outcome.FAILED.value)),
        ~exists().where(col(part.message) == col(message.id), col(part.verdict).in_(("accepted", "invalidated"))),
        ~exists().where(col(signed.message) == col(message.id)),
        ~exists().where(col(outbox.message) == col(message.id), *PENDING),
    )
