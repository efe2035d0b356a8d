"""History: what is known of a reporter's forms when the next mail of it is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select, tuple_
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.answers import OPEN_QUERIES, is_open
from bot.adapters.ledger.database import came_before
from bot.model import Outcome, Settled, Severity, Trace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

_FORM_VERDICTS = (Outcome.ACCEPTED.value, Outcome.RETURNED.value)
_TOLD = (Severity.ERROR.value, Severity.QUERY.value)
_MOST_TRACES = 500
"""Of a revision with more errors and queries only their numbers by rule are told: who has a thousand counts by rule."""
_Place = tuple[int, int]
"""A part: its message's number and its ordinal."""


def settled_parts(
    connection: Connection, reporter: str, contents: Collection[str], before: tuple[datetime, int] | None
) -> tuple[Settled, ...]:
    """Return the parts that ``Processing.history`` promises, the newest last."""
    part = tables.Part
    mine = (col(part.reporter) == reporter, col(part.verdict).in_(_FORM_VERDICTS), *came_before(part, before))
    keys = (col(part.campaign), col(part.form), col(part.verdict))
    last = select(*keys, func.max(col(part.revision)).label("revision")).where(*mine).group_by(*keys).subquery().c
    is_last = and_(
        col(part.campaign) == last.campaign,
        col(part.form) == last.form,
        col(part.verdict) == last.verdict,
        col(part.revision) == last.revision,
    )
    # Two small questions, each answered by its own index, instead of one that reads all that was ever sent.
    found = _parts_by_place(connection, _PARTS.join(last.campaign.table, is_last).where(*mine))
    if contents:
        found |= _parts_by_place(connection, _PARTS.where(*mine, col(part.content).in_(contents)))
    found |= _with_problems(connection, found)
    return tuple(settled for _, settled in sorted(found.items(), key=lambda one: (one[1].received_at, one[0])))


_PARTS = select(
    col(tables.Part.message),
    col(tables.Part.ordinal),
    col(tables.Part.campaign),
    col(tables.Part.form),
    col(tables.Part.verdict),
    col(tables.Part.revision),
    col(tables.Part.content),
    func.coalesce(col(tables.Message.receipt), ""),
    col(tables.Part.received_at),
    col(tables.Part.errors),
    col(tables.Part.table_sha256),
    col(tables.Part.nil),
    OPEN_QUERIES,
).join(tables.Message, col(tables.Message.id) == col(tables.Part.message))


def _parts_by_place(connection: Connection, parts: Select[*tuple[Any, ...]]) -> dict[_Place, Settled]:
    return {
        (message, ordinal): Settled(campaign, form, Outcome(verdict), *facts)
        for message, ordinal, campaign, form, verdict, *facts in connection.execute(parts)
    }


def _with_problems(connection: Connection, found: Mapping[_Place, Settled]) -> dict[_Place, Settled]:
    """Return the last revision of each form, as far as it had errors or queries, with these."""
    last: dict[tuple[str, str], _Place] = {}
    for place, one in found.items():
        known = last.setdefault((one.campaign, one.form), place)
        if one.revision > found[known].revision:
            last[one.campaign, one.form] = place
    counts = {place: found[place].errors + found[place].queries for place in last.values()}
    few = [place for place, count in counts.items() if 0 < count <= _MOST_TRACES]
    many = [place for place, count in counts.items() if count > _MOST_TRACES]
    told = {place: replace(found[place], traces=traces) for place, traces in _traces(connection, few).items()}
    return told | {place: replace(found[place], spoken=spoken) for place, spoken in _spoken(connection, many).items()}


def _traces(connection: Connection, places: Collection[_Place]) -> dict[_Place, tuple[Trace, ...]]:
    finding = tables.Finding
    wanted = select(
        col(finding.message),
        col(finding.part),
        col(finding.rule),
        col(finding.column_title),
        col(finding.row_key),
        col(finding.sheet),
        col(finding.line),
    ).where(_told_of(finding, places), is_open())
    traces: dict[_Place, list[Trace]] = {}
    for message, part, rule, column, key, sheet, line in connection.execute(wanted) if places else ():
        traces.setdefault((message, part), []).append(Trace(rule, column, key, sheet, line))
    return {place: tuple(own) for place, own in traces.items()}


def _spoken(connection: Connection, places: Collection[_Place]) -> dict[_Place, dict[str, int]]:
    tally = tables.Tally
    wanted = select(col(tally.message), col(tally.part), col(tally.rule), func.sum(col(tally.findings)))
    by_rule = wanted.where(_told_of(tally, places)).group_by(col(tally.message), col(tally.part), col(tally.rule))
    spoken: dict[_Place, dict[str, int]] = {}
    for message, part, rule, count in connection.execute(by_rule) if places else ():
        spoken.setdefault((message, part), {})[rule] = int(count)
    return spoken


def _told_of(table: type[tables.Finding | tables.Tally], places: Collection[_Place]) -> ColumnElement[bool]:
    """Return the condition that a row is of these parts, and of a kind that the reporter was told."""
    own = tuple_(col(table.message), col(table.part)).in_(places)
    return and_(own, col(table.severity).in_(_TOLD), col(table.trial).is_(False))
