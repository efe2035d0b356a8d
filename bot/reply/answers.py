"""The contexts of mails that answer words: see ``contexts``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.reply.letter import Reply

if TYPE_CHECKING:
    from bot.reply.answer_lines import StandingGroup
    from bot.reply.lines import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNoted(Reply):
    """Nothing but words about the numbers of an earlier mail of ours."""

    forms: str
    """What that mail was about."""
    due: Due
    """Of these forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNil(Reply):
    """Nothing but that there is nothing to declare, and it did not settle anything: ``nothing`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAgreement(Reply):
    """ĐỒNG Ý, where there is nothing to agree to."""

    consent: str
    """A value of bot.model.Consent, never ``applied``."""
    about: str
    """The receipt that is meant; empty where it is not known."""
    latest: str
    """The receipt of a later revision; empty where there is none."""
    forms: str
    """What the mail was about that is answered."""
    due: Due
    """Of these forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBlanks(Reply):
    """The blank forms that were asked for; ``blanks`` are the names of the files."""

    forms: str
    """Those that come with it."""
    left_out: str
    """Forms for which there was no room, or which have no blank."""
    unknown: str
    """What was asked for by a name that none of the reporter's forms has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStatus(Reply):
    """What was received of this reporter, and what is open."""

    today: str
    groups: tuple[StandingGroup, ...]
    total: int
    """How many forms it owes in the campaigns under way."""
    done: int
    returned: int
    queries: int
    due: Due
    """The nearest deadline of what is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGuide(Reply):
    """How to send, what our replies mean, and what one may ask for by mail."""

    forms: str
    """What the reporter still has to send."""
