"""What is meant by "không phát sinh" in a mail: of which forms a reporter has nothing to declare. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.decide.explain import open_numbers
from bot.language import bare, fold
from bot.model import Nil, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.model import Answer, Answered, History, Obligation, Rulebook, Settled

_REMINDED = re.compile(r"(?P<campaign>[^/+:]+)/[^/+]+/[^/+]+/(?P<day>\d{4}-\d{2}-\d{2})")
_THINGS = {
    "kcn": r"kcn|khu cong nghiep",
    "kkt": r"kkt|khu kinh te",
    "ccn": r"ccn|cum cong nghiep",
    "kcx": r"kcx|khu che xuat",
    "kcnc": r"kcnc|khu cong nghe cao",
}


def find_nil(
    answer: Answer, reporter: str, rulebook: Rulebook, history: History, day: date, *, with_file: bool
) -> Nil | None:
    """Return of which forms the mail says that there is nothing; None where it says nothing of the kind.

    Meant are the forms that it names; else those of the reminder, or the forms that are still to be corrected in the
    reply, that it answers; else the one that is still owed, where there is only one. Beside a file only named ones are
    meant. What was accepted with rows is left as it is, and so are forms to which nothing is no answer.

    Args:
        answer: what is said.
        reporter: the code of the sender.
        rulebook: with the extensions that were granted.
        history: what the sender has sent, and which mail of ours this one answers.
        day: on which it was received, in Vietnamese time.
        with_file: a file came with it.
    """
    said = answer.nil or tuple(
        one.text for one in answer.explanations if one.nil and not _has_numbers(history.answered)
    )
    if not said:
        return None
    campaigns = {one.id for one in rulebook.under_way(day)}
    owed = tuple(one for one in rulebook.owed_by(reporter) if one.campaign in campaigns)
    words = " ".join(said)
    named = named_forms(words, owed)
    if not named and (with_file or _is_reason(answer, history.answered)):
        return None
    return _sort(words, named or _implied(words, owed, rulebook, history), rulebook, history, is_named=bool(named))


def named_forms(words: str, owed: Sequence[Obligation]) -> tuple[Obligation, ...]:
    """Return those of *owed* that *words* name: ``I.2``, ``biểu III 4``, ``II.6-VB``, or by annex (``phụ lục II``)."""
    text = bare(words)
    return tuple(one for one in owed if _form_pattern(one.form).search(text))


def _form_pattern(form: str) -> re.Pattern[str]:
    stem, _, kind = bare(form).partition("-")
    number = r"[\s.]*".join(map(re.escape, stem.split(".")))
    tail = rf"(?:[\s-]*{re.escape(kind)}\b|(?![\s-]*(?:vb|ck)\b))" if kind else ""
    alone = rf"(?<![\w.]){number}(?![\w]|\.\d){tail}"
    annex = rf"|phu luc (?:so )?{re.escape(stem.partition('.')[0])}(?![\w.])" if "." in stem else ""
    return re.compile(alone + annex)


def _has_numbers(answered: Answered | None) -> bool:
    return answered is not None and any(number for part in answered.parts for number in part.numbers)


def _is_reason(answer: Answer, answered: Answered | None) -> bool:
    """Return whether a sentence without any number is a reason: "không có dự án" may answer a question of ours."""
    return answered is not None and bool(open_numbers(answered)) and not answer.explanations


def _implied(words: str, owed: Sequence[Obligation], rulebook: Rulebook, history: History) -> tuple[Obligation, ...]:
    answered = history.answered
    missing = tuple(one for one in owed if _last(history, one, Outcome.ACCEPTED) is None)
    if answered is not None and answered.kind == "reminder":
        told = [(one["campaign"], one["day"]) for one in _REMINDED.finditer(answered.key)]
        days = {campaign: max(day for name, day in told if name == campaign) for campaign, _ in told}
        missing = tuple(
            one for one in missing if one.deadline and one.deadline.day.isoformat() <= days.get(one.campaign, "")
        )
    elif answered is not None and answered.parts:
        forms = {(one.campaign, one.form) for one in answered.parts}
        missing = tuple(one for one in missing if (one.campaign, one.form) in forms) or missing
    return _about(words, missing, rulebook)


def _about(words: str, missing: tuple[Obligation, ...], rulebook: Rulebook) -> tuple[Obligation, ...]:
    """Return those of *missing* that are about what the words say there is none of: "không có KKT"."""
    things = _things(words)
    if not things:
        return missing
    return tuple(one for one in missing if _things(rulebook.title(one.campaign, one.form)) == things) or missing


def _things(text: str) -> frozenset[str]:
    key = f" {fold(text)} "
    return frozenset(name for name, pattern in _THINGS.items() if re.search(rf" (?:{pattern}) ", key))


def _sort(words: str, meant: Iterable[Obligation], rulebook: Rulebook, history: History, *, is_named: bool) -> Nil:
    """Sort the forms that are meant by what comes of it."""
    taken: list[Obligation] = []
    unable: list[Obligation] = []
    kept: list[Settled] = []
    for one in meant:
        accepted = _last(history, one, Outcome.ACCEPTED)
        if accepted is not None:
            kept.append(accepted)
        elif _takes_nil(rulebook, one):
            taken.append(one)
        else:
            unable.append(one)
    if not is_named and len(taken) > 1 and history.answered is None:
        return Nil(words, which=_forms(taken))
    return Nil(words, _forms(taken), unable=_forms(unable), kept=tuple(kept))


def _takes_nil(rulebook: Rulebook, one: Obligation) -> bool:
    try:
        return rulebook.form(f"{one.campaign}/{one.form}").nil
    except KeyError:
        return False


def _forms(obligations: Iterable[Obligation]) -> tuple[tuple[str, str], ...]:
    return tuple((one.campaign, one.form) for one in obligations)


def _last(history: History, one: Obligation, verdict: Outcome) -> Settled | None:
    """Return the newest part of that verdict: history tells the newest last."""
    same = [each for each in history.settled if (each.campaign, each.form) == (one.campaign, one.form)]
    return next((each for each in reversed(same) if each.verdict is verdict), None)
