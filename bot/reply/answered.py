"""From a decision on words to the context of the mail that answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from bot.language import VIETNAM, day, moment
from bot.model import Matter, State
from bot.reply.answer_lines import StandingGroup, StandingLine
from bot.reply.answers import AnswerAgreement, AnswerBlanks, AnswerGuide, AnswerNil, AnswerNoted, AnswerStatus
from bot.reply.facts import count_days, due_of_form
from bot.reply.findings import clean
from bot.reply.lines import Due
from bot.reply.names import name_form, name_forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.model import Decision, Help, Rulebook, Standing
    from bot.reply.letter import Reply
    from bot.reply.replies import Basics

_DONE = frozenset({State.ACCEPTED, State.NIL})


def answer_words(decision: Decision, rulebook: Rulebook, now: datetime, basics: Basics) -> Reply:
    """Return the context of the mail that the matter of *decision* has; raises ValueError where it has none."""
    match decision.matter:
        case Matter.NOTED:
            return _noted(decision, rulebook, now, basics)
        case Matter.NIL:
            return AnswerNil(**basics)
        case Matter.AGREEMENT:
            return _agreement(decision, rulebook, now, basics)
        case Matter.BLANKS:
            return _blanks(_asked(decision), rulebook, basics)
        case Matter.STATUS:
            return _status(_asked(decision).standings, rulebook, now, basics)
        case Matter.GUIDE:
            return AnswerGuide(**basics, forms=name_forms(rulebook, _open(_asked(decision).standings)))
    raise ValueError("a decision that is answered names its matter")


def _asked(decision: Decision) -> Help:
    if decision.help is None:
        raise ValueError("a decision on a command says what was asked for")
    return decision.help


class _About(TypedDict):
    """What the mail was about that is answered."""

    forms: str
    due: Due


def _noted(decision: Decision, rulebook: Rulebook, now: datetime, basics: Basics) -> AnswerNoted:
    return AnswerNoted(**basics, **_about(decision, rulebook, now))


def _agreement(decision: Decision, rulebook: Rulebook, now: datetime, basics: Basics) -> AnswerAgreement:
    agreed = decision.agreed
    if agreed is None:
        raise ValueError("a decision on an agreement says what came of it")
    about = _about(decision, rulebook, now)
    return AnswerAgreement(**basics, consent=agreed.consent.value, about=agreed.receipt, latest=agreed.latest, **about)


def _about(decision: Decision, rulebook: Rulebook, now: datetime) -> _About:
    forms = [(one.campaign, one.form) for one in (decision.about.parts if decision.about else ()) if one.form]
    dues = [due_of_form(*form, rulebook, decision.reporter, now) for form in forms]
    return {"forms": name_forms(rulebook, forms), "due": _nearest(dues)}


def _blanks(asked: Help, rulebook: Rulebook, basics: Basics) -> AnswerBlanks:
    # Blanks are drawn in the order in which they are wanted, so those that had no room are the last.
    drawn = [one for one in asked.wanted if one not in asked.narratives]
    enclosed = drawn[: len(basics["blanks"])]
    left_out = [one for one in asked.wanted if one not in enclosed]
    return AnswerBlanks(
        **basics,
        forms=name_forms(rulebook, enclosed),
        left_out=name_forms(rulebook, left_out),
        unknown=clean(asked.unknown, 80),
    )


def _status(standings: Sequence[Standing], rulebook: Rulebook, now: datetime, basics: Basics) -> AnswerStatus:
    return AnswerStatus(
        **basics | {"owed": (), "met": ""},
        today=day(now.astimezone(VIETNAM).date()),
        groups=group_standings(standings, rulebook, now),
        total=len(standings),
        done=sum(one.state in _DONE for one in standings),
        returned=sum(one.state is State.RETURNED for one in standings),
        queries=sum(one.queries for one in standings if one.state in _DONE),
        due=_nearest(count_days(one.obligation.deadline, now) for one in standings if one.state not in _DONE),
    )


def group_standings(standings: Sequence[Standing], rulebook: Rulebook, now: datetime) -> tuple[StandingGroup, ...]:
    """Return where one reporter stands, forms of one campaign and deadline together."""
    groups: dict[tuple[str, Due], list[Standing]] = {}
    for one in standings:
        due = count_days(one.obligation.deadline, now)
        groups.setdefault((rulebook.campaign(one.obligation.campaign).title, due), []).append(one)
    return tuple(
        StandingGroup(campaign, due, tuple(_line(one, rulebook) for one in items))
        for (campaign, due), items in groups.items()
    )


def _line(one: Standing, rulebook: Rulebook) -> StandingLine:
    return StandingLine(
        form=name_form(rulebook, one.obligation.campaign, one.obligation.form),
        state=one.state.value,
        revision=one.revision,
        received=moment(one.when) if one.when else "",
        receipt=one.receipt,
        errors=one.errors,
        queries=one.queries,
    )


def _open(standings: Iterable[Standing]) -> list[tuple[str, str]]:
    return [(one.obligation.campaign, one.obligation.form) for one in standings if one.state not in _DONE]


def _nearest(dues: Iterable[Due]) -> Due:
    to_come = [one for one in dues if one.days is not None and one.days >= 0]
    return min(to_come, key=lambda one: one.days or 0, default=Due())
