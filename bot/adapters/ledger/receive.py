"""Receive and file: which mails of a server are known, and which copies may be moved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, in_chunks, insert_new
from bot.adapters.ledger.records import Unfiled
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from bot.adapters.ledger.records import Arrival, Mailbox

_LOCATION = "account folder uidvalidity uid"
STRANGERS_WAIT = timedelta(hours=6)
"""A stranger's mail stands in line as if it had come so much later."""


class Receiving(Database):
    """The ledger's verbs about mailboxes."""

    def watermark(self, mailbox: Mailbox) -> int:
        """Return the uid up to which every mail of *mailbox* is known; 0 for a mailbox never seen."""
        known = select(col(tables.Mailbox.uid)).where(*_same(tables.Mailbox, mailbox))
        with self._reading() as connection:
            return connection.execute(known).scalar() or 0

    def advance(self, mailbox: Mailbox, uid: int) -> None:
        """Note that every mail up to *uid* is known; an earlier, higher mark stays."""
        here = {"account": mailbox.account, "folder": mailbox.folder, "uidvalidity": mailbox.uidvalidity}
        forward = (
            update(tables.Mailbox).where(*_same(tables.Mailbox, mailbox), col(tables.Mailbox.uid) < uid).values(uid=uid)
        )
        with self._writing() as connection:
            insert_new(connection, tables.Mailbox, [{**here, "uid": uid}], "account folder uidvalidity")
            connection.execute(forward)

    def dated(self, mailbox: Mailbox, uids: Collection[int]) -> dict[int, datetime]:
        """Return when the messages were received that were last found under *uids*, as far as there were any."""
        location, message = tables.Location, tables.Message
        found: dict[int, datetime] = {}
        with self._reading() as connection:
            for some in in_chunks(uids):
                known = (
                    select(col(location.uid), col(message.received_at))
                    .join(message, col(message.id) == col(location.message))
                    .where(*_same(location, mailbox), col(location.uid).in_(some))
                )
                found.update((uid, received_at) for uid, received_at in connection.execute(known))
        return found

    def receive(self, mailbox: Mailbox, arrivals: Sequence[Arrival], now: datetime) -> int:
        """Note mails whose bytes are in the vault; return how many messages are new.

        The same bytes at another place, or told again, are one message with one more location, or nothing new. Where
        the server gives no UIDVALIDITY, a number may belong to another mail than before; the last one has it.
        """
        if not arrivals:
            return 0
        with self._writing() as connection:
            new = insert_new(connection, tables.Message, [message_row(one) for one in arrivals], "sha256")
            note_places(connection, mailbox, arrivals, now)
        return new

    def unfiled(self, mailbox: Mailbox, limit: int) -> tuple[Unfiled, ...]:
        """Return copies in *mailbox* whose message is settled or set aside, and which are not yet filed; by uid."""
        location, message = tables.Location, tables.Message
        waiting = (
            select(col(location.id), col(location.uid), col(message.outcome))
            .join(message, col(message.id) == col(location.message))
            .where(*_same(location, mailbox), col(location.filed_at).is_(None), col(message.state) != "received")
            .order_by(col(location.uid))
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(Unfiled(number, uid, Outcome(outcome)) for number, uid, outcome in connection.execute(waiting))

    def filed(self, locations: Collection[int], now: datetime) -> None:
        """Note that these copies lie where their outcome wants them, or are gone."""
        with self._writing() as connection:
            for some in in_chunks(locations):
                moved = update(tables.Location).where(col(tables.Location.id).in_(some))
                connection.execute(moved.values(filed_at=now))


def _same(table: type[tables.Mailbox | tables.Location], mailbox: Mailbox) -> tuple[ColumnElement[bool], ...]:
    return (
        col(table.account) == mailbox.account,
        col(table.folder) == mailbox.folder,
        col(table.uidvalidity) == mailbox.uidvalidity,
    )


def note_places(
    connection: Connection, mailbox: Mailbox, arrivals: Sequence[Arrival], now: datetime, *, filed: bool = False
) -> None:
    """Note where messages lie that are in the ledger already, and whether they were filed there."""
    numbers = _numbers(connection, {one.sha256 for one in arrivals})
    places = [_location_row(mailbox, one, numbers[one.sha256], now) for one in arrivals]
    for place in places if filed else ():
        place["filed_at"] = now
    insert_new(connection, tables.Location, places, _LOCATION)
    if not mailbox.uidvalidity:
        for place in places:
            _replace(connection, mailbox, place)


def _replace(connection: Connection, mailbox: Mailbox, place: Mapping[str, Any]) -> None:
    """Let the number of *place* belong to its message, where another had it before."""
    location = tables.Location
    other = (*_same(location, mailbox), col(location.uid) == place["uid"], col(location.message) != place["message"])
    anew = {"message": place["message"], "found_at": place["found_at"], "filed_at": place["filed_at"]}
    connection.execute(update(location).where(*other).values(anew))


def message_row(arrival: Arrival) -> dict[str, Any]:
    """Return the row of a message that has just arrived, without its number."""
    return tables.Message(
        sha256=arrival.sha256,
        size=arrival.size,
        received_at=arrival.received_at,
        oversize=arrival.oversize,
        in_line_at=None if arrival.registered else arrival.received_at + STRANGERS_WAIT,
    ).model_dump(exclude={"id"})


def _location_row(mailbox: Mailbox, arrival: Arrival, message: int, now: datetime) -> dict[str, Any]:
    return tables.Location(
        message=message,
        account=mailbox.account,
        folder=mailbox.folder,
        uidvalidity=mailbox.uidvalidity,
        uid=arrival.uid,
        found_at=now,
    ).model_dump(exclude={"id"})


def _numbers(connection: Connection, hashes: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in in_chunks(hashes):
        pairs = select(col(tables.Message.sha256), col(tables.Message.id)).where(col(tables.Message.sha256).in_(some))
        found.update(connection.execute(pairs).all())
    return found
