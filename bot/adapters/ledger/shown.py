"""One message with everything that hangs on it, as it was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_
from sqlmodel import Session, col, select

from bot.adapters import tables
from bot.adapters.ledger.answers import shown_explanations
from bot.adapters.ledger.records import Mailbox, Shown, ShownExplanation, ShownMail, ShownPart
from bot.adapters.ledger.rows import finding_of
from bot.model import Act, Fate, Finding, Outcome, Ruling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


def shown_message(connection: Connection, receipt: str) -> Shown | None:
    """Return the message of that receipt with its parts, findings, places and mails; None where there is none."""
    with Session(connection) as session:
        message = session.exec(select(tables.Message).where(tables.Message.receipt == receipt)).first()
        return None if message is None else _shown(session, message)


def _shown(session: Session, message: tables.Message) -> Shown:
    return Shown(
        id=message.id,
        sha256=message.sha256,
        size=message.size,
        received_at=message.received_at,
        state=message.state,
        tries=message.tries,
        error=message.error,
        outcome=message.outcome,
        receipt=message.receipt or "",
        reason=message.reason,
        why=message.why,
        grounds=message.grounds,
        sender=message.sender,
        sender_name=message.sender_name,
        subject=message.subject,
        message_id=message.message_id,
        reporter=message.reporter,
        campaign=message.campaign,
        rules=message.rules,
        code=message.code,
        documents=tuple(message.documents),
        settled_at=message.settled_at,
        locations=_locations(session, message.id),
        parts=_parts(session, message.id),
        mails=_mails(session, message.id),
        explanations=_explanations(session, message.id),
    )


def _explanations(session: Session, message: int) -> tuple[ShownExplanation, ...]:
    said = tables.Explanation
    return shown_explanations(session.connection(), or_(col(said.message) == message, col(said.about) == message))


def _locations(session: Session, message: int) -> tuple[tuple[Mailbox, int], ...]:
    found = select(tables.Location).where(tables.Location.message == message).order_by(col(tables.Location.id))
    return tuple((Mailbox(one.account, one.folder, one.uidvalidity), one.uid) for one in session.exec(found))


def _parts(session: Session, message: int) -> tuple[ShownPart, ...]:
    parts = select(tables.Part).where(tables.Part.message == message).order_by(col(tables.Part.ordinal))
    told = select(tables.Finding).where(tables.Finding.message == message).order_by(col(tables.Finding.ordinal))
    findings: dict[int, list[Finding]] = {}
    for row in session.exec(told):
        findings.setdefault(row.part, []).append(finding_of(row))
    rulings = _rulings(session, message)
    return tuple(_part(one, findings.get(one.ordinal, ()), rulings.get(one.ordinal, ())) for one in session.exec(parts))


def _rulings(session: Session, message: int) -> dict[int, list[Ruling]]:
    found: dict[int, list[Ruling]] = {}
    for row in session.exec(
        select(tables.Ruling).where(tables.Ruling.message == message).order_by(col(tables.Ruling.id))
    ):
        said = Ruling(Act(row.act), row.who, row.at, row.note, before=row.before)
        found.setdefault(row.part, []).append(said)
    return found


def _part(row: tables.Part, findings: Sequence[Finding], rulings: Sequence[Ruling]) -> ShownPart:
    return ShownPart(
        file=row.file,
        content=row.content,
        verdict=Outcome(rulings[0].before if rulings else row.verdict),
        reason=row.reason,
        detail=row.detail,
        campaign=row.campaign,
        form=row.form,
        revision=row.revision,
        late_days=row.late_days,
        rows=row.rows,
        table=row.table_sha256,
        earlier=row.earlier,
        errors=row.errors,
        queries=row.queries,
        findings_total=row.findings,
        findings=tuple(findings),
        ordinal=row.ordinal,
        counts_as=row.verdict,
        rulings=tuple(rulings),
    )


def _mails(session: Session, message: int) -> tuple[ShownMail, ...]:
    ours = select(tables.Outbox).where(tables.Outbox.message == message).order_by(col(tables.Outbox.id))
    return tuple(
        ShownMail(
            key=one.key,
            kind=one.kind,
            message_id=one.message_id,
            to=tuple(one.recipients.splitlines()),
            subject=one.subject,
            raw=one.raw,
            created_at=one.created_at,
            tries=one.tries,
            error=one.error,
            sent_at=one.sent_at,
            way=one.way,
            drafted_at=one.drafted_at,
            fate=Fate(one.fate) if one.fate else None,
            dead_at=one.dead_at,
        )
        for one in session.exec(ours)
    )
