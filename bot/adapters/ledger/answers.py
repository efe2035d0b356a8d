"""Answers: which mail of ours a message answers, what reporters have explained, and what that closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.adapters import tables
from bot.adapters.ledger.records import ShownExplanation
from bot.adapters.ledger.rows import finding_of
from bot.model import Answered, Explained, Outcome, Part, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

_MOST_STEPS = 5
"""Of a thread in which answers answer answers."""
_MOST_EXPLAINED = 5_000
OPEN_QUERIES = col(tables.Part.queries) - col(tables.Part.explained)
"""Those of a part that nobody has explained yet."""


def answered_mail(connection: Connection, reporter: str, pointers: Sequence[str]) -> Answered | None:
    """Return the mail of ours that the first good one of *pointers* names; None where none does.

    Args:
        connection: to the ledger.
        reporter: the code of the sender: a mail to another reporter is never the one that is meant.
        pointers: Message-IDs and receipts, the most trusted first.
    """
    found = {pointer: row for row in _mails(connection, pointers) for pointer in (row.message_id, row.receipt)}
    for pointer in pointers:
        row = found.get(pointer)
        if row is not None and reporter and (row.reporter == reporter or f"/{reporter}/" in _addressed(row)):
            return _answered(connection, row)
    return None


def _mails(connection: Connection, pointers: Sequence[str]) -> Sequence[Row[Any]]:
    outbox, message = tables.Outbox, tables.Message
    facts = (outbox.key, outbox.kind, outbox.raw, outbox.message_id, outbox.message, message.reporter, message.receipt)
    by_receipt = select(col(message.id)).where(col(message.receipt).in_(pointers))
    named: Select[*tuple[Any, ...]] = (
        select(*map(col, facts))
        .join(message, col(message.id) == col(outbox.message), isouter=True)
        .where(or_(col(outbox.message_id).in_(pointers), col(outbox.message).in_(by_receipt)))
        .where(col(outbox.key).not_like("alert:%"))
        .order_by(col(outbox.id))
    )
    return connection.execute(named).all() if pointers else ()


def _addressed(row: Row[Any]) -> str:
    """Return the key of a mail that answers no message: it names the reporter (``remind:<campaign>/<reporter>/…``)."""
    return "" if row.message else str(row.key)


def _answered(connection: Connection, row: Row[Any]) -> Answered:
    with Session(connection) as session:
        origin = _origin(session, row.message)
        if origin is None:
            return Answered(row.key, row.kind, row.raw)
        told = select(col(tables.Explanation.number)).where(col(tables.Explanation.about) == origin.id)
        return Answered(
            key=row.key,
            kind=row.kind,
            raw=row.raw,
            message=origin.id,
            sha256=origin.sha256,
            receipt=origin.receipt or "",
            outcome=Outcome(origin.outcome) if origin.outcome else None,
            campaign=origin.campaign,
            parts=_parts(session, origin.id),
            explained=frozenset(session.scalars(told)),
        )


def _origin(session: Session, number: int | None) -> tables.Message | None:
    """Return the message whose findings are spoken of: one of ours about an answer is about older ones."""
    message = session.get(tables.Message, number) if number else None
    for _ in range(_MOST_STEPS):
        if message is None:
            return None
        earlier = None
        if message.outcome == Outcome.ANSWERED.value and message.about:
            earlier = session.get(tables.Message, message.about)
        elif message.outcome == Outcome.DUPLICATE.value:
            same = select(col(tables.Part.earlier)).where(
                col(tables.Part.message) == message.id, col(tables.Part.earlier) != ""
            )
            receipt = session.scalars(same.limit(1)).first()
            earlier = session.scalars(select(tables.Message).where(col(tables.Message.receipt) == receipt)).first()
        if earlier is None:
            return message
        message = earlier
    return message


def _parts(session: Session, number: int) -> tuple[Part, ...]:
    """Return the parts of a message with the findings that its reply told."""
    told: dict[int, list[tables.Finding]] = {}
    numbered = select(tables.Finding).where(col(tables.Finding.message) == number, col(tables.Finding.number) > 0)
    for one in session.scalars(numbered.order_by(col(tables.Finding.part), col(tables.Finding.ordinal))):
        told.setdefault(one.part, []).append(one)
    parts = select(tables.Part).where(col(tables.Part.message) == number).order_by(col(tables.Part.ordinal))
    return tuple(
        Part(
            file=one.file,
            content=one.content,
            verdict=Outcome(one.verdict),
            campaign=one.campaign,
            form=one.form,
            revision=one.revision,
            findings=tuple(finding_of(row) for row in told.get(one.ordinal, ())),
            numbers=tuple(row.number for row in told.get(one.ordinal, ())),
        )
        for one in session.scalars(parts)
    )


def explained_findings(connection: Connection, reporter: str, before: datetime | None = None) -> tuple[Explained, ...]:
    """Return the queries that *reporter* has explained, each with its last words, as far as they were kept in words."""
    said, finding, part = tables.Explanation, tables.Finding, tables.Part
    mine = [col(said.reporter) == reporter, col(finding.severity) == Severity.QUERY.value]
    if before is not None:
        mine.append(col(said.received_at) < before)
    wanted = (
        select(finding, col(part.campaign), col(part.form), col(said.text))
        .select_from(said)
        .join(finding, (col(finding.message) == col(said.about)) & (col(finding.number) == col(said.number)))
        .join(part, (col(part.message) == col(finding.message)) & (col(part.ordinal) == col(finding.part)))
        .where(*mine)
        .order_by(col(said.received_at).desc(), col(said.message).desc(), col(finding.ordinal).desc())
        .limit(_MOST_EXPLAINED)
    )
    with Session(connection) as session:
        rows = session.execute(wanted).all()
        return tuple(Explained(campaign, form, finding_of(row), text) for row, campaign, form, text in reversed(rows))


def is_open() -> ColumnElement[bool]:
    """Return the condition that a finding is not a query that was explained, before it was told or since."""
    finding, said = tables.Finding, tables.Explanation
    answers = select(col(said.message)).where(
        col(said.about) == col(finding.message), col(said.number) == col(finding.number)
    )
    unexplained = and_(col(finding.explained) == "", ~answers.exists())
    return or_(col(finding.severity) != Severity.QUERY.value, unexplained)


def count_explained(connection: Connection, about: int) -> None:
    """Note on the parts of message *about* how many of their queries are explained by now."""
    finding, said = tables.Finding, tables.Explanation
    numbers = select(col(said.number)).where(col(said.about) == about)
    asked = (col(finding.message) == about, col(finding.severity) == Severity.QUERY.value, col(finding.number) > 0)
    is_open = col(finding.number).not_in(numbers)
    by_part = select(
        col(finding.part), func.count().filter(is_open), func.count().filter(~is_open)
    ).where(*asked).group_by(col(finding.part))  # fmt: skip
    part = tables.Part
    for ordinal, left, closed in connection.execute(by_part).all():
        # Where nothing is left open, that holds too for those that were not kept in words.
        explained = closed if left else col(part.queries)
        here = (col(part.message) == about, col(part.ordinal) == ordinal)
        connection.execute(update(part).where(*here).values(explained=explained))


def shown_explanations(connection: Connection, *only_where: ColumnElement[bool]) -> tuple[ShownExplanation, ...]:
    """Return the explanations of which *only_where* holds, in the order of their arrival, with what they are about."""
    said = tables.Explanation
    in_order = (col(said.received_at), col(said.message), col(said.ordinal))
    return tuple(
        ShownExplanation(*facts) for facts in connection.execute(_SHOWN.where(*only_where).order_by(*in_order))
    )


_SAYING, _ABOUT = aliased(tables.Message), aliased(tables.Message)
_SAME_NUMBER = and_(
    col(tables.Finding.message) == col(tables.Explanation.about),
    col(tables.Finding.number) == col(tables.Explanation.number),
)
_FIRST = select(func.min(col(tables.Finding.ordinal))).where(_SAME_NUMBER).correlate(tables.Explanation)
_SHOWN: Select[*tuple[Any, ...]] = (
    select(
        func.coalesce(col(_ABOUT.receipt), ""),
        col(tables.Explanation.number),
        col(tables.Explanation.text),
        col(tables.Explanation.doubt),
        func.coalesce(col(_SAYING.receipt), ""),
        col(tables.Explanation.received_at),
        col(tables.Explanation.reporter),
        col(tables.Part.campaign),
        col(tables.Part.form),
        col(tables.Finding.title),
        col(tables.Finding.cell),
    )
    .select_from(tables.Explanation)
    .join(_SAYING, col(_SAYING.id) == col(tables.Explanation.message))
    .join(_ABOUT, col(_ABOUT.id) == col(tables.Explanation.about))
    .join(tables.Finding, and_(_SAME_NUMBER, col(tables.Finding.ordinal) == _FIRST.scalar_subquery()))
    .join(
        tables.Part,
        and_(col(tables.Part.message) == col(tables.Finding.message), col(tables.Part.ordinal) == tables.Finding.part),
    )
)
"""Each explanation with the first finding of its number."""
