"""The files that a reporter's ĐỒNG Ý is about, taken from the vault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.decide.agree import agreed_contents, forget_agreed, weigh_consent
from bot.model import Agreed, Consent, Submission, Talk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.model import Attachment, History, Message
    from bot.runners.case import Case


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a message agrees to."""

    agreed: Agreed
    files: tuple[Attachment, ...] = ()
    """To be judged once more."""
    said: str = ""
    """What their mail said of itself."""

    def applied_to(self, case: Case) -> Case:
        """Return the case in which these files are judged as if they came now, the repairs agreed to."""
        history = forget_agreed(case.history, (one.sha256 for one in self.files))
        return replace(case, history=history, agreeing=True, said=self.said)


def find_agreement(
    message: Message, fate: object, history: History, parse: Callable[[bytes, datetime], Message]
) -> Agreement | None:
    """Return what *message* agrees to; None where it does not say so, or sends another file, which speaks for itself.

    *fate* is what was made of the message, *parse* reads a raw mail.
    """
    agreed = weigh_consent(message.answer, history) if isinstance(fate, Submission | Talk) else None
    about = history.answered
    if agreed is None:
        return None
    contents = agreed_contents(about) if about else frozenset()
    if isinstance(fate, Submission) and not {one.sha256 for one in fate.files} <= contents:
        return None
    if about is None or agreed.consent is not Consent.APPLIED:
        return Agreement(agreed)
    earlier = parse(history.kept[about.sha256].read_bytes(), message.received_at)
    files = tuple(one for one in earlier.attachments if one.sha256 in contents)
    return Agreement(agreed, files, f"{earlier.heading.subject}\n{earlier.text}")
