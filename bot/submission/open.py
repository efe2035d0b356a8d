"""From a message to a submission: the first fork of the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.model import Held, Ignored, Refusal, RefusalReason, Submission, Talk
from bot.submission.sender import find_reporter

if TYPE_CHECKING:
    from bot.model import Attachment, Message, Reporter, Rulebook

_DECORATION = frozenset(
    {
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
        "application/pgp-signature",
        "application/pgp-keys",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/applefile",
    }
)
"""What mail programs add by themselves: nobody sends it as a form."""


def open_submission(
    message: Message, rulebook: Rulebook, *, shared_inbox: bool = False
) -> Submission | Talk | Refusal | Held | Ignored:
    """Say what the message is, before any of its files is opened.

    Args:
        message: as parsed.
        rulebook: holds the reporters and their registered addresses.
        shared_inbox: a person reads this inbox too, so mail of unknown people is none of our business.
    """
    if message.heading.automatic:
        return Ignored(message.heading.automatic)
    day = message.received_at.astimezone(VIETNAM).date()
    reporter = find_reporter(message.heading.sender, rulebook.reporters, day) if message.heading.sender else None
    if reporter is None:
        if shared_inbox:
            return Ignored("unknown sender in a shared inbox")
        return Held("unknown sender" if message.heading.sender else "no sender")
    if "oversize" in message.defects:
        return Refusal(reporter, RefusalReason.TOO_LARGE)
    if message.defects and not message.attachments and not message.text:
        return Refusal(reporter, RefusalReason.DAMAGED)
    files = tuple(file for file in message.attachments if not _is_decoration(file))
    protected = _encryption(files)
    if protected:
        return Refusal(reporter, RefusalReason.PROTECTED, protected)
    if files:
        return Submission(reporter, files)
    if message.answer.says_something:
        return Talk(reporter)
    return miss_file(message, reporter, shared_inbox=shared_inbox)


def miss_file(message: Message, reporter: Reporter, *, shared_inbox: bool) -> Refusal | Ignored:
    """Say what becomes of a registered sender's mail without a file, in which nothing is said that is meant for us."""
    if shared_inbox:
        return Ignored("no file in a shared inbox")
    return Refusal(reporter, RefusalReason.LINK_ONLY if message.links else RefusalReason.NO_ATTACHMENT)


def _encryption(files: tuple[Attachment, ...]) -> str:
    """Return how a mail is encrypted of which nothing else is left to read, or an empty string."""
    troubles = [file.trouble for file in files]
    hidden = [one.detail for one in troubles if one is not None and one.reason is RefusalReason.PROTECTED]
    return hidden[0] if hidden and len(hidden) == len(files) else ""


def _is_decoration(file: Attachment) -> bool:
    return file.inline or file.content_type in _DECORATION
