"""The rows of a settlement: values in, values out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.adapters import tables
from bot.adapters.code import code_version
from bot.model import Effect, Finding, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.model import Decision, Mail, Part, Settlement

MOST_FINDINGS = 2000
"""So many findings of one part are kept in words; their number is always exact."""
_SURE = 20
"""So many of one number are kept before others are weighed."""
_WEIGHT = {Severity.ERROR: 0, Severity.QUERY: 1, Severity.NOTE: 2}


def message_values(settlement: Settlement, now: datetime) -> dict[str, Any]:
    """Return what a settlement writes into the row of its message."""
    decision, heading = settlement.decision, settlement.heading
    return {
        "state": "settled",
        "settled_at": now,
        "retry_at": None,
        "outcome": decision.outcome.value,
        "receipt": decision.receipt or None,
        "reason": _word(decision.reason or decision.matter),
        "why": decision.why,
        "grounds": decision.grounds,
        "rules": decision.rules,
        "code": code_version(),
        "reporter": decision.reporter,
        "campaign": decision.campaign,
        "documents": list(decision.documents),
        "sender": heading.sender,
        "sender_name": heading.sender_name,
        "subject": heading.subject,
        "message_id": heading.message_id,
        "about": _about(settlement),
    }


def part_rows(message: int, settlement: Settlement) -> list[dict[str, Any]]:
    """Return one row for each part of the decision."""
    decision = settlement.decision
    return [
        {
            "message": message,
            "ordinal": ordinal,
            "received_at": decision.received_at,
            "reporter": decision.reporter,
            "campaign": part.campaign,
            "form": part.form,
            "file": part.file,
            "content": part.content,
            "verdict": part.verdict.value,
            "reason": _word(part.reason),
            "detail": part.detail,
            "revision": part.revision,
            "late_days": part.late_days,
            "rows": part.rows,
            "table_sha256": part.table,
            "earlier": part.earlier,
            "errors": len(part.of(Severity.ERROR)),
            "queries": len(part.of(Severity.QUERY)),
            "findings": len(part.findings),
            "nil": part.nil,
        }
        for ordinal, part in enumerate(decision.parts)
    ]


def signed_rows(message: int, decision: Decision) -> list[dict[str, Any]]:
    """Return one row for each signed copy."""
    return [
        {
            "message": message,
            "ordinal": ordinal,
            "received_at": decision.received_at,
            "reporter": decision.reporter,
            "campaign": one.campaign,
            "form": one.form,
            "file": one.file,
            "content": one.content,
            "number": one.number,
            "day": one.day,
        }
        for ordinal, one in enumerate(decision.signed)
    ]


def finding_rows(message: int, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return a row for each finding that is kept in words, in the order in which they were told."""
    return [
        {
            "message": message,
            "part": part_ordinal,
            "ordinal": ordinal,
            "rule": finding.rule,
            "severity": finding.severity.value,
            "title": finding.title,
            "say": finding.say,
            "fix": finding.fix,
            "sheet": finding.place.sheet,
            "cell": finding.place.cell,
            "line": finding.place.row,
            "column_title": finding.place.column,
            "row_key": finding.row_key,
            "written": finding.written,
            "trial": finding.trial,
            "number": part.numbers[ordinal] if part.numbers else 0,
            "explained": finding.explained,
        }
        for part_ordinal, part in enumerate(parts)
        for ordinal, finding in _kept(part)
    ]


def finding_of(row: tables.Finding) -> Finding:
    """Return the finding that a row keeps."""
    return Finding(
        rule=row.rule,
        severity=Severity(row.severity),
        title=row.title,
        say=row.say,
        fix=row.fix,
        place=Place(row.sheet, row.cell, row.line, row.column_title),
        row_key=row.row_key,
        written=row.written,
        trial=row.trial,
        explained=row.explained,
    )


def tally_rows(message: int, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return how often each rule spoke about each part."""
    rows = []
    for ordinal, part in enumerate(parts):
        titles = {finding.rule: finding.title for finding in part.findings}
        spoken = Counter((finding.rule, finding.severity.value, finding.trial) for finding in part.findings)
        for (rule, severity, trial), times in spoken.items():
            spoke = {"rule": rule, "severity": severity, "trial": trial, "title": titles[rule], "findings": times}
            rows.append({"message": message, "part": ordinal, **spoke})
    return rows


def explanation_rows(message: int, settlement: Settlement) -> list[dict[str, Any]]:
    """Return a row for each number about which the message says something that is kept."""
    decision, about = settlement.decision, _about(settlement)
    kept = [one for one in decision.noted if one.is_kept and about]
    return [
        {
            "message": message,
            "ordinal": ordinal,
            "about": about,
            "number": one.number,
            "reporter": decision.reporter,
            "received_at": decision.received_at,
            "text": one.text,
            "doubt": one.effect is Effect.DOUBTED,
        }
        for ordinal, one in enumerate(kept)
    ]


def _about(settlement: Settlement) -> int | None:
    about = settlement.decision.about
    return about.message or None if about else None


def outbox_rows(
    mails: Sequence[Mail], raws: Mapping[str, str], now: datetime, message: int | None = None
) -> list[dict[str, Any]]:
    """Return a row for each mail; raises KeyError where *raws* does not say under which hash its bytes are kept."""
    return [
        tables.Outbox(
            key=mail.key,
            kind=mail.kind,
            message=message,
            message_id=mail.message_id,
            recipients="\n".join(mail.to),
            subject=mail.subject,
            raw=raws[mail.key],
            created_at=now,
            due_at=now,
        ).model_dump(exclude={"id"})
        for mail in mails
    ]


def _kept(part: Part) -> Iterator[tuple[int, Finding]]:
    """Give the findings that are kept: where there are too many, the heaviest first, so that no note hides an error.

    Of each number some are kept however many there are: what is told can be answered.
    """
    chosen = list(enumerate(part.findings))
    if len(chosen) > MOST_FINDINGS:
        numbers = part.numbers or (0,) * len(chosen)
        told = Counter[int]()

        def weight(one: tuple[int, Finding]) -> tuple[bool, int]:
            number = numbers[one[0]]
            told[number] += 1
            return not number or told[number] > _SURE, _WEIGHT[one[1].severity]

        chosen = sorted(chosen, key=weight)[:MOST_FINDINGS]
    return iter(sorted(chosen, key=lambda one: one[0]))


def _word(value: str | None) -> str:
    return "" if value is None else str(value)
