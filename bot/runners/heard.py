"""What a message says to us in words, held against what is known of its sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.decide.explain import note
from bot.decide.help import find_help
from bot.decide.nil import find_nil
from bot.language import VIETNAM
from bot.model import Submission, Talk

if TYPE_CHECKING:
    from bot.model import Held, Help, History, Ignored, Message, Nil, Noted, Refusal, Rulebook


@dataclass(frozen=True, slots=True)
class Heard:
    """What comes of the words."""

    noted: tuple[Noted, ...] = ()
    nil: Nil | None = None
    help: Help | None = None

    def __bool__(self) -> bool:
        """Tell whether anything was said that is to be answered."""
        return bool(self.noted or self.nil or self.help)


def hear(
    message: Message, fate: Submission | Talk | Refusal | Held | Ignored, rulebook: Rulebook, history: History
) -> Heard:
    """Return what a registered sender says to us, with or without a file; nobody else's words are heard.

    Args:
        message: as parsed.
        fate: what it is.
        rulebook: with the extensions that were granted.
        history: what is known of the sender, and which mail of ours is answered.
    """
    if not isinstance(fate, Submission | Talk):
        return Heard()
    answer, with_file = message.answer, isinstance(fate, Submission)
    noted = note(answer, history.answered, with_file=with_file)
    if with_file and answer.trial:
        return Heard(noted)
    day, reporter = message.received_at.astimezone(VIETNAM).date(), fate.reporter.code
    return Heard(
        noted,
        find_nil(answer, reporter, rulebook, history, day, with_file=with_file),
        None if with_file else find_help(answer, reporter, rulebook, history, day),
    )
