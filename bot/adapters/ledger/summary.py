"""The queries behind the views: each one statement, however many obligations or messages there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.answers import OPEN_QUERIES, shown_explanations
from bot.adapters.ledger.records import Aside, Decided, DecidedPart, HeldSender, RuleCount, ShownExplanation
from bot.adapters.ledger.signed import latest_signed
from bot.model import Outcome, Severity, Standing, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Subquery, UnaryExpression

    from bot.model import Obligation

_FORM_VERDICTS = (Outcome.ACCEPTED.value, Outcome.RETURNED.value)
Within = tuple["ColumnElement[bool]", ...]
"""The condition that a message was decided in the period."""


def standing_of(connection: Connection, obligations: Sequence[Obligation]) -> tuple[Standing, ...]:
    """Return where each of *obligations* stands, in their order, one query over parts, one over signed copies."""
    message, ranked = tables.Message, _ranked_parts(obligations)
    latest = (
        select(ranked, func.coalesce(col(message.receipt), "").label("receipt"))
        .join(message, col(message.id) == ranked.c.message)
        .where(ranked.c.place == 1)
    )
    found = {
        (row.campaign, row.reporter, row.form): (
            State.NIL if row.nil else State(row.verdict),
            row.revision,
            row.received_at,
            row.late_days if row.first_late is None else row.first_late,
            row.errors,
            row.queries,
            row.receipt,
        )
        for row in connection.execute(latest)
    }
    signed = latest_signed(connection, {one.reporter for one in obligations if one.signed})
    return tuple(
        replace(
            Standing(one, *found.get((one.campaign, one.reporter, one.form), ())),
            signed=signed.get((one.campaign, one.reporter, one.signed)),
        )
        for one in obligations
    )


def latest_first() -> tuple[UnaryExpression[Any], ...]:
    """Return the order in which, of several parts that count alike, the first one speaks."""
    part = tables.Part
    return col(part.received_at).desc(), col(part.message).desc(), col(part.ordinal).desc()


def _ranked_parts(obligations: Sequence[Obligation]) -> Subquery:
    """Return the parts that may speak for *obligations*; the one in ``place`` 1 does."""
    part = tables.Part
    accepted = case((col(part.verdict) == Outcome.ACCEPTED.value, 1), else_=0)
    same = (col(part.campaign), col(part.reporter), col(part.form))
    newest = (accepted.desc(), *latest_first())
    facts = (part.message, part.verdict, part.revision, part.received_at, part.late_days, part.errors, part.nil)
    return (
        select(
            *same,
            *map(col, facts),
            OPEN_QUERIES.label("queries"),
            # The first acceptance says whether the reporter was late; a correction after the day does not.
            func.min(case((accepted == 1, col(part.late_days)))).over(partition_by=same).label("first_late"),
            func.row_number().over(partition_by=same, order_by=newest).label("place"),
        )
        .where(
            col(part.reporter).in_({one.reporter for one in obligations}),
            col(part.campaign).in_({one.campaign for one in obligations}),
            col(part.verdict).in_(_FORM_VERDICTS),
        )
        .subquery()
    )


def finished_of(connection: Connection, campaign: str) -> dict[tuple[str, str], datetime]:
    """Return (reporter, form) → when a part of it was first accepted in *campaign*."""
    part = tables.Part
    first = (
        select(col(part.reporter), col(part.form), func.min(col(part.received_at)))
        .where(col(part.campaign) == campaign, col(part.verdict) == Outcome.ACCEPTED.value)
        .group_by(col(part.reporter), col(part.form))
    )
    return {(reporter, form): at for reporter, form, at in connection.execute(first)}


def decided_in(connection: Connection, start: datetime, end: datetime) -> Decided:
    """Return what was decided from *start* until just before *end*."""
    within: Within = (col(tables.Message.settled_at) >= start, col(tables.Message.settled_at) < end)
    return Decided(
        by_outcome=_outcomes(connection, within),
        parts=_parts(connection, within),
        rules=_rules(connection, within),
        held=_held(connection, within),
        explanations=_explanations(connection, within),
        aside=aside_now(connection),
    )


def _outcomes(connection: Connection, within: Within) -> dict[str, int]:
    outcome = col(tables.Message.outcome)
    counted = select(outcome, func.count()).where(*within).group_by(outcome).order_by(outcome)
    return dict(connection.execute(counted).all())


def _parts(connection: Connection, within: Within) -> tuple[DecidedPart, ...]:
    part, message = tables.Part, tables.Message
    decided = (
        select(
            col(part.reporter),
            col(part.campaign),
            col(part.form),
            col(part.verdict),
            col(part.revision),
            col(part.late_days),
            col(part.rows),
            col(part.errors),
            OPEN_QUERIES,
            func.coalesce(col(message.receipt), ""),
            col(part.received_at),
        )
        .join(message, col(message.id) == col(part.message))
        .where(*within, col(part.verdict).in_(_FORM_VERDICTS))
        .order_by(col(part.received_at), col(part.message), col(part.ordinal))
    )
    return tuple(
        DecidedPart(reporter, campaign, form, Outcome(verdict), *rest)
        for reporter, campaign, form, verdict, *rest in connection.execute(decided)
    )


def _rules(connection: Connection, within: Within) -> tuple[RuleCount, ...]:
    tally, message = tables.Tally, tables.Message
    by_rule = (col(tally.rule), col(tally.severity), col(tally.trial))
    parts, findings = func.count().label("parts"), func.sum(col(tally.findings)).label("findings")
    spoken = (
        select(*by_rule, func.max(col(tally.title)), parts, findings)
        .join(message, col(message.id) == col(tally.message))
        .where(*within)
        .group_by(*by_rule)
        .order_by(parts.desc(), findings.desc(), col(tally.rule))
    )
    return tuple(
        RuleCount(rule, title, Severity(severity), trial, times, int(total))
        for rule, severity, trial, title, times, total in connection.execute(spoken)
    )


def _explanations(connection: Connection, within: Within) -> tuple[ShownExplanation, ...]:
    decided = select(col(tables.Message.id)).where(*within)
    return shown_explanations(connection, col(tables.Explanation.message).in_(decided))


def _held(connection: Connection, within: Within) -> tuple[HeldSender, ...]:
    message = tables.Message
    number, latest = func.count().label("number"), func.max(col(message.id)).label("latest")
    groups = (
        select(number, latest)
        .where(*within, col(message.outcome) == Outcome.HELD.value)
        .group_by(col(message.sender), col(message.why))
        .subquery()
        .c
    )
    held = (
        select(
            col(message.sender),
            col(message.why),
            groups.number,
            col(message.received_at),
            func.coalesce(col(message.receipt), ""),
        )
        .join(groups.number.table, groups.latest == col(message.id))
        .order_by(col(message.sender), col(message.why))
    )
    return tuple(HeldSender(*facts) for facts in connection.execute(held))


def aside_now(connection: Connection) -> tuple[Aside, ...]:
    """Return the messages that are set aside, oldest first."""
    message = tables.Message
    aside = (
        select(col(message.id), func.coalesce(col(message.receipt), ""), col(message.received_at), col(message.error))
        .where(col(message.state) == "aside")
        .order_by(col(message.received_at), col(message.id))
    )
    return tuple(Aside(*facts) for facts in connection.execute(aside))
