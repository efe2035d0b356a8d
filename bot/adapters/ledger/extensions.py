"""Extensions: more time that was granted to single reporters. Rows are added, or noted as taken back; none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, insert, or_, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.database import Database
from bot.model import AuditEntry, Deed, Extension

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from bot.model import Obligation

_GRANT = tables.Extension
_FACTS = ("campaign", "form", "reporter", "until", "words", "reason", "who", "at", "ended_by", "ended_at")


class Extending(Database):
    """The ledger's verbs about extensions."""

    def extensions(self, *, ended: bool = False) -> tuple[Extension, ...]:
        """Return what was granted and holds, the latest last; with *ended* also what was taken back."""
        with self._reading() as connection:
            return granted(connection, ended=ended)

    def extend(self, extensions: Collection[Extension]) -> None:
        """Grant more time, all of them or none; an earlier grant for the same form is kept and no longer counts."""
        with self._writing() as connection:
            for one in extensions:
                grant(connection, one)

    def end_extensions(self, obligations: Sequence[Obligation], who: str, now: datetime) -> int:
        """Take back what was granted for *obligations*: the letter's deadline holds again; return how many grants."""
        same = [
            and_(
                col(_GRANT.campaign) == one.campaign,
                col(_GRANT.form) == one.form,
                col(_GRANT.reporter) == one.reporter,
            )
            for one in obligations
        ]
        wanted = (col(_GRANT.ended_at).is_(None), or_(*same))
        held = select(col(_GRANT.campaign), col(_GRANT.form), col(_GRANT.reporter)).where(*wanted).distinct()
        back = update(_GRANT).where(*wanted).values(ended_by=who, ended_at=now)
        with self._writing() as connection:
            ended = sorted(map("/".join, connection.execute(held)))
            for subject in ended:
                write_entry(connection, AuditEntry(who, now, Deed.END_EXTENSION, subject, ""))
            return connection.execute(back).rowcount


def grant(connection: Connection, one: Extension, by: str = "") -> None:
    """Grant more time in the transaction of *connection*; *by* says on whose word, beside the reason."""
    connection.execute(insert(_GRANT).values({name: getattr(one, name) for name in _FACTS}))
    note = "; ".join(filter(None, (one.words, one.reason, by)))
    write_entry(connection, AuditEntry(one.who, one.at, Deed.EXTEND, _subject(one), note))


def _subject(one: Extension) -> str:
    return f"{one.campaign}/{one.form}/{one.reporter}"


def granted(connection: Connection, reporter: str = "", *, ended: bool = False) -> tuple[Extension, ...]:
    """Return the grants that hold, of one reporter or of all, the latest last; with *ended* all that ever were."""
    wanted: list[ColumnElement[bool]] = [] if ended else [col(_GRANT.ended_at).is_(None)]
    if reporter:
        wanted.append(col(_GRANT.reporter) == reporter)
    facts = select(*(getattr(_GRANT, name) for name in _FACTS)).where(*wanted).order_by(col(_GRANT.id))
    return tuple(Extension(*row) for row in connection.execute(facts))
