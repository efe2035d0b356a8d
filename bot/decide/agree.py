"""ĐỒNG Ý: a reporter accepts what the marked copy has put right. Pure.

The word is about one returned message. Its files are judged once more by today's rules; errors that carry their repair
are notes then, all others stay what they are. The table of that message holds the repaired values already: what was
missing was the reporter's word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Agreed, Consent, Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Answer, Answered, Finding, History


def weigh_consent(answer: Answer, history: History) -> Agreed | None:
    """Return what comes of the word, as far as that can be told without the files; None where it is not said."""
    if not answer.consent:
        return None
    about = history.answered
    if about is None:
        return Agreed(Consent.UNKNOWN)
    contents = agreed_contents(about)
    if not contents:
        return Agreed(Consent.NOTHING, about.receipt)
    forms = {(one.campaign, one.form) for one in about.parts if one.content in contents}
    latest = {(one.campaign, one.form): one for one in history.settled if (one.campaign, one.form) in forms}
    later = [one for one in latest.values() if one.receipt != about.receipt]
    if later:
        is_accepted = all(one.verdict is Outcome.ACCEPTED for one in later)
        return Agreed(Consent.SETTLED if is_accepted else Consent.SUPERSEDED, about.receipt, later[-1].receipt)
    return Agreed(Consent.APPLIED if about.sha256 in history.kept else Consent.GONE, about.receipt)


def agreed_contents(about: Answered) -> frozenset[str]:
    """Return the SHA-256 of the files in which that mail has returned a form."""
    return frozenset(one.content for one in about.parts if one.verdict is Outcome.RETURNED and one.content)


def forget_agreed(history: History, contents: Iterable[str]) -> History:
    """Return the history in which these files were never sent, so that they are judged and not repeated."""
    known = frozenset(contents)
    settled = (replace(one, content="") if one.content in known else one for one in history.settled)
    return replace(history, settled=tuple(settled))


def accept_repairs(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with those that carry their repair as notes: the reporter has agreed to it."""
    return tuple(replace(one, severity=Severity.NOTE) if one.repair is not None else one for one in findings)
