"""What a test puts into a ledger by hand: messages that are settled already, without any mail having been read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.adapters.ledger import Arrival, Ledger, Mailbox
from bot.model import Decision, Finding, Heading, Outcome, Part, Place, Settlement, Severity, SignedCopy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

CAMPAIGN = "2012-kkt-kcn"
BOX = Mailbox("hop-thu", "INBOX", 1)


def finding(rule: str, severity: Severity = Severity.ERROR, *, trial: bool = False) -> Finding:
    """Return a finding of that rule; its title is the rule's id."""
    return Finding(rule, severity, rule, "sai ở đây", "sửa", Place("A", "J14", 14), trial=trial)


def part(form: str, verdict: Outcome, *findings: Finding, late_days: int = 0) -> Part:
    """Return a part of the campaign of 2012."""
    return Part(
        "a.xlsx", "c" * 64, verdict, campaign=CAMPAIGN, form=form, revision=1, late_days=late_days, findings=findings
    )


def record(
    ledger: Ledger,
    number: int,
    at: datetime,
    *parts: Part,
    outcome: Outcome | None = None,
    reporter: str = "",
    sender: str = "bql@tinh.example",
    signed: Sequence[str] = (),
) -> None:
    """Put message *number* into the ledger as received and settled at that instant; failed ones are set aside."""
    name = hashlib.sha256(b"%d" % number).hexdigest()
    ledger.receive(BOX, [Arrival(number, name, 1000, at)], at)
    message = next(one.id for one in ledger.undecided(at, 1000) if one.sha256 == name)
    ended = outcome or (parts[0].verdict if parts else Outcome.REFUSED)
    receipt = f"12-{reporter or '00'}-{number:04}"
    if ended is Outcome.FAILED:
        ledger.fault(message, "the child process died", at, None, receipt=receipt)
        return
    copies = tuple(SignedCopy(CAMPAIGN, form, "ban ky.pdf", "c5" * 32) for form in signed)
    decision = Decision(ended, receipt, at, "f00", reporter=reporter, campaign=CAMPAIGN, parts=parts, signed=copies)
    ledger.settle(message, Settlement(decision, Heading(sender)), {}, at)
