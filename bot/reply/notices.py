"""The mails that nobody asked for: reminders, the digest, alerts; and the facts that their callers gather."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.language import VIETNAM, day, moment
from bot.model import State
from bot.reply.contexts import AlertOperator, Digest, Reminder
from bot.reply.facts import count_days, find_campaign, find_nearest, find_reporter, list_owed, name_form, sign
from bot.reply.findings import clean, sentence
from bot.reply.lines import CallLine, Due, FormProgress, FrequentLine, KeptLine, Matrix, MatrixRow, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from bot.model import Campaign, Owed, Reporter, Rulebook, Standing

MATRIX_COLUMNS = 6
_DONE = (State.ACCEPTED, State.NIL)


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
    now: datetime,
    *,
    received: tuple[str, ...] = (),
    enclosed: tuple[str, ...] = (),
) -> Reminder:
    """Return the context of a reminder; *received* are names of accepted forms, *enclosed* names of files."""
    return Reminder(
        office=sign(campaign),
        addressee=reporter.addressee,
        reporter=reporter.name,
        today=day(now.astimezone(VIETNAM).date()),
        due=find_nearest(owed),
        owed=list_owed(owed),
        received=received,
        enclosed=tuple(clean(name, 120) for name in enclosed),
    )


def alert(facts: AlertFacts, rulebook: Rulebook) -> AlertOperator:
    """Return the context of an alert to the operator."""
    reporter = find_reporter(rulebook, facts.reporter)
    return AlertOperator(
        office=sign(find_campaign(rulebook, "")),
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
    by_reporter = _by_reporter(facts.standings, rulebook)
    changed = {
        name: [one for one in standings if _changed_since(one, monday)] for name, standings in by_reporter.items()
    }
    return Digest(
        office=sign(find_campaign(rulebook, facts.campaign)),
        year=iso.year,
        week=iso.week,
        today=day(now.astimezone(VIETNAM).date()),
        reporters=len(by_reporter),
        complete=sum(all(one.state in _DONE for one in standings) for standings in by_reporter.values()),
        gained=_with_state(changed, *_DONE),
        sent_back=_with_state(changed, State.RETURNED),
        silent=tuple(name for name, standings in by_reporter.items() if _is_silent(standings)),
        due=_nearest_open(facts.standings, now),
        progress=_progress(facts, rulebook, now),
        matrices=_matrices(facts, rulebook),
        calls=_calls(by_reporter, rulebook, now),
        held=tuple(map(_kept, facts.held)),
        set_aside=tuple(map(_kept, facts.set_aside)),
        frequent=tuple(
            FrequentLine(sentence(one.title), name_form(rulebook, facts.campaign, one.form), one.count, one.reporters)
            for one in facts.frequent
        ),
        automatic=facts.automatic,
    )


def _by_reporter(standings: Iterable[Standing], rulebook: Rulebook) -> dict[str, list[Standing]]:
    """Return the standings by the reporter's name, in the rulebook's order."""
    names = {one.code: one.name for one in rulebook.reporters}
    order = {code: index for index, code in enumerate(names)}
    grouped: dict[str, list[Standing]] = {}
    for one in sorted(standings, key=lambda one: order.get(one.obligation.reporter, len(order))):
        grouped.setdefault(names.get(one.obligation.reporter, one.obligation.reporter), []).append(one)
    return grouped


def _changed_since(standing: Standing, monday: date) -> bool:
    if standing.when is None:
        return False
    return monday <= standing.when.astimezone(VIETNAM).date() < monday + timedelta(days=7)


def _with_state(by_reporter: dict[str, list[Standing]], *states: State) -> tuple[str, ...]:
    return tuple(name for name, standings in by_reporter.items() if any(one.state in states for one in standings))


def _is_silent(standings: Sequence[Standing]) -> bool:
    return all(one.state is State.NOTHING for one in standings)


def _nearest_open(standings: Iterable[Standing], now: datetime) -> Due:
    """Return the next deadline that someone has still to meet, else the one that passed last."""
    dues = {count_days(one.obligation.deadline, now) for one in standings if one.state not in _DONE}
    dated = [one for one in dues if one.days is not None]
    return min(dated, key=lambda one: ((one.days or 0) < 0, abs(one.days or 0)), default=Due())


def _forms(facts: DigestFacts, rulebook: Rulebook) -> tuple[str, ...]:
    """Return the ids of the forms that someone owes, in the letter's order."""
    owed = dict.fromkeys(one.obligation.form for one in facts.standings)
    campaign = find_campaign(rulebook, facts.campaign)
    ordered = [form for form in (campaign.forms if campaign else ()) if form in owed]
    return tuple(dict.fromkeys([*ordered, *owed]))


def _progress(facts: DigestFacts, rulebook: Rulebook, now: datetime) -> tuple[FormProgress, ...]:
    lines = []
    for form in _forms(facts, rulebook):
        own = [one for one in facts.standings if one.obligation.form == form]
        dues = [count_days(one.obligation.deadline, now) for one in own]
        lines.append(
            FormProgress(
                form=name_form(rulebook, facts.campaign, form),
                accepted=sum(one.state in _DONE for one in own),
                returned=sum(one.state is State.RETURNED for one in own),
                missing=sum(one.state is State.NOTHING for one in own),
                due=dues[0] if len(set(dues)) == 1 else Due(),
            )
        )
    return tuple(lines)


def _matrices(facts: DigestFacts, rulebook: Rulebook) -> tuple[Matrix, ...]:
    forms = _forms(facts, rulebook)
    states = {(one.obligation.reporter, one.obligation.form): one.state.value for one in facts.standings}
    owing = {reporter for reporter, _ in states}
    regions: dict[str, list[Reporter]] = {}
    for reporter in rulebook.reporters:
        if reporter.code in owing:
            regions.setdefault(reporter.region, []).append(reporter)
    slices = [forms[start : start + MATRIX_COLUMNS] for start in range(0, len(forms), MATRIX_COLUMNS)]
    return tuple(
        Matrix(
            columns,
            tuple(
                Region(name, tuple(MatrixRow(one.name, _states(states, one.code, columns)) for one in members))
                for name, members in regions.items()
            ),
        )
        for columns in slices
    )


def _states(states: dict[tuple[str, str], str], reporter: str, forms: Sequence[str]) -> tuple[str, ...]:
    return tuple(states.get((reporter, form), "") for form in forms)


def _calls(by_reporter: dict[str, list[Standing]], rulebook: Rulebook, now: datetime) -> tuple[CallLine, ...]:
    """Return who is overdue, the longest first: whom a person of the ministry should call."""
    lines = []
    for name, standings in by_reporter.items():
        late = [(one, _overdue(one, now)) for one in standings if _overdue(one, now) > 0]
        if late:
            missing = tuple(name_form(rulebook, one.obligation.campaign, one.obligation.form) for one, _ in late)
            lines.append(CallLine(name, missing, max(days for _, days in late), _is_silent(standings)))
    return tuple(sorted(lines, key=lambda line: -line.overdue_days))


def _overdue(standing: Standing, now: datetime) -> int:
    days = count_days(standing.obligation.deadline, now).days
    return 0 if days is None or standing.state in _DONE else max(0, -days)


def _kept(one: Kept) -> KeptLine:
    return KeptLine(clean(one.receipt, 40), moment(one.received_at), clean(one.sender, 120), clean(one.why, 120))
