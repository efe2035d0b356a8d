"""What a person says to us in the own words of a mail, as recognised from the text alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Command(StrEnum):
    """What one may ask of us by mail, in the subject or in the first line."""

    BLANKS = "blanks"
    """``MẪU``: the blank forms still owed, or those named."""
    STATUS = "status"
    """``TRẠNG THÁI``: what was received, what is open."""
    GUIDE = "guide"
    """``HƯỚNG DẪN``: how to send, and what our replies mean."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said about numbered lines of a mail of ours: ``2, 3: dự án tạm dừng theo QĐ 123``."""

    numbers: tuple[int, ...]
    """As written, each once; empty for *every* line."""
    text: str
    """One line, in the person's words."""
    doubt: bool = False
    """``SAI LUẬT``: the person doubts the rule, not the figure."""
    corrected: bool = False
    """It says no more than that the figure has been put right."""
    nil: bool = False
    """It says that there is nothing to declare."""

    @property
    def every(self) -> bool:
        """Return whether it is about all that was asked."""
        return not self.numbers


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in the subject and in the person's own words, quotes and signature left out.

    Nothing here is decided: whether a number exists, which forms are meant and which mail is answered is for others
    to find out.
    """

    explanations: tuple[Explanation, ...] = ()
    consent: bool = False
    """``ĐỒNG Ý`` in a line of its own."""
    nil: tuple[str, ...] = ()
    """Sentences that say that there is nothing to declare ("không phát sinh")."""
    command: Command | None = None
    about: str = ""
    """What the command names beside itself: ``III.4``."""
    receipts: tuple[str, ...] = ()
    """Receipt codes that the person writes."""
    subject_receipts: tuple[str, ...] = ()
    """Receipt codes in the subject, which a mail program may have carried along."""
    trial: bool = False
    """``[KIỂM TRA]`` in the subject: only to be looked at, not to be counted."""
    prose: str = ""
    """What else is said, as one line, without the greeting."""

    @property
    def says_something(self) -> bool:
        """Return whether there is anything in it that may be meant for us."""
        return bool(self.explanations or self.consent or self.nil or self.command or self.prose)


class Matter(StrEnum):
    """What an answered message was about; each has its mail, ``answer_<matter>``."""

    NOTED = "noted"
    """Words about our numbers."""
    NIL = "nil"
    """That there is nothing to declare, where it did not settle anything."""
    AGREEMENT = "agreement"
    """ĐỒNG Ý, where there is nothing to agree to."""
    BLANKS = "blanks"
    STATUS = "status"
    GUIDE = "guide"
    ORDERS = "orders"
    """What an officer of the ministry has ordered; see bot.model.order."""


class Effect(StrEnum):
    """What comes of words about a number."""

    EXPLAINED = "explained"
    """The query is closed."""
    DOUBTED = "doubted"
    """The ministry looks at the rule; a query is closed, an error stays one."""
    IS_ERROR = "is_error"
    """An error is put right, it cannot be explained."""
    CORRECTED = "corrected"
    """It says that something was put right, but no file came with it."""
    UNKNOWN = "unknown"
    """The mail that is answered has no such number."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was said about one number of a mail of ours, and what comes of it."""

    number: int
    text: str
    effect: Effect

    @property
    def is_kept(self) -> bool:
        """Return whether it is stored for the ministry."""
        return self.effect in {Effect.EXPLAINED, Effect.DOUBTED}


class Consent(StrEnum):
    """What comes of a reporter's ĐỒNG Ý."""

    APPLIED = "applied"
    """The repairs count, and the files were judged with them."""
    UNKNOWN = "unknown"
    """It is not known which mail of ours it answers."""
    NOTHING = "nothing"
    """In what that mail tells nothing was repaired that waits for a word."""
    SETTLED = "settled"
    """A later revision is accepted already."""
    SUPERSEDED = "superseded"
    """A later revision was returned: the word would be about an old one."""
    GONE = "gone"
    """The files are no longer kept."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a reporter agrees to, and what comes of it."""

    consent: Consent
    receipt: str = ""
    """Of the message whose repairs are meant."""
    latest: str = ""
    """The receipt of the later revision, where there is one."""
