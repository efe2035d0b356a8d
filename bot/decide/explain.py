"""What is said about our numbered questions, and what it closes: now, and in each later revision. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.language import bare, fold
from bot.model import Effect, Explained, Explanation, Noted, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.model import Answer, Answered, Finding, History

_ENCLOSURE = re.compile(r"(?:bieu|phu luc|tep|file)(?: so)? (?:[ivx]+|\d+)\b")
_GROUND = re.compile(r"\b(?:do|vi|theo|sai|nham|dung|khong|chua|da)\b")
"""What a reason has, and the name of an enclosure has not: "1. Biểu I.1. Tình hình quy hoạch"."""
_ADDRESS = re.compile(r"\b(?:[A-Z]{1,3}[1-9]\d{0,6}|[Dd]òng \d+)\b")
_FIGURE = re.compile(r"\d[\d.,/]*")
_FEWEST_WORDS = 3


def note(answer: Answer, answered: Answered | None, *, with_file: bool) -> tuple[Noted, ...]:
    """Return what comes of the words about each number, in the order of the numbers.

    Args:
        answer: what the message says.
        answered: the mail of ours that it answers; without one, numbers mean nothing.
        with_file: a file came with it, whose verdict tells what has been put right; lists of enclosures are no
            explanations then.
    """
    if answered is None or not answered.message:
        return ()
    told = _severities(answered)
    if with_file and not told:
        return ()
    noted: dict[int, Noted] = {}
    for said in _said(answer, answered, with_file=with_file):
        queries = [number for number, severity in told.items() if severity is Severity.QUERY]
        for number in said.numbers or queries:
            effect = _effect(said, told.get(number), with_file=with_file)
            if effect is None:
                continue
            text = f"{noted[number].text} {said.text}" if number in noted else said.text
            noted[number] = Noted(number, text, effect)
    return tuple(noted[number] for number in sorted(noted))


def open_numbers(answered: Answered) -> tuple[int, ...]:
    """Return the numbers of the queries of that mail about which nothing was said yet."""
    asked = [number for number, severity in _severities(answered).items() if severity is Severity.QUERY]
    return tuple(one for one in asked if one not in answered.explained)


def remember_explained(history: History, noted: Iterable[Noted]) -> History:
    """Return the history as it is after *noted*, so that a file in the same mail is not asked about it again."""
    texts = {one.number: one.text for one in noted if one.is_kept}
    if history.answered is None or not texts:
        return history
    now = tuple(
        Explained(part.campaign, part.form, finding, texts[number])
        for part in history.answered.parts
        for finding, number in zip(part.findings, part.numbers, strict=True)
        if number in texts and finding.severity is Severity.QUERY
    )
    return replace(history, explained=(*history.explained, *now))


def with_explained(
    findings: tuple[Finding, ...], explained: Iterable[Explained], campaign: str, form: str
) -> tuple[Finding, ...]:
    """Return the findings of a form, each query that was explained before with what was said about it.

    It is the same query where the rule, the column, the row's key and all figures in it are the same; where its row or
    its cell stands now does not matter.
    """
    known = {_identity(one.finding): one.text for one in explained if (one.campaign, one.form) == (campaign, form)}
    if not known:
        return findings
    return tuple(
        replace(one, explained=known.get(_identity(one), "")) if one.severity is Severity.QUERY else one
        for one in findings
    )


def _identity(one: Finding) -> tuple[str, ...]:
    figures = _FIGURE.findall(_ADDRESS.sub(" ", one.say))
    return one.rule, one.place.column, one.row_key, one.written, *figures


def _severities(answered: Answered) -> dict[int, Severity]:
    return {
        number: finding.severity
        for part in answered.parts
        for finding, number in zip(part.findings, part.numbers, strict=True)
    }


def _said(answer: Answer, answered: Answered, *, with_file: bool) -> Iterator[Explanation]:
    for one in answer.explanations:
        if not (with_file and _is_enclosure(fold(one.text))):
            yield one
    left = open_numbers(answered)
    if not (with_file or answer.explanations) and len(left) == 1 and _is_reason(answer.prose):
        # Where one question only is open, it is meant.
        yield Explanation(left, answer.prose)


def _is_enclosure(text: str) -> bool:
    return _ENCLOSURE.match(text) is not None and not _GROUND.search(text)


def _is_reason(prose: str) -> bool:
    return len(fold(prose).split()) >= _FEWEST_WORDS and "?" not in prose and not bare(prose).startswith("da nhan")


def _effect(said: Explanation, severity: Severity | None, *, with_file: bool) -> Effect | None:
    """Return what comes of it; None for what the file that came with it shows."""
    if severity is None:
        return Effect.UNKNOWN
    if said.doubt:
        return Effect.DOUBTED
    if said.corrected:
        return None if with_file else Effect.CORRECTED
    return Effect.EXPLAINED if severity is Severity.QUERY else Effect.IS_ERROR
