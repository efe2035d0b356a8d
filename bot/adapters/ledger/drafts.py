"""Mails that lie among the drafts of the mailbox, and are sent from there by a person or not at all.

Each is written there at most once: what the folder's next number was is noted before, so that after a death it can be
told whether it came so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database
from bot.adapters.ledger.outgoing import Draft, Due
from bot.adapters.ledger.send import LONGEST_ERROR, PENDING
from bot.model import Fate

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

_OUTBOX = tables.Outbox
_TO_WRITE = (
    *PENDING,
    col(_OUTBOX.way) == "drafts",
    col(_OUTBOX.drafted_at).is_(None),
    col(_OUTBOX.handed_at).is_(None),
)
_IN_SIGHT = (*PENDING, col(_OUTBOX.drafted_at).is_not(None), col(_OUTBOX.fate) == "")


class Drafting(Database):
    """The ledger's verbs about drafts."""

    def undrafted(self, now: datetime, limit: int) -> tuple[tuple[Due, str], ...]:
        """Return at most *limit* mails to be written among the drafts, and what was noted before that was tried.

        Those of which it is not known whether they lie there come first.
        """
        # What a ledger that was lost had brought out is not written anew.
        found = col(_OUTBOX.message_id).in_(select(col(tables.FoundSent.message_id)))
        facts = (
            _OUTBOX.key, _OUTBOX.kind, _OUTBOX.message_id, _OUTBOX.recipients, _OUTBOX.subject, _OUTBOX.raw,
            _OUTBOX.tries, _OUTBOX.created_at, _OUTBOX.drafting,
        )  # fmt: skip
        wanted = (
            select(*map(col, facts))
            .where(*_TO_WRITE, ~found, col(_OUTBOX.due_at) <= now)
            .order_by(col(_OUTBOX.drafting) == "", col(_OUTBOX.id))
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(
                (
                    Due(
                        row.key, row.kind, row.message_id, tuple(row.recipients.splitlines()), row.subject, row.raw,
                        row.tries, row.created_at,
                    ),
                    row.drafting,
                )
                for row in connection.execute(wanted)
            )  # fmt: skip

    def begin_draft(self, key: str, place: str) -> None:
        """Note, before it is done, that the mail is written among the drafts; *place* is UIDVALIDITY and UIDNEXT."""
        self._note_draft(key, *_TO_WRITE, drafting=place)

    def drafted(self, key: str, now: datetime) -> None:
        """Note that the mail lies among the drafts."""
        self._note_draft(key, *_TO_WRITE, drafted_at=now, error="")

    def put_off_draft(self, key: str, error: str, retry_at: datetime) -> None:
        """Note that the mail certainly does not lie among the drafts, why, and when to try again."""
        more = {"tries": col(_OUTBOX.tries) + 1, "error": error[:LONGEST_ERROR], "due_at": retry_at}
        self._note_draft(key, *_TO_WRITE, drafting="", **more)

    def hold_draft(self, key: str, error: str, now: datetime) -> None:
        """Leave to a person what nobody can know: whether the mail lay among the drafts; it is possibly sent."""
        self._note_draft(key, *_TO_WRITE, handed_at=now, error=error[:LONGEST_ERROR])

    def drafts(self, since: datetime) -> tuple[Draft, ...]:
        """Return the drafts of which it is not known what became of them, and those thought deleted since then."""
        deleted = and_(col(_OUTBOX.fate) == Fate.DELETED.value, col(_OUTBOX.fate_at) >= since)
        facts = (_OUTBOX.key, _OUTBOX.message_id, _OUTBOX.raw, _OUTBOX.drafted_at, _OUTBOX.missed_at, _OUTBOX.fate)
        wanted = select(*map(col, facts)).where(or_(and_(*_IN_SIGHT), deleted)).order_by(col(_OUTBOX.id))
        with self._reading() as connection:
            return tuple(
                Draft(row.key, row.message_id, row.raw, row.drafted_at, row.missed_at, bool(row.fate))
                for row in connection.execute(wanted)
            )

    def missed(self, missing: Collection[str], seen: Collection[str], now: datetime) -> None:
        """Note which drafts were looked for in vain, and which are in sight again."""
        if not missing and not seen:
            return
        with self._writing() as connection:
            note = update(_OUTBOX).where(*_IN_SIGHT)
            for key in missing:
                own = note.where(col(_OUTBOX.key) == key, col(_OUTBOX.missed_at).is_(None))
                connection.execute(own.values(missed_at=now))
            for key in seen:
                connection.execute(note.where(col(_OUTBOX.key) == key).values(missed_at=None))

    def deleted(self, keys: Sequence[str], now: datetime) -> None:
        """Note that these drafts are gone and were not sent."""
        fate = {"fate": Fate.DELETED.value, "fate_at": now, "dead_at": now}
        for key in keys:
            self._note_draft(key, *_IN_SIGHT, **fate)

    def sent_by_person(self, key: str, fate: Fate, message_id: str, at: datetime, now: datetime) -> bool:
        """Note that a person has sent the draft at that instant, and under which Message-ID; False where it was noted.

        Whoever answers it, and a server that sends it back, names the mail by that id.
        """
        told = or_(and_(*_IN_SIGHT), col(_OUTBOX.fate) == Fate.DELETED.value)
        values = {"fate": fate.value, "fate_at": now, "sent_at": at, "copied_at": now, "dead_at": None}
        return self._note_draft(key, told, message_id=message_id, missed_at=None, **values)

    def _note_draft(self, key: str, *only_where: ColumnElement[bool], **values: Any) -> bool:
        with self._writing() as connection:
            note = update(_OUTBOX).where(col(_OUTBOX.key) == key, *only_where).values(**values)
            return connection.execute(note).rowcount == 1
