"""What one may ask for by mail: blank forms, where one stands, how it is done. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.nil import named_forms
from bot.model import Command, Help, Matter, Outcome, Standing, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from bot.model import Answer, History, Obligation, Rulebook

_MATTERS = {Command.BLANKS: Matter.BLANKS, Command.STATUS: Matter.STATUS, Command.GUIDE: Matter.GUIDE}
_DONE = frozenset({State.ACCEPTED, State.NIL})


def find_help(answer: Answer, reporter: str, rulebook: Rulebook, history: History, day: date) -> Help | None:
    """Return what the mail asks for; None where it holds no command.

    Blanks are those of the forms that it names, whether they are still owed or not, else of all that is still owed.
    """
    if answer.command is None:
        return None
    campaigns = {one.id for one in rulebook.under_way(day)}
    owed = tuple(one for one in rulebook.owed_by(reporter) if one.campaign in campaigns)
    standings = tuple(_standing(one, history) for one in owed)
    if answer.command is not Command.BLANKS:
        return Help(_MATTERS[answer.command], standings)
    named = named_forms(answer.about, owed) if answer.about else ()
    wanted = named or tuple(one.obligation for one in standings if one.state not in _DONE)
    narratives = tuple(one for one in wanted if _is_narrative(one, rulebook))
    unknown = answer.about if answer.about and not named else ""
    return Help(Matter.BLANKS, standings, _pairs(wanted), _pairs(narratives), unknown)


def _standing(one: Obligation, history: History) -> Standing:
    """Return where an obligation stands by what the ledger has told: what was accepted once stays accepted."""
    same = [each for each in history.settled if (each.campaign, each.form) == (one.campaign, one.form)]
    last = next((each for each in reversed(same) if each.verdict is Outcome.ACCEPTED), same[-1] if same else None)
    if last is None:
        return Standing(one)
    state = State.NIL if last.nil else State(last.verdict.value)
    return Standing(
        one, state, last.revision, last.received_at, errors=last.errors, queries=last.queries, receipt=last.receipt
    )


def _is_narrative(one: Obligation, rulebook: Rulebook) -> bool:
    return any(outline.id == one.form for outline in rulebook.campaign(one.campaign).outlines)


def _pairs(obligations: Iterable[Obligation]) -> tuple[tuple[str, str], ...]:
    return tuple((one.campaign, one.form) for one in obligations)
