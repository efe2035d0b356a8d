"""The dataset's side: which revision of each form counts, and how many of its queries are still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, in_chunks
from bot.adapters.ledger.records import Accepted
from bot.adapters.ledger.summary import latest_first
from bot.model import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection


class Consolidating(Database):
    """The ledger's verbs about what counts."""

    def accepted(self, campaigns: Collection[str]) -> tuple[Accepted, ...]:
        """Return the accepted revision that counts of every reporter and form of *campaigns*: the standing's own.

        By campaign, form and reporter.
        """
        with self._reading() as connection:
            found = [row for some in in_chunks(campaigns) for row in _counting(connection, some)]
            explained = _explained(connection, {message for message, *_ in found})
        return tuple(
            Accepted(*(*facts, queries - explained.get((message, ordinal), 0)))
            for message, ordinal, queries, *facts in found
        )


def _counting(connection: Connection, campaigns: Collection[str]) -> list[tuple[Any, ...]]:
    part, message = tables.Part, tables.Message
    same = (col(part.campaign), col(part.form), col(part.reporter))
    place = func.row_number().over(partition_by=same, order_by=latest_first()).label("place")
    newest = (
        select(col(part.message), col(part.ordinal), place)
        .where(col(part.campaign).in_(campaigns), col(part.verdict) == Outcome.ACCEPTED.value)
        .subquery()
    )
    facts = (part.revision, part.late_days, part.file, part.content, part.table_sha256, part.rows, part.nil)
    chosen = (
        select(
            col(part.message),
            col(part.ordinal),
            col(part.queries),
            *same,
            func.coalesce(col(message.receipt), ""),
            col(part.received_at),
            *map(col, facts),
        )
        .join(newest, and_(newest.c.message == col(part.message), newest.c.ordinal == col(part.ordinal)))
        .join(message, col(message.id) == col(part.message))
        .where(newest.c.place == 1)
        .order_by(*same)
    )
    return [tuple(row) for row in connection.execute(chosen)]


def _explained(connection: Connection, messages: Collection[int]) -> dict[tuple[int, int], int]:
    """Return of each part of *messages* how many of its queries the reporter has explained."""
    finding, said = tables.Finding, tables.Explanation
    told = exists().where(
        col(said.about) == col(finding.message), col(said.number) == col(finding.number), col(finding.number) > 0
    )
    counted: dict[tuple[int, int], int] = {}
    for some in in_chunks(messages):
        asked = (
            select(col(finding.message), col(finding.part), func.count())
            .where(
                col(finding.message).in_(some),
                col(finding.severity) == Severity.QUERY.value,
                col(finding.trial).is_(False),
                or_(col(finding.explained) != "", told),
            )
            .group_by(col(finding.message), col(finding.part))
        )
        counted |= {(message, part): count for message, part, count in connection.execute(asked)}
    return counted
