"""What was answered of late, and what the caps hold back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, insert, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, insert_new
from bot.adapters.ledger.rows import outbox_rows
from bot.adapters.ledger.send import PENDING
from bot.model import Handed, Silence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from bot.model import Mail

_HANDED, _SILENCE, _OUTBOX = tables.Handed, tables.Silence, tables.Outbox
_KEPT = timedelta(days=3)
"""After that a row counts for nothing, whatever the clock does."""


class Capping(Database):
    """The ledger's verbs about how much was answered."""

    def handed(self, addresses: Collection[str], day: datetime, hour: datetime, until: datetime) -> Handed:
        """Return what was handed over, or may have been, to each of *addresses* since *day*, and to all since *hour*.

        What a clock that ran ahead has noted for later than *until* does not count.
        """
        by_address: dict[str, list[datetime]] = {one: [] for one in addresses}
        at = col(_HANDED.at)
        theirs = (
            select(col(_HANDED.address), at)
            .where(col(_HANDED.address).in_(by_address), at > day, at <= until)
            .order_by(at)
        )
        of_all = select(at, col(_HANDED.kind)).where(at > hour, at <= until, ~col(_HANDED.copy_only)).order_by(at)
        with self._reading() as connection:
            for address, instant in connection.execute(theirs):
                by_address[address].append(instant)
            lately = [(instant, kind) for instant, kind in connection.execute(of_all)]
        return Handed(by_address, lately)

    def hand_over(self, key: str, kind: str, addresses: Sequence[str], now: datetime) -> bool:
        """Note, before it is done, that a mail is handed to the server; return whether it was handed over before.

        A process that dies in between has then counted what may have been sent. The first of *addresses* is answered,
        the others get copies.
        """
        rows = [
            {"mail": key, "kind": kind, "address": one, "copy_only": place > 0, "at": now}
            for place, one in enumerate(addresses)
        ]
        before = select(func.count()).where(col(_HANDED.mail) == key)
        with self._writing() as connection:
            again = connection.execute(before).scalar_one() > 0
            connection.execute(delete(_HANDED).where(col(_HANDED.at) < now - _KEPT))
            connection.execute(insert(_HANDED), rows)
            connection.execute(update(_OUTBOX).where(col(_OUTBOX.key) == key).values(withheld_at=None))
        return again

    def take_back(self, key: str, at: datetime, addresses: Collection[str]) -> None:
        """Forget that the mail was handed over at that instant to *addresses*: they have not got it."""
        these = (col(_HANDED.mail) == key, col(_HANDED.at) == at, col(_HANDED.address).in_(addresses))
        with self._writing() as connection:
            connection.execute(delete(_HANDED).where(*these))

    def withhold(
        self,
        key: str,
        address: str,
        until: datetime | None,
        now: datetime,
        since: datetime,
        mails: Sequence[Mail] = (),
        raws: Mapping[str, str] | None = None,
    ) -> None:
        """Hold a mail back until then, or drop it for good, and note the silence, in one transaction.

        Args:
            key: of the mail in the outbox.
            address: who has had enough, as it is counted; empty for all together.
            until: when its next try is due; None drops it.
            now: the instant.
            since: a silence that lasted then goes on, else a new one begins.
            mails: alarms about it, put into the outbox.
            raws: key of each → SHA-256 of its bytes in the vault.
        """
        mail = (col(_OUTBOX.key) == key, *PENDING)
        fate = {"dead_at": now} if until is None else {"due_at": until}
        with self._writing() as connection:
            known = connection.execute(select(col(_OUTBOX.withheld_at)).where(*mail)).first()
            if known is None:
                return
            connection.execute(update(_OUTBOX).where(*mail).values(withheld_at=known[0] or now, **fate))
            more = {"dropped": int(until is None), "waited": int(until is not None and known[0] is None)}
            current = select(func.max(col(_SILENCE.id))).where(*_lasting(address, since))
            episode = connection.execute(current).scalar()
            if episode is None:
                connection.execute(insert(_SILENCE), [{"address": address, "since": now, "last_at": now, **more}])
            else:
                values = {name: getattr(_SILENCE, name) + count for name, count in more.items()}
                begun = update(_SILENCE).where(col(_SILENCE.id) == episode)
                connection.execute(begun.values(last_at=now, **values))
            insert_new(connection, _OUTBOX, outbox_rows(mails, raws or {}, now), "key")

    def silences(self, since: datetime) -> tuple[Silence, ...]:
        """Return the silences that lasted at *since* or later: of all together first, then those that lost most."""
        all_first = case((col(_SILENCE.address) == "", 0), else_=1)
        lasted = (
            _told()
            .where(col(_SILENCE.last_at) >= since)
            .order_by(all_first, col(_SILENCE.dropped).desc(), col(_SILENCE.since), col(_SILENCE.id))
        )
        with self._reading() as connection:
            return tuple(Silence(*row) for row in connection.execute(lasted))

    def silence(self, address: str, since: datetime) -> Silence | None:
        """Return the silence of that address which lasted at *since* or later; None where there is none."""
        lasting = _told().where(*_lasting(address, since)).order_by(col(_SILENCE.id).desc())
        with self._reading() as connection:
            row = connection.execute(lasting).first()
        return Silence(*row) if row else None


def _told() -> Select[str, datetime, datetime, int, int]:
    return select(
        col(_SILENCE.address), col(_SILENCE.since), col(_SILENCE.last_at), col(_SILENCE.waited), col(_SILENCE.dropped)
    )


def _lasting(address: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (col(_SILENCE.address) == address, col(_SILENCE.last_at) >= since)
