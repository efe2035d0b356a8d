"""Alarms: what is not well is told once when it begins and once when it is over, whoever restarts in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, insert, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, insert_new
from bot.adapters.ledger.records import OpenAlarm
from bot.adapters.ledger.rows import outbox_rows
from bot.adapters.ledger.send import WAITING
from bot.model.health import Ill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.model import Mail
    from bot.model.health import Trouble

_ROW, _OUTBOX = tables.Alarm, tables.Outbox


class Alarming(Database):
    """The ledger's verbs about its daemon's troubles."""

    def open_alarms(self) -> tuple[OpenAlarm, ...]:
        """Return what was told to have begun and not to be over, oldest first; of each whether its mail still waits."""
        facts = (
            select(col(_ROW.id), col(_ROW.ill), col(_ROW.subject), col(_ROW.began_at), col(_OUTBOX.key).is_not(None))
            .outerjoin(_OUTBOX, and_(col(_OUTBOX.key) == col(_ROW.mail), *WAITING))
            .where(col(_ROW.ended_at).is_(None))
            .order_by(col(_ROW.id))
        )
        with self._reading() as connection:
            return tuple(
                OpenAlarm(number, Ill(ill), subject, began_at, waits=bool(waits))
                for number, ill, subject, began_at, waits in connection.execute(facts)
            )

    def begin_alarm(self, trouble: Trouble, mails: Sequence[Mail], raws: Mapping[str, str], now: datetime) -> None:
        """Note that *trouble* has begun, and put the mails that tell so into the outbox; in one transaction."""
        mail = mails[0].key if mails else ""
        row = {"ill": trouble.ill.value, "subject": trouble.subject, "mail": mail, "began_at": now}
        with self._writing() as connection:
            connection.execute(insert(_ROW).values(row))
            insert_new(connection, _OUTBOX, outbox_rows(mails, raws, now), "key")

    def told_by_second(self, alarm: int, now: datetime) -> None:
        """Note that another server has taken the news: the mail that waits for the first one is taken back."""
        mail = select(col(_ROW.mail)).where(col(_ROW.id) == alarm).scalar_subquery()
        with self._writing() as connection:
            connection.execute(update(_ROW).where(col(_ROW.id) == alarm).values(second_at=now))
            connection.execute(delete(_OUTBOX).where(*WAITING, col(_OUTBOX.key) == mail))

    def end_alarm(self, alarm: int, mails: Sequence[Mail], raws: Mapping[str, str], now: datetime) -> None:
        """Note that it is over, and put the mails that tell so into the outbox; in one transaction."""
        over = update(_ROW).where(col(_ROW.id) == alarm, col(_ROW.ended_at).is_(None)).values(ended_at=now)
        with self._writing() as connection:
            if connection.execute(over).rowcount == 1:
                insert_new(connection, _OUTBOX, outbox_rows(mails, raws, now), "key")
