"""Mails that a person looks at before they leave: which wait, and what became of them.

How a mail leaves is said by the configuration of who sends it, at the latest just before it would be sent, and it only
ever becomes stricter: what waits for a person goes on waiting, whatever is configured later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.database import Database
from bot.adapters.ledger.send import PENDING, WAITING
from bot.model import Awaiting, Fate, Reviewed

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement

    from bot.model import AuditEntry

_OUTBOX, _MESSAGE = tables.Outbox, tables.Message
_UNASKED_FOR = (*PENDING, col(_OUTBOX.way) == "approve", col(_OUTBOX.fate) == "")


class Reviewing(Database):
    """The ledger's verbs about mails that wait for a person."""

    def route(self, mode_of: Callable[[str], str]) -> int:
        """Let each mail that is to be sent wait for a person where its kind's mode wants that; return how many do now.

        What a person has approved, and what was handed to a server perhaps, stays as it is.
        """
        free = (*WAITING, col(_OUTBOX.way) == "live")
        with self._reading() as connection:
            kinds = connection.execute(select(col(_OUTBOX.kind)).where(*free).distinct()).scalars().all()
        ways = {kind: way for kind in kinds if (way := mode_of(kind)) != "live"}
        if not ways:
            return 0
        with self._writing() as connection:
            return sum(
                connection.execute(
                    update(_OUTBOX).where(*free, col(_OUTBOX.kind) == kind).values(way=way, withheld_at=None)
                ).rowcount
                for kind, way in ways.items()
            )

    def awaiting(self) -> tuple[Awaiting, ...]:
        """Return the mails that wait for a person's word, oldest first."""
        facts = (_OUTBOX.id, _OUTBOX.kind, _OUTBOX.recipients, _OUTBOX.subject, _OUTBOX.created_at, _OUTBOX.raw)
        asked = (
            select(*map(col, facts), func.coalesce(col(_MESSAGE.receipt), "").label("receipt"), _outdated())
            .outerjoin(_MESSAGE, col(_MESSAGE.id) == col(_OUTBOX.message))
            .where(*_UNASKED_FOR)
            .order_by(col(_OUTBOX.id))
        )
        with self._reading() as connection:
            return tuple(
                Awaiting(
                    row.id, row.kind, tuple(row.recipients.splitlines()), row.subject, row.created_at, row.raw,
                    row.receipt, bool(row.outdated),
                )
                for row in connection.execute(asked)
            )  # fmt: skip

    def approve(self, number: int, entry: AuditEntry) -> bool:
        """Let a mail be sent that waits for a person's word; False, with nothing changed, where it does not wait."""
        return self._say(number, entry, fate=Fate.APPROVED.value, due_at=entry.at)

    def refuse(self, number: int, entry: AuditEntry) -> bool:
        """Never send a mail that waits for a person's word; False, with nothing changed, where it does not wait."""
        return self._say(number, entry, fate=Fate.REFUSED.value, dead_at=entry.at, error=entry.note)

    def reviewed(self) -> tuple[Reviewed, ...]:
        """Return of each kind of mail, and way, how many wait for a person, and what became of the others."""
        waits = and_(*PENDING, col(_OUTBOX.fate) == "")
        facts = (col(_OUTBOX.kind), col(_OUTBOX.way), col(_OUTBOX.fate))
        counted = (
            select(*facts, func.count().filter(waits).label("waiting"), func.count().label("all"))
            .where(col(_OUTBOX.way) != "live")
            .group_by(*facts)
            .order_by(*facts)
        )
        found: dict[tuple[str, str], Reviewed] = {}
        with self._reading() as connection:
            for kind, way, fate, waiting, number in connection.execute(counted):
                one = found.setdefault((kind, way), Reviewed(kind, way, 0, {}))
                if fate:
                    one.fates[Fate(fate)] = number
                else:
                    found[kind, way] = Reviewed(kind, way, waiting, one.fates)
        return tuple(found.values())

    def _say(self, number: int, entry: AuditEntry, **values: Any) -> bool:
        say = update(_OUTBOX).where(col(_OUTBOX.id) == number, *_UNASKED_FOR).values(fate_at=entry.at, **values)
        with self._writing() as connection:
            if connection.execute(say).rowcount != 1:
                return False
            write_entry(connection, entry)
        return True


def _outdated() -> ColumnElement[Any]:
    """Return whether a later mail answers a later message of the same reporter about each form of this one."""
    own, later, newer = aliased(tables.Part), aliased(tables.Part), aliased(_OUTBOX)
    told_later = exists(
        select(col(newer.id))
        .join(later, col(later.message) == col(newer.message))
        .where(
            col(newer.id) > col(_OUTBOX.id),
            col(newer.fate) != Fate.REFUSED.value,
            col(later.message) > col(own.message),
            col(later.reporter) == col(own.reporter),
            col(later.campaign) == col(own.campaign),
            col(later.form) == col(own.form),
        )
        .correlate(_OUTBOX, own)
    )
    of_forms = (col(own.message) == col(_OUTBOX.message), col(own.form) != "", col(own.reporter) != "")
    any_form = exists(select(col(own.message)).where(*of_forms).correlate(_OUTBOX))
    any_left = exists(select(col(own.message)).where(*of_forms, ~told_later).correlate(_OUTBOX))
    return and_(any_form, ~any_left).label("outdated")
