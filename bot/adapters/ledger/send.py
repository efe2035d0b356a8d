"""Send: the outbox, from the first try to the copy in the folder of sent mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, or_, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, in_chunks, insert_new
from bot.adapters.ledger.outgoing import Due
from bot.adapters.ledger.rows import outbox_rows
from bot.model import Fate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, ColumnExpressionArgument

    from bot.model import Mail

LONGEST_ERROR = 4000
PENDING: tuple[ColumnElement[bool], ...] = (
    col(tables.Outbox.sent_at).is_(None),
    col(tables.Outbox.dead_at).is_(None),
)
UNSENT: tuple[ColumnElement[bool], ...] = (
    *PENDING,
    col(tables.Outbox.handed_at).is_(None),
    col(tables.Outbox.drafting) == "",
)
"""Pending, in our hands alone: not possibly sent (see :mod:`bot.adapters.ledger.once`), nor among the drafts."""
WAITING: tuple[ColumnElement[bool], ...] = (
    *UNSENT,
    or_(col(tables.Outbox.way) == "live", col(tables.Outbox.fate) == Fate.APPROVED.value),
)
"""Unsent, and nobody has to be asked before we send it (see :mod:`bot.adapters.ledger.review`)."""


class Sending(Database):
    """The ledger's verbs about our own mail."""

    def enqueue(self, mails: Sequence[Mail], raws: Mapping[str, str], now: datetime) -> int:
        """Put mails that answer no message into the outbox; return how many are new.

        A key that is there already, sent or not, is left as it is. *raws*: key → SHA-256 of the bytes in the vault.
        """
        if not mails:
            return 0
        with self._writing() as connection:
            return insert_new(connection, tables.Outbox, outbox_rows(mails, raws, now), "key")

    def has_mail(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of *keys* that are in the outbox, sent or not."""
        found: set[str] = set()
        with self._reading() as connection:
            for some in in_chunks(keys):
                known = select(col(tables.Outbox.key)).where(col(tables.Outbox.key).in_(some))
                found.update(connection.execute(known).scalars())
        return frozenset(found)

    def due(self, now: datetime, limit: int) -> tuple[Due, ...]:
        """Return at most *limit* mails whose next try is due at *now*: answers to strangers late, reminders last.

        Otherwise the longest due first. However many strangers write, whoever is registered is not behind them.
        """
        kind = col(tables.Outbox.kind)
        first = (case((kind == "reminder", 2), (kind == "held", 1), else_=0), col(tables.Outbox.due_at))
        # What a ledger that was lost had sent is never due, from the moment it is written.
        found = col(tables.Outbox.message_id).in_(select(col(tables.FoundSent.message_id)))
        return self._mails((*WAITING, ~found, col(tables.Outbox.due_at) <= now), first, limit)

    def next_due_at(self) -> datetime | None:
        """Return when the next try of any mail is due; None when none waits."""
        with self._reading() as connection:
            return connection.execute(select(func.min(col(tables.Outbox.due_at))).where(*WAITING)).scalar()

    def sent(self, key: str, now: datetime) -> None:
        """Note that the server has taken the mail."""
        self._note(key, PENDING, sent_at=now)

    def defer(self, key: str, error: str, retry_at: datetime) -> None:
        """Note a failure that may pass, and when to try again."""
        tries = col(tables.Outbox.tries) + 1
        self._note(key, PENDING, tries=tries, error=error[:LONGEST_ERROR], due_at=retry_at, handed_at=None)

    def give_up(self, key: str, error: str, now: datetime) -> None:
        """Note a failure that is final: the mail is never tried again."""
        tries = col(tables.Outbox.tries) + 1
        self._note(key, PENDING, tries=tries, error=error[:LONGEST_ERROR], dead_at=now, handed_at=None)

    def sent_since(self, moment: datetime) -> int:
        """Return how many mails the server took at *moment* or later."""
        taken = select(func.count()).where(col(tables.Outbox.sent_at) >= moment)
        with self._reading() as connection:
            return connection.execute(taken).scalar_one()

    def uncopied(self, limit: int) -> tuple[Due, ...]:
        """Return at most *limit* mails that are sent and not yet copied into the folder of sent mail, oldest first."""
        waiting = (col(tables.Outbox.sent_at).is_not(None), col(tables.Outbox.copied_at).is_(None))
        return self._mails(waiting, (col(tables.Outbox.sent_at),), limit)

    def copied(self, key: str, now: datetime) -> None:
        """Note that the copy lies in the folder of sent mail."""
        self._note(key, (col(tables.Outbox.copied_at).is_(None),), copied_at=now)

    def _note(self, key: str, only_where: Iterable[ColumnElement[bool]], **values: Any) -> None:
        # What is sent stays sent: a note that comes late, or twice, changes nothing.
        with self._writing() as connection:
            connection.execute(update(tables.Outbox).where(col(tables.Outbox.key) == key, *only_where).values(values))

    def _mails(
        self, only_where: Iterable[ColumnElement[bool]], first: Iterable[ColumnExpressionArgument[Any]], limit: int
    ) -> tuple[Due, ...]:
        outbox = tables.Outbox
        facts = (
            outbox.key,
            outbox.kind,
            outbox.message_id,
            outbox.recipients,
            outbox.subject,
            outbox.raw,
            outbox.tries,
            outbox.created_at,
            outbox.fate,
        )
        chosen = select(*map(col, facts)).where(*only_where).order_by(*first, col(outbox.id)).limit(limit)
        with self._reading() as connection:
            return tuple(
                Due(
                    row.key,
                    row.kind,
                    row.message_id,
                    tuple(row.recipients.splitlines()),
                    row.subject,
                    row.raw,
                    row.tries,
                    row.created_at,
                    row.fate == Fate.APPROVED.value,
                )
                for row in connection.execute(chosen)
            )
