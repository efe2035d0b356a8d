"""Reminders: which stage of which deadline was told to whom. The primary key carries "once"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, in_chunks, insert_new
from bot.adapters.ledger.outgoing import Told
from bot.adapters.ledger.rows import outbox_rows
from bot.adapters.ledger.send import UNSENT, WAITING
from bot.model import Fate, Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.model import Mail

_ROW, _OUTBOX = tables.Stage, tables.Outbox
_UNSENT = and_(*UNSENT)
"""What is possibly sent, or lies among the drafts, is as good as sent: neither withdrawn nor told again."""
_KEY = ("campaign", "reporter", "day", "number")


class Reminding(Database):
    """The ledger's verbs about reminders."""

    def told(self, campaigns: Collection[str]) -> tuple[Told, ...]:
        """Return every stage that was told in *campaigns*, those among them whose mail still waits."""
        stage = (col(_ROW.campaign), col(_ROW.reporter), col(_ROW.day), col(_ROW.number))
        facts = (
            select(*stage, col(_ROW.mail), col(_ROW.says), _UNSENT)
            .outerjoin(_OUTBOX, col(_OUTBOX.key) == col(_ROW.mail))
            .where(col(_ROW.campaign).in_(campaigns))
        )
        with self._reading() as connection:
            return tuple(
                Told(Stage(campaign, reporter, day, number), mail, says, bool(waits))
                for campaign, reporter, day, number, mail, says, waits in connection.execute(facts)
            )

    def has_unsent_reminder(self) -> bool:
        """Tell whether a reminder waits in the outbox, and for nobody's word."""
        waiting = select(col(_OUTBOX.id)).where(*WAITING, col(_OUTBOX.kind) == "reminder").limit(1)
        with self._reading() as connection:
            return connection.execute(waiting).first() is not None

    def enqueue_reminder(self, mail: Mail, raw: str, stages: Sequence[Stage], says: str, now: datetime) -> bool:
        """Put a reminder into the outbox and note its stages, in one transaction.

        Args:
            mail: the reminder.
            raw: SHA-256 of its bytes in the vault.
            stages: what it tells.
            says: by which it is known whether it is still right before it is sent.
            now: the instant.

        Returns:
            False, with nothing changed, where one of the stages was told already: by another worker, or before.
        """
        rows = [{**{name: getattr(one, name) for name in _KEY}, "mail": mail.key, "says": says} for one in stages]
        with self._writing() as connection, connection.begin_nested() as work:
            if insert_new(connection, _ROW, rows, " ".join(_KEY)) < len(rows):
                work.rollback()
                return False
            insert_new(connection, _OUTBOX, outbox_rows([mail], {mail.key: raw}, now), "key")
        return True

    def withdraw(self, keys: Collection[str]) -> int:
        """Take reminders that are not sent out of the outbox, and forget that they told anything; return how many."""
        gone = 0
        with self._writing() as connection:
            for some in in_chunks(keys):
                unsent = connection.execute(select(col(_OUTBOX.key)).where(_UNSENT, col(_OUTBOX.key).in_(some)))
                waiting = list(unsent.scalars())
                connection.execute(delete(_ROW).where(col(_ROW.mail).in_(waiting)))
                gone += _keep_last_number(connection, waiting)
                gone += connection.execute(delete(_OUTBOX).where(_UNSENT, col(_OUTBOX.key).in_(waiting))).rowcount
        return gone


def _keep_last_number(connection: Connection, keys: Collection[str]) -> int:
    """Leave an empty row where the last of *keys* waited for a person's word; return how many mails that takes away.

    SQLite gives the number of a last row that is gone to the next one: a word for the old mail would count for another.
    """
    asked = select(func.max(col(_OUTBOX.id))).where(_UNSENT, col(_OUTBOX.way) == "approve", col(_OUTBOX.key).in_(keys))
    number = connection.execute(asked).scalar()
    empty = {"key": f"withdrawn:{number}", "kind": "withdrawn", "message_id": "", "recipients": "", "subject": ""}
    done = {"way": "live", "fate": Fate.REFUSED.value, "dead_at": _OUTBOX.created_at}
    return connection.execute(update(_OUTBOX).where(col(_OUTBOX.id) == number).values(**empty, **done)).rowcount
