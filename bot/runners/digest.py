"""The clock speaks to the ministry: the standing of the week → one digest for each campaign in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.check.norms import EARLIER, PEERS
from bot.language import VIETNAM, day
from bot.model import Fate, Outcome, Severity, in_families
from bot.reply.board_lines import LifeLine, ReviewLine
from bot.reply.compose import compose
from bot.reply.digest import DigestFacts, Frequent, Kept, Said
from bot.runners.remind import enqueue
from bot.schedule.digest import digests_due
from bot.schedule.sign_in import announced
from bot.submission import is_officer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.adapters.ledger import Ledger, RuleCount
    from bot.adapters.vault import Vault
    from bot.config import Config
    from bot.model import Outgoing, Reviewed, Rulebook
    from bot.reply.compose import Sender
    from bot.reply.write import Writer
    from bot.schedule.digest import DigestWeek

_FREQUENT = 5
_SLIPS = frozenset({PEERS, EARLIER})


def digest(
    ledger: Ledger,
    vault: Vault,
    rulebook: Rulebook,
    writer: Writer,
    sender: Sender,
    config: Config,
    now: datetime,
    sign_in_ends: date | None = None,
) -> int:
    """Put the digests that are due into the outbox; return how many are new. Doing it twice changes nothing.

    *sign_in_ends* is the day on which we may not sign in at the mail server any more, None where it is not known.
    """
    if not config.ministry.digest_to:
        return 0
    due = digests_due(now, rulebook, config.schedule.digest_day, config.schedule.digest_at)
    known = ledger.has_mail([week.key for week in due])
    to, officers = config.ministry.digest_to, config.ministry.officers
    may_order = any(is_officer(one, officers) for one in to)
    written = (
        write_digest(ledger, rulebook, writer, week, to, now, sign_in_ends, may_order=may_order)
        for week in due
        if week.key not in known
    )
    return enqueue(ledger, vault, tuple(compose(one, sender, now) for one in written), now)


def write_digest(
    ledger: Ledger,
    rulebook: Rulebook,
    writer: Writer,
    week: DigestWeek,
    to: tuple[str, ...],
    now: datetime,
    sign_in_ends: date | None = None,
    *,
    may_order: bool = False,
) -> Outgoing:
    """Return the digest of that week, from what the ledger holds; *may_order* tells who reads it how to give orders."""
    decided = ledger.decided_between(week.begin, week.end)
    spoken = [one for one in decided.rules if one.severity is not Severity.NOTE]
    usual = [one for one in spoken if not one.trial and one.rule not in _SLIPS]
    waiting = ledger.counts(now)
    silenced = [one for one in ledger.silences(week.begin) if one.dropped and one.since < week.end]
    facts = DigestFacts(
        campaign=week.campaign,
        week=week.last_day,
        standings=ledger.standing([one for one in rulebook.obligations if one.campaign == week.campaign]),
        finished=ledger.finished(week.campaign),
        held=tuple(Kept(one.receipt, one.last, one.sender, one.why, one.messages) for one in decided.held),
        # Why we failed is the operator's to know, in the machine's words; the alarm has told it.
        set_aside=tuple(Kept(one.receipt, one.received_at, "") for one in decided.aside),
        bounced={one.address: one.since for one in ledger.unreachable()},
        frequent=_most_frequent(usual, week.campaign, rulebook),
        trial=_most_frequent([one for one in spoken if one.trial], week.campaign, rulebook),
        slips=_most_frequent([one for one in spoken if one.rule in _SLIPS], week.campaign, rulebook),
        said=tuple(
            Said(one.reporter, one.form, one.cell, one.title, one.text, one.receipt, one.doubt)
            for one in decided.explanations
            if one.campaign == week.campaign
        ),
        life=LifeLine(
            received=sum(decided.by_outcome.values()),
            automatic=decided.by_outcome.get(Outcome.IGNORED, 0),
            undecided=waiting.undecided,
            unsent=waiting.outbox_pending,
            undeliverable=waiting.outbox_dead,
            silenced=len({one.address for one in silenced}),
            dropped=sum(one.dropped for one in silenced),
            reviewed=tuple(map(_review_line, in_families(ledger.reviewed()))),
            may_order=may_order,
            sign_in_ends=day(ends) if (ends := announced(sign_in_ends, now.astimezone(VIETNAM).date())) else "",
        ),
    )
    return writer.build_digest(facts, to, now)


def _review_line(one: Reviewed) -> ReviewLine:
    stopped = one.fates.get(Fate.REFUSED, 0) + one.fates.get(Fate.DELETED, 0)
    awaiting, drafts = (one.waiting, 0) if one.way == "approve" else (0, one.waiting)
    changed = one.fates.get(Fate.CHANGED, 0)
    return ReviewLine(one.kind, awaiting, drafts, one.as_written, changed, stopped, one.judged, one.rate)


def _most_frequent(spoken: Sequence[RuleCount], campaign: str, rulebook: Rulebook) -> tuple[Frequent, ...]:
    return tuple(
        Frequent(one.title, _form_of(one.rule, campaign, rulebook), one.findings, one.parts)
        for one in spoken[:_FREQUENT]
    )


def _form_of(rule: str, campaign: str, rulebook: Rulebook) -> str:
    """Return the id of the one form that has the rule; empty for what can be wrong in any form."""
    forms = [
        form.id for form in rulebook.forms if form.campaign == campaign and any(one.id == rule for one in form.rules)
    ]
    return forms[0] if len(forms) == 1 else ""
