"""The mails that nobody asked for: reminders, the digest, alerts; and the facts that their callers gather."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.language import VIETNAM, day, moment
from bot.model import State
from bot.reply.board import DONE, MAX_CALLS, Board, find_focus, nearest_open
from bot.reply.contexts import AlertOperator, Digest, Reminder
from bot.reply.facts import find_campaign, find_nearest, find_reporter, group_owed, sign
from bot.reply.findings import clean, sentence
from bot.reply.lines import FrequentLine, KeptLine
from bot.reply.names import find_form, name_form, name_forms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.model import Campaign, Owed, Reporter, Rulebook, Standing
    from bot.reply.lines import CallLine, RegionNames


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that waits for a person: held, or set aside after its tries."""

    receipt: str
    received_at: datetime
    sender: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Frequent:
    """A finding that was made often in the week."""

    title: str
    form: str
    """The id within the campaign."""
    count: int
    reporters: int


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What the caller knows about one campaign in one ISO week."""

    campaign: str
    week: date
    """Any day of the week that is told about."""
    standings: tuple[Standing, ...]
    """All obligations of the campaign."""
    held: tuple[Kept, ...] = ()
    set_aside: tuple[Kept, ...] = ()
    frequent: tuple[Frequent, ...] = ()
    automatic: int = 0
    """Machine mails of the week."""


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """Something that a person of the operator must look at."""

    subject: str
    """SHA-256 of the message, or of the key of the mail that could not be delivered."""
    matter: Literal["message", "delivery"]
    receipt: str
    occurred_at: datetime
    other_side: str
    """The address at the other end."""
    cause: str
    """In the machine's words: the operator may read them."""
    tries: int = 1
    reporter: str = ""
    """Its code."""


def remind(
    reporter: Reporter,
    campaign: Campaign,
    owed: Sequence[Owed],
    rulebook: Rulebook,
    now: datetime,
    *,
    received: Sequence[str] = (),
    enclosed: tuple[str, ...] = (),
) -> Reminder:
    """Return the context of a reminder; *received* are ids of accepted forms, *enclosed* names of files."""
    forms = [(one.obligation.campaign, one.obligation.form) for one in owed]
    nil_forms = [form for form in forms if (found := find_form(rulebook, *form)) and found.nil]
    return Reminder(
        office=sign(campaign),
        addressee=reporter.addressee,
        reporter=reporter.name,
        today=day(now.astimezone(VIETNAM).date()),
        due=find_nearest(owed),
        owed=group_owed(owed, rulebook),
        received=name_forms(rulebook, ((campaign.id, form) for form in received)),
        nil_forms=name_forms(rulebook, nil_forms),
        enclosed=tuple(clean(name, 120) for name in enclosed),
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
    )


def digest(facts: DigestFacts, rulebook: Rulebook, now: datetime) -> Digest:
    """Return the context of the week's digest: everything is counted from the standings."""
    iso = facts.week.isocalendar()
    monday = facts.week - timedelta(days=iso.weekday - 1)
    board = Board(facts.campaign, facts.standings, rulebook, now)
    changed = {
        reporter.name: [one for one in board.by_reporter[reporter.code] if _changed_since(one, monday)]
        for reporter in board.reporters
    }
    milestones, calls, silent = board.list_milestones(), board.list_calls(), board.list_silent()
    return Digest(
        office=sign(find_campaign(rulebook, facts.campaign, facts.week)),
        year=iso.year,
        week=iso.week,
        today=day(now.astimezone(VIETNAM).date()),
        reporters=len(board.reporters),
        complete=board.complete,
        gained=_with_state(changed, *DONE),
        sent_back=_with_state(changed, State.RETURNED),
        silent=_not_called(silent, calls),
        silent_count=sum(len(one.reporters) for one in silent),
        due=nearest_open(facts.standings, now),
        focus=find_focus(milestones),
        milestones=milestones,
        progress=board.list_progress(),
        matrix=board.draw_matrix(),
        calls=calls[:MAX_CALLS],
        more_calls=calls[MAX_CALLS:],
        call_count=sum(len(one.reporters) for one in calls),
        held=tuple(map(_kept, facts.held)),
        set_aside=tuple(map(_kept, facts.set_aside)),
        frequent=tuple(
            FrequentLine(sentence(one.title), name_form(rulebook, facts.campaign, one.form), one.count, one.reporters)
            for one in facts.frequent
        ),
        automatic=facts.automatic,
    )


def _not_called(silent: Sequence[RegionNames], calls: Sequence[CallLine]) -> tuple[RegionNames, ...]:
    """Return nothing where whoever is silent is overdue, and so named among those to call."""
    called = {name for line in calls if line.silent for name in line.reporters}
    return () if all(name in called for one in silent for name in one.reporters) else tuple(silent)


def _changed_since(standing: Standing, monday: date) -> bool:
    if standing.when is None:
        return False
    return monday <= standing.when.astimezone(VIETNAM).date() < monday + timedelta(days=7)


def _with_state(by_reporter: dict[str, list[Standing]], *states: State) -> tuple[str, ...]:
    return tuple(name for name, standings in by_reporter.items() if any(one.state in states for one in standings))


def _kept(one: Kept) -> KeptLine:
    return KeptLine(clean(one.receipt, 40), moment(one.received_at), clean(one.sender, 120), clean(one.why, 120))
