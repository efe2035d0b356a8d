"""Process: which messages wait for a decision, what is known about a reporter, and the one transaction."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.answers import answered_mail, count_explained, explained_findings
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.bounces import clear_bounce, note_bounces, unreachable_addresses
from bot.adapters.ledger.claims import FACTS, IN_LINE, UNCLAIMED, is_due
from bot.adapters.ledger.database import Database, OvertakenError, insert_new
from bot.adapters.ledger.extensions import granted
from bot.adapters.ledger.history import settled_parts
from bot.adapters.ledger.orders import apply
from bot.adapters.ledger.records import Undecided
from bot.adapters.ledger.rows import (
    explanation_rows,
    finding_rows,
    message_values,
    outbox_rows,
    part_rows,
    signed_rows,
    tally_rows,
)
from bot.adapters.ledger.rulings import taken_out
from bot.adapters.ledger.signed import latest_signed
from bot.model import History, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from bot.model import AuditEntry, Effects, Mail, Settlement

_LONGEST_ERROR = 4000
_NOT_THEIRS = frozenset({Outcome.IGNORED, Outcome.HELD})


class Processing(Database):
    """The ledger's verbs about decisions."""

    def undecided(self, now: datetime, limit: int, without: Collection[int] = ()) -> tuple[Undecided, ...]:
        """Return at most *limit* messages that are received and due for a try at *now*, the first in line first.

        In line they stand as they arrived, but strangers as if they had come some hours later.

        Args:
            now: a message we failed on is not given before its next try is due.
            limit: how many at most.
            without: message numbers that are being worked on.
        """
        message = tables.Message
        waiting = select(*FACTS).where(is_due(now), col(message.id).not_in(without)).order_by(*IN_LINE).limit(limit)
        with self._reading() as connection:
            return tuple(Undecided(*facts) for facts in connection.execute(waiting))

    def history(
        self,
        reporter: str,
        sender: str,
        contents: Collection[str] = (),
        before: tuple[datetime, int] | None = None,
        pointers: Sequence[str] = (),
    ) -> History:
        """Return what is known of *reporter*'s forms, and when *sender* was answered.

        Of each form the newest accepted and the newest returned part, and every part that any of *contents* was
        settled as; the newest last. However often a reporter has sent, that is little. Of the last revision of each
        form also the errors and queries; of the signed copies the latest.

        Args:
            reporter: its code; empty for an unknown one, who has no parts.
            sender: the address that last got a mail of kind ``held``, directly or in answer to a message of its own.
            contents: SHA-256 of the files in hand.
            before: arrival and number of a message: of the forms only what came before it is told.
            pointers: Message-IDs and receipts by which a mail of ours may be meant, the most trusted first.
        """
        with self._reading() as connection:
            neutral_reply_at = _neutral_reply_at(connection, sender) if sender else None
            if not reporter:
                return History(neutral_reply_at=neutral_reply_at)
            return History(
                settled=settled_parts(connection, reporter, contents, before),
                answered=answered_mail(connection, reporter, pointers),
                explained=explained_findings(connection, reporter, before[0] if before else None),
                signed=tuple(latest_signed(connection, [reporter], before).values()),
                taken_out=taken_out(connection, reporter),
                unreachable=unreachable_addresses(connection),
                neutral_reply_at=neutral_reply_at,
                extensions=granted(connection, reporter),
            )

    def note_proof(self, message: int, grounds: str) -> None:
        """Note by which signature the author of *message* is proved; one that is decided already is left alone."""
        proved = update(tables.Message).where(*self._in_hand(message)).values(proved=grounds)
        with self._writing() as connection:
            connection.execute(proved)

    def settle(
        self,
        message: int,
        settlement: Settlement,
        raws: Mapping[str, str],
        now: datetime,
        effects: Effects | None = None,
    ) -> bool:
        """Commit all that *message* leads to: decision, parts, findings and mails, in one transaction.

        Args:
            message: its number.
            settlement: the tables it holds must be in the vault already.
            raws: key of each mail → SHA-256 of its bytes in the vault.
            now: the instant of the decision.
            effects: what it changes beside: done with it, or none of it.

        Returns:
            False, with nothing changed, when the message was decided already (by another worker, or before a crash),
            when another worker has claimed it, or when what it is to change was changed meanwhile.
        """
        decide = (
            update(tables.Message).where(*self._in_hand(message)).values(message_values(settlement, now) | UNCLAIMED)
        )
        parts = settlement.decision.parts
        # All rows are made before the lock is taken: others wait for the disk only.
        facts = (
            (tables.Part, part_rows(message, settlement)),
            (tables.Finding, finding_rows(message, parts)),
            (tables.Tally, tally_rows(message, parts)),
            (tables.Explanation, explanation_rows(message, settlement)),
            (tables.SignedCopy, signed_rows(message, settlement.decision)),
        )
        mails = outbox_rows(settlement.mails, raws, now, message)
        with suppress(OvertakenError), self._writing() as connection:
            if connection.execute(decide).rowcount != 1:
                return False
            for table, rows in facts:
                if rows:
                    connection.execute(insert(table), rows)
            insert_new(connection, tables.Outbox, mails, "key")
            if settlement.decision.about is not None and settlement.decision.noted:
                count_explained(connection, settlement.decision.about.message)
            if effects is not None:
                apply(connection, effects, message)
            note_bounces(connection, settlement.bounces, settlement.decision.received_at)
            # Who only says to be that sender has not shown that the address can be reached.
            if settlement.decision.outcome not in _NOT_THEIRS and settlement.heading.sender:
                clear_bounce(connection, settlement.heading.sender, settlement.decision.received_at)
            return True
        return False

    def acknowledge(self, message: int, mail: Mail, raw: str, now: datetime) -> bool:
        """Put the receipt of *message* into the outbox; False where the message is decided, or has its receipt."""
        waits = select(col(tables.Message.id)).where(
            col(tables.Message.id) == message, col(tables.Message.state) == "received"
        )
        with self._writing() as connection:
            if connection.execute(waits).first() is None:
                return False
            return insert_new(connection, tables.Outbox, outbox_rows([mail], {mail.key: raw}, now, message), "key") == 1

    def fault(
        self,
        message: int,
        error: str,
        now: datetime,
        retry_at: datetime | None,
        mails: Sequence[Mail] = (),
        raws: Mapping[str, str] | None = None,
        receipt: str = "",
    ) -> None:
        """Note that we failed on *message*; one that is decided already, or that another has claimed, is left alone.

        Args:
            message: its number.
            error: what happened, for the operator.
            now: the instant of the failure.
            retry_at: when to try again; None sets the message aside, with the outcome ``failed``.
            mails: alarm and apology, put into the outbox in the same transaction.
            raws: key of each mail → SHA-256 of its bytes in the vault.
            receipt: under which ``bot show`` finds a message that is set aside.
        """
        values: dict[str, object] = {"tries": col(tables.Message.tries) + 1, "error": error[:_LONGEST_ERROR]}
        if retry_at is None:
            aside = {"state": "aside", "outcome": Outcome.FAILED.value, "settled_at": now, "receipt": receipt or None}
            values |= {**aside, "retry_at": None}
        else:
            values["retry_at"] = retry_at
        failed = update(tables.Message).where(*self._in_hand(message)).values(values | UNCLAIMED)
        with self._writing() as connection:
            if connection.execute(failed).rowcount == 1:
                insert_new(connection, tables.Outbox, outbox_rows(mails, raws or {}, now, message), "key")

    def _in_hand(self, message: int) -> list[ColumnElement[bool]]:
        """Return the condition that *message* is undecided, and that no other worker has claimed it."""
        undecided = [col(tables.Message.id) == message, col(tables.Message.state) == "received"]
        return [*undecided, col(tables.Message.claimed_by) == self._claimant] if self._claimant else undecided

    def reopen(self, message: int, entry: AuditEntry) -> bool:
        """Let a message that was set aside be processed again, as if we had never failed on it; due at once.

        *entry* says who wants it, and is kept with it. False, with nothing changed, where it is not set aside.
        """
        again = (
            update(tables.Message)
            .where(col(tables.Message.id) == message, col(tables.Message.state) == "aside")
            .values(state="received", outcome="", tries=0, retry_at=entry.at, settled_at=None, receipt=None)
        )
        with self._writing() as connection:
            if connection.execute(again).rowcount != 1:
                return False
            write_entry(connection, entry)
        return True


def _neutral_reply_at(connection: Connection, sender: str) -> datetime | None:
    outbox, message = tables.Outbox, tables.Message
    held = select(func.max(col(outbox.created_at))).where(col(outbox.kind) == "held")
    to_it = held.where(col(outbox.recipients) == sender)
    in_answer = held.join(message, col(message.id) == col(outbox.message)).where(col(message.sender) == sender)
    answers = [connection.execute(one).scalar() for one in (to_it, in_answer)]
    return max((one for one in answers if one is not None), default=None)
