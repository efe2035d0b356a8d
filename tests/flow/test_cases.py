"""One mail, one outcome: each case is a mail as it came and all that follows from it, as a person reads it.

``pytest --accept`` writes what is expected, a person reviews it. A case may have a mail that came earlier.
"""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.decide.verdict import remember
from bot.model import Answered, History, Outcome
from tests.flow.make_cases import make_cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from bot.model import Mail, Message, Part, Settlement
    from bot.runners.pipeline import Opened, Pipeline

CASES = Path(__file__).parent / "cases"


_EARLIER = "1" * 64
"""Stands for the SHA-256 of the mail that came before."""


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_a_mail_leads_to_what_the_case_expects(case: str, thinker: Pipeline, accept: bool) -> None:
    folder = CASES / case
    earlier = None
    if (folder / "earlier.eml").exists():
        earlier = settle(thinker, folder / "earlier.eml", 56, None)
    told = describe(settle(thinker, folder / "mail.eml", 57, earlier))
    path = folder / "expected.txt"
    if accept:
        path.write_text(told, "utf-8")
    assert path.read_text("utf-8") == told


def test_every_case_is_made_and_every_made_case_is_kept() -> None:
    assert {path.name for path in CASES.iterdir()} == {name for name, _, _ in make_cases()}


def test_the_cases_cover_every_outcome_but_our_own_failure() -> None:
    told = "".join(path.read_text("utf-8") for path in CASES.glob("*/expected.txt"))
    assert {one for one in Outcome if f"outcome: {one.value}\n" not in told} == {Outcome.FAILED, Outcome.DISMISSED}


def settle(thinker: Pipeline, path: Path, number: int, earlier: Settlement | None) -> Settlement:
    raw = path.read_bytes()
    received_at = parsedate_to_datetime(str(message_from_bytes(raw)["Date"]))
    message: Message = thinker.parse(raw, received_at)
    opened = thinker.open(message)
    history = remembered(earlier, opened, path.with_name("earlier.eml")) if earlier else History()
    return thinker.settle(message, number, history, received_at)


def remembered(settlement: Settlement, opened: Opened, path: Path) -> History:
    """Return what ledger and vault would know after it, when the next message is *opened*; *path* is its mail."""
    decision = settlement.decision
    history = remember(History(), decision.parts, decision.receipt, decision.received_at)
    at = decision.received_at if decision.outcome is Outcome.HELD and settlement.mails else None
    answered = None
    names = {decision.receipt, *(mail.message_id for mail in settlement.mails)}
    if names & set(opened.pointers) and decision.reporter == opened.reporter:
        (mail,) = settlement.mails
        answered = Answered(
            mail.key, mail.kind, "", 56, _EARLIER, decision.receipt, decision.outcome, decision.campaign, decision.parts
        )
    return replace(history, answered=answered, signed=decision.signed, neutral_reply_at=at, kept={_EARLIER: path})


def describe(settlement: Settlement) -> str:
    decision = settlement.decision
    lines = [f"outcome: {decision.outcome.value}", f"receipt: {decision.receipt}"]
    lines += [f"reason: {decision.reason.value}"] if decision.reason else []
    lines += [f"why: {decision.why}"] if decision.why else []
    lines += [f"matter: {decision.matter.value}"] if decision.matter else []
    for part in decision.parts:
        lines += _part(part)
    if decision.nil:
        taken, which = (", ".join(form for _, form in forms) for forms in (decision.nil.forms, decision.nil.which))
        lines += [f"nil of: {taken or '–'}{f' (which of {which})' if which else ''}"]
    lines += [f"noted: {one.number} | {one.effect.value} | {one.text}" for one in decision.noted]
    lines += [f"document: {name}" for name in decision.documents]
    lines += [
        f"signed: {one.form} | {one.file}" + (f" | {one.number} {one.day}" if one.number else "")
        for one in decision.signed
    ]
    for mail in settlement.mails:
        lines += ["", *_mail(mail)]
    return "\n".join(lines if settlement.mails else [*lines, "", "no mail"]) + "\n"


def _part(part: Part) -> Iterator[str]:
    facts = [part.file, part.form, part.verdict.value, part.reason.value if part.reason else "", part.detail]
    facts += [f"revision {part.revision}"] if part.revision else []
    facts += [f"{part.rows} rows"] if part.rows else []
    facts += [f"{part.late_days} days late"] if part.late_days else []
    facts += [f"as {part.earlier}"] if part.earlier else []
    yield "part: " + " | ".join(fact for fact in facts if fact)
    for one in part.findings:
        place = f"{one.place.sheet}!{one.place.cell}" if one.place.cell else one.place.column
        yield f"  {one.severity.value} {one.rule} {place}{' (trial)' if one.trial else ''}"


def _mail(mail: Mail) -> Iterator[str]:
    parsed: EmailMessage = message_from_bytes(mail.raw, policy=default)
    text = parsed.get_body(("plain",))
    assert text is not None
    yield f"---- {mail.kind} to {', '.join(mail.to)} " + "-" * 40
    yield f"Subject: {parsed['Subject']}"
    for name in (str(one.get_filename()) for one in parsed.iter_attachments()):
        yield f"Attached: {name}"
    yield ""
    yield text.get_content().replace("\r\n", "\n").rstrip()
