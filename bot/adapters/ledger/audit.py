"""The audit trail: who changed what. Lines are only ever added, and each holds the hash of the one before.

The database itself refuses to change or delete a line (migration 0009). Who takes that refusal away still breaks the
chain: :meth:`Auditing.find_broken_line` then says where.
"""

from __future__ import annotations

import json
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, text
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database
from bot.model import AuditEntry, Deed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.model import Act

_ADDING = 0x6261_6F63_6175
"""A number of our own for PostgreSQL's advisory lock: two lines never follow the same one."""
_LINE = tables.Audit
_FACTS = (_LINE.id, _LINE.at, _LINE.who, _LINE.act, _LINE.subject, _LINE.note, _LINE.previous, _LINE.link)


class Auditing(Database):
    """The ledger's verbs about what people did."""

    def note_deed(self, entry: AuditEntry) -> None:
        """Add a line about a deed whose effect lies outside the ledger.

        Where the ledger changes too, its verb adds the line in the same transaction, by :func:`write_entry`.
        """
        with self._writing() as connection:
            write_entry(connection, entry)

    def audit(
        self, who: str = "", deed: Deed | None = None, since: datetime | None = None, subject: str = ""
    ) -> Iterator[AuditEntry]:
        """Yield the lines of *who* about *deed* from *since* on whose subject holds *subject*, the latest last."""
        wanted = [
            *([col(_LINE.who) == who] if who else []),
            *([col(_LINE.act) == deed.value] if deed else []),
            *([col(_LINE.at) >= since] if since else []),
            *([col(_LINE.subject).contains(subject, autoescape=True)] if subject else []),
        ]
        facts = select(*map(col, (_LINE.who, _LINE.at, _LINE.act, _LINE.subject, _LINE.note)))
        with self._reading() as connection:
            for line in connection.execute(facts.where(*wanted).order_by(col(_LINE.id))):
                yield AuditEntry(line.who, line.at, Deed(line.act), line.subject, line.note)

    def find_broken_line(self) -> int:
        """Return the number of the first line that does not follow the one before, or was changed; 0 where all do."""
        before, number = "", 0
        with self._reading() as connection:
            for line in connection.execute(select(*map(col, _FACTS)).order_by(col(_LINE.id))):
                number += 1
                link = link_of(number, before, line.at, line.who, line.act, line.subject, line.note)
                if (line.id, line.previous, line.link) != (number, before, link):
                    return number
                before = line.link
        return 0


def write_entry(connection: Connection, entry: AuditEntry) -> None:
    """Add a line in the transaction of *connection*: it is kept with what else that changes, or not at all."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:ours)"), {"ours": _ADDING})
    last = select(col(_LINE.id), col(_LINE.link)).order_by(col(_LINE.id).desc()).limit(1)
    number, before = connection.execute(last).one_or_none() or (0, "")
    told = {"who": entry.who, "act": entry.deed.value, "subject": entry.subject, "note": entry.note}
    link = link_of(number + 1, before, entry.at, *told.values())
    connection.execute(insert(_LINE).values(id=number + 1, at=entry.at, previous=before, link=link, **told))


def deed_of(act: Act) -> Deed:
    """Return under which word a ruling stands in the trail."""
    return Deed(act.value)


def link_of(number: int, before: str, at: datetime, *told: str) -> str:
    """Return the hash of a line and of all before it; how it is made can never change, or no old line would agree.

    *told*: who, act, subject, note.
    """
    whole = [number, before, at.astimezone(UTC).isoformat(timespec="microseconds"), *told]
    return sha256(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
