"""Views: where every obligation stands, what happened in a period, and the whole in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database
from bot.adapters.ledger.records import Aside, Counts, Decided, Judged, Shown
from bot.adapters.ledger.send import WAITING
from bot.adapters.ledger.shown import shown_message
from bot.adapters.ledger.summary import aside_now, decided_in, finished_of, standing_of
from bot.model import Fate, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.model import Obligation, Standing

_REFUSED = (Fate.REFUSED.value, Fate.DELETED.value)
_BY_RULES = (Outcome.ACCEPTED.value, Outcome.RETURNED.value, Outcome.REFUSED.value)


class Viewing(Database):
    """The ledger's verbs that only look."""

    def standing(self, obligations: Sequence[Obligation]) -> tuple[Standing, ...]:
        """Return where each of *obligations* stands, in their order.

        What was accepted once stays accepted: a later revision that was returned does not unseat it, a later accepted
        one replaces it. ``late_days`` is that of the first acceptance: a correction after the day makes nobody late.
        """
        if not obligations:
            return ()
        with self._reading() as connection:
            return standing_of(connection, obligations)

    def finished(self, campaign: str) -> dict[tuple[str, str], datetime]:
        """Return (reporter, form) → the arrival of what was first accepted for it in *campaign*."""
        with self._reading() as connection:
            return finished_of(connection, campaign)

    def decided_between(self, start: datetime, end: datetime) -> Decided:
        """Return what was decided from *start* until just before *end*: the facts of a digest."""
        with self._reading() as connection:
            return decided_in(connection, start, end)

    def set_aside(self) -> tuple[Aside, ...]:
        """Return the messages that are set aside now, oldest first: each needs a person."""
        with self._reading() as connection:
            return aside_now(connection)

    def outcome_of(self, message_id: str) -> str | None:
        """Return as what the last mail of that Message-ID was settled; None as long as none was."""
        message = tables.Message
        settled = col(message.message_id) == message_id, col(message.settled_at).is_not(None)
        with self._reading() as connection:
            return connection.scalar(select(col(message.outcome)).where(*settled).order_by(col(message.id).desc()))

    def show(self, receipt: str) -> Shown | None:
        """Return everything about the message of that receipt; None where there is none."""
        with self._reading() as connection:
            return shown_message(connection, receipt)

    def judged(self, after: int, limit: int) -> tuple[Judged, ...]:
        """Return at most *limit* settled messages with a number above *after* that other rules might settle otherwise.

        Those of a known reporter, in the order of their numbers; a duplicate only repeats an earlier one, and of a
        mail over the limit nothing but its header is kept.
        """
        message = tables.Message
        found = (
            select(
                col(message.id),
                func.coalesce(col(message.receipt), ""),
                col(message.sha256),
                col(message.received_at),
                func.coalesce(col(message.settled_at), col(message.received_at)),
                col(message.reporter),
            )
            .where(
                col(message.id) > after,
                col(message.state) == "settled",
                col(message.outcome).in_(_BY_RULES),
                col(message.oversize).is_(False),
                col(message.dropped_at).is_(None),
            )
            .order_by(col(message.id))
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(Judged(*facts) for facts in connection.execute(found))

    def undecided_since(self) -> datetime | None:
        """Return since when the message that has waited longest for its decision is known; None where none waits.

        That is when we found it, whenever it arrived; of one that is judged again, when a person wanted that.
        """
        message, location = tables.Message, tables.Location
        again = and_(col(message.tries) == 0, col(message.retry_at).is_not(None))
        known = (
            select(func.min(case((again, col(message.retry_at)), else_=col(location.found_at))))
            .join(location, col(location.message) == col(message.id))
            .where(col(message.state) == "received")
        )
        with self._reading() as connection:
            return connection.execute(known).scalar()

    def counts(self, now: datetime) -> Counts:  # noqa: ARG002  the figures of a moment, told by their caller
        """Return the whole ledger in figures."""
        message = tables.Message
        states = select(col(message.state), col(message.outcome), func.count(), func.min(col(message.received_at)))
        with self._reading() as connection:
            groups = connection.execute(states.group_by(col(message.state), col(message.outcome))).all()
            pending, dead, sent, oldest_pending = _outbox_figures(connection)
            unfiled = _unfiled_figure(connection)
        return Counts(
            received_total=sum(count for _, _, count, _ in groups),
            undecided=sum(count for state, _, count, _ in groups if state == "received"),
            set_aside=sum(count for state, _, count, _ in groups if state == "aside"),
            by_outcome={outcome: count for _, outcome, count, _ in groups if outcome},
            outbox_pending=pending,
            outbox_dead=dead,
            outbox_sent=sent,
            oldest_undecided=min((oldest for state, _, _, oldest in groups if state == "received"), default=None),
            oldest_pending=oldest_pending,
            unfiled=unfiled,
        )


def _outbox_figures(connection: Connection) -> tuple[int, int, int, datetime | None]:
    outbox = tables.Outbox
    figures = select(
        func.count().filter(*WAITING),
        # What a cap or a person stopped could have been delivered, what one let go may have been: they are told apart.
        func.count(col(outbox.dead_at)).filter(
            col(outbox.withheld_at).is_(None), col(outbox.handed_at).is_(None), col(outbox.fate).not_in(_REFUSED)
        ),
        func.count(col(outbox.sent_at)),
        func.min(col(outbox.created_at)).filter(*WAITING),
    ).select_from(outbox)
    waiting, dead, sent, oldest = connection.execute(figures).one()
    return waiting, dead, sent, oldest


def _unfiled_figure(connection: Connection) -> int:
    location, message = tables.Location, tables.Message
    waiting = (
        select(func.count())
        .select_from(location)
        .join(message, col(message.id) == col(location.message))
        .where(col(location.filed_at).is_(None), col(message.state) != "received")
    )
    return connection.execute(waiting).scalar_one()
