"""Addresses of ours from which a mail came back; a later mail from such an address clears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, insert_new
from bot.adapters.ledger.outgoing import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.model import Bounce

_ROW, _OUTBOX = tables.Unreachable, tables.Outbox
_ANSWERS = ("reply:", "receipt:", "fault:")
"""How the keys begin that hold the hash of the mail that is answered."""


class Bouncing(Database):
    """The ledger's verbs about addresses that cannot be reached."""

    def unreachable(self) -> tuple[Unreachable, ...]:
        """Return the addresses from which a mail of ours came back, the latest first."""
        marked = select(col(_ROW.address), col(_ROW.since), col(_ROW.status), col(_ROW.mail)).order_by(
            col(_ROW.since).desc(), col(_ROW.address)
        )
        with self._reading() as connection:
            return tuple(Unreachable(*facts) for facts in connection.execute(marked))

    def mark_unreachable(self, mail: str, statuses: Mapping[str, str], at: datetime) -> None:
        """Mark the addresses that a server refused for good; *statuses* says why, *mail* is the outbox key."""
        values = [{"address": one, "since": at, "status": status, "mail": mail} for one, status in statuses.items()]
        if values:
            with self._writing() as connection:
                insert_new(connection, _ROW, values, "address")


def unreachable_addresses(connection: Connection) -> frozenset[str]:
    """Return the addresses from which a mail of ours came back: they are few."""
    return frozenset(connection.execute(select(col(_ROW.address))).scalars())


def note_bounces(connection: Connection, bounces: Sequence[Bounce], at: datetime) -> None:
    """Mark the addresses of *bounces* to which we have written; a notice about a mail of someone else marks none.

    A notice that does not quote a mail of ours to that address is believed by nobody. Where it quotes it without our
    seal, it must have been an answer: its Message-ID is made of all bytes of the mail that it answers, which outsiders
    do not know; that of a reminder is made of what everybody knows.
    """
    rows = {address: (status, mail) for one in bounces for address, status, mail in _known(connection, one)}
    values = [
        {"address": address, "since": at, "status": status, "mail": mail} for address, (status, mail) in rows.items()
    ]
    insert_new(connection, _ROW, values, "address")


def clear_bounce(connection: Connection, address: str, at: datetime) -> None:
    """Forget that a mail to *address* came back: at that instant one came from there."""
    connection.execute(delete(_ROW).where(col(_ROW.address) == address, col(_ROW.since) <= at))


def _known(connection: Connection, bounce: Bounce) -> Iterator[tuple[str, str, str]]:
    """Yield address, status and outbox key, as the address stands in the outbox."""
    if not bounce.of:
        return
    facts = select(col(_OUTBOX.key), col(_OUTBOX.recipients)).where(col(_OUTBOX.message_id) == bounce.of)
    if not bounce.sealed:
        facts = facts.where(or_(*(col(_OUTBOX.key).startswith(one) for one in _ANSWERS)))
    named = {bounce.original, bounce.final} - {""}
    for key, recipients in connection.execute(facts):
        written = recipients.splitlines()
        # Who forwards his mail is told of by the address at its end; with one recipient it is clear who is meant.
        meant = [one for one in written if one.lower() in named] or (written if len(written) == 1 else [])
        if meant:
            yield meant[0], bounce.status, key
            return
