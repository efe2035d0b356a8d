"""The mails about one thing that nobody asked for: reminders and alerts; and the facts that their callers gather."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.language import VIETNAM, day, moment
from bot.reply.contexts import AlertOperator, Reminder
from bot.reply.facts import find_campaign, find_nearest, find_reporter, sign
from bot.reply.findings import clean
from bot.reply.lines import AskedLine
from bot.reply.names import find_form, name_form, name_forms
from bot.reply.owed import group_owed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.model import Campaign, Owed, Reporter, Rulebook, Standing


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """Something that a person of the operator must look at."""

    subject: str
    """Names what happened, so that it is told once: SHA-256 of the message and when it was set aside; that of
    the mail that could not be delivered; address and beginning of a silence; the moment at which a disk broke; the
    day on which mails were held that may have been sent; a trouble of the daemon and its beginning."""
    matter: Literal["message", "delivery", "silence", "disk", "unsure", "trouble", "over"]
    receipt: str
    occurred_at: datetime
    other_side: str
    """The address at the other end; empty in a silence is everybody."""
    cause: str
    """In the machine's words: the operator may read them."""
    tries: int = 1
    """How often it was tried; of mails that are held, how many they are."""
    reporter: str = ""
    """Its code."""
    caps: tuple[int, int, int] = (0, 0, 0)
    """Of a silence: the most mails to one address in an hour and in 24 hours, and to all in an hour."""
    trouble: str = ""
    """What is not well with the daemon, or was until now; then *cause* tells for how long and why, or since when."""
    cure: str = ""
    """What to do about that."""


def remind(
    reporter: Reporter,
    campaign: Campaign,
    owed: Sequence[Owed],
    rulebook: Rulebook,
    now: datetime,
    *,
    received: Sequence[tuple[str, str]] = (),
    enclosed: tuple[str, ...] = (),
    asked: Sequence[Standing] = (),
    others: Sequence[Campaign] = (),
    copied: bool = False,
) -> Reminder:
    """Return the context of a reminder.

    *received* are campaign and form of what was accepted, *enclosed* names of files, *asked* accepted forms with open
    queries, *others* further campaigns that *owed* belongs to; *copied* tells that the head of the office gets a copy.
    """
    forms = [(one.obligation.campaign, one.obligation.form) for one in owed if not one.signed_copy]
    nil_forms = [form for form in forms if (found := find_form(rulebook, *form)) and found.nil]
    return Reminder(
        office=sign(campaign),
        addressee=reporter.addressee,
        reporter=reporter.name,
        today=day(now.astimezone(VIETNAM).date()),
        due=find_nearest(owed),
        owed=group_owed(owed, rulebook),
        received=name_forms(rulebook, received),
        nil_forms=name_forms(rulebook, nil_forms),
        files=not all(one.signed_copy for one in owed),
        copies=any(one.signed_copy for one in owed),
        enclosed=tuple(clean(name, 120) for name in enclosed),
        asked=tuple(
            AskedLine(
                name_form(rulebook, one.obligation.campaign, one.obligation.form), one.queries, clean(one.receipt, 40)
            )
            for one in asked
        ),
        others=tuple(one.title for one in others),
        copied=copied,
    )


def alert(facts: AlertFacts, rulebook: Rulebook) -> AlertOperator:
    """Return the context of an alert to the operator."""
    reporter = find_reporter(rulebook, facts.reporter)
    return AlertOperator(
        office=sign(find_campaign(rulebook, "", facts.occurred_at.astimezone(VIETNAM).date(), facts.reporter)),
        matter=facts.matter,
        receipt=facts.receipt,
        occurred=moment(facts.occurred_at),
        reporter=reporter.name if reporter else "",
        other_side=clean(facts.other_side, 120),
        tries=facts.tries,
        cause=clean(facts.cause, 600),
        caps=facts.caps,
        trouble=facts.trouble,
        cure=facts.cure,
    )
