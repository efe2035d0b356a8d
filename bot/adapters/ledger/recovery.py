"""A ledger out of a backup: what it has to find out first, and how it takes in what it found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.database import Database, in_chunks, insert_new
from bot.adapters.ledger.receive import message_row, note_places
from bot.adapters.ledger.send import PENDING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.adapters.ledger.records import Arrival, Mailbox
    from bot.model import AuditEntry

_MESSAGE = tables.Message


class Recovering(Database):
    """The ledger's verbs about its own second life."""

    def note_restored(self, backup_at: datetime, entry: AuditEntry) -> None:
        """Note that this ledger knows nothing after *backup_at*, and who brought it back."""
        with self._writing() as connection:
            connection.execute(insert(tables.Recovery).values(backup_at=backup_at, restored_at=entry.at))
            write_entry(connection, entry)

    def recovery(self) -> datetime | None:
        """Return since when it has to be found out what happened; None where nothing has."""
        row = tables.Recovery
        with self._reading() as connection:
            return connection.execute(select(func.min(col(row.backup_at))).where(col(row.done_at).is_(None))).scalar()

    def arrivals_since(self, moment: datetime) -> Counter[tuple[int, datetime]]:
        """Return how many messages of each size and time of arrival came at *moment* or later."""
        facts = select(col(_MESSAGE.size), col(_MESSAGE.received_at)).where(col(_MESSAGE.received_at) >= moment)
        with self._reading() as connection:
            return Counter((size, at) for size, at in connection.execute(facts))

    def recover(
        self, found: Mapping[Mailbox, Sequence[Arrival]], numbers: Mapping[str, int], inbox: Mailbox, now: datetime
    ) -> int:
        """Take in mails that the lost ledger may have known; return how many are new here.

        Args:
            found: where each lies; what is not in *inbox* was filed already. The bytes are in the vault.
            numbers: SHA-256 → the number under which its reply told it; the others get numbers above all of these.
            inbox: where new mail comes in.
            now: the instant.
        """
        arrivals = {one.sha256: one for some in found.values() for one in some}
        with self._writing() as connection:
            known = _known(connection, arrivals)
            new = sorted((one for sha, one in arrivals.items() if sha not in known), key=lambda one: one.received_at)
            highest = connection.execute(select(func.coalesce(func.max(col(_MESSAGE.id)), 0))).scalar_one()
            wanted = {one.sha256: numbers[one.sha256] for one in new if numbers.get(one.sha256, 0) > highest}
            following = max((highest, *wanted.values()))
            for one in new:
                number = wanted.pop(one.sha256, 0)
                if not number or _is_taken(connection, number):
                    number = following = following + 1
                connection.execute(insert(_MESSAGE).values(id=number, **message_row(one)))
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT setval(pg_get_serial_sequence('message', 'id'), max(id)) FROM message"))
            for mailbox, some in found.items():
                note_places(connection, mailbox, some, now, filed=mailbox != inbox)
        return len(new)

    def note_found_sent(self, found: Mapping[str, datetime]) -> None:
        """Note mails of ours, by Message-ID, that the lost ledger had sent: whoever writes them anew sends them not."""
        rows = [{"message_id": one, "sent_at": at} for one, at in found.items()]
        with self._writing() as connection:
            insert_new(connection, tables.FoundSent, rows, "message_id")

    def settle_found(self, now: datetime) -> int:
        """Note as sent, and copied, what the lost ledger had sent; return how many mails that were."""
        own, found = tables.Outbox, tables.FoundSent
        sent_at = select(col(found.sent_at)).where(col(found.message_id) == col(own.message_id)).scalar_subquery()
        waiting = (*PENDING, col(own.message_id).in_(select(col(found.message_id))))
        with self._reading() as connection:
            if connection.execute(select(col(own.id)).where(*waiting).limit(1)).first() is None:
                return 0
        with self._writing() as connection:
            return connection.execute(update(own).where(*waiting).values(sent_at=sent_at, copied_at=now)).rowcount

    def end_recovery(self, now: datetime) -> None:
        """Note that everything was found that can be."""
        row = tables.Recovery
        with self._writing() as connection:
            connection.execute(update(row).where(col(row.done_at).is_(None)).values(done_at=now))


def _known(connection: Connection, hashes: Mapping[str, Arrival]) -> set[str]:
    known: set[str] = set()
    for some in in_chunks(hashes):
        same = select(col(_MESSAGE.sha256)).where(col(_MESSAGE.sha256).in_(some))
        known.update(connection.execute(same).scalars())
    return known


def _is_taken(connection: Connection, number: int) -> bool:
    return connection.execute(select(col(_MESSAGE.id)).where(col(_MESSAGE.id) == number)).first() is not None
