"""From a message to a submission: the first fork of the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.model import Held, HeldReason, Ignored, Proof, Refusal, RefusalReason, Submission, Talk
from bot.submission.sender import find_reporter

if TYPE_CHECKING:
    from datetime import date

    from bot.model import Attachment, Message, Reporter, Rulebook, TrustedServers

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
    message: Message, rulebook: Rulebook, trust: TrustedServers, *, vouched: str = "", shared_inbox: bool = False
) -> Submission | Talk | Refusal | Held | Ignored:
    """Say what the message is, before any of its files is opened.

    Args:
        message: as parsed.
        rulebook: holds the reporters and their registered addresses.
        trust: by whose word, and whether without any, a mail counts as its author's.
        vouched: the code of the reporter whose mail a person has said it to be; empty where the mail itself must tell.
        shared_inbox: a person reads this inbox too, so mail of unknown people is none of our business.
    """
    if message.heading.automatic:
        return Ignored(message.heading.automatic)
    day = message.received_at.astimezone(VIETNAM).date()
    reporter = _reporter_of(vouched or message.heading.sender, rulebook, day, is_code=bool(vouched))
    if reporter is None:
        if shared_inbox and not vouched:
            return Ignored("unknown sender in a shared inbox")
        reason = HeldReason.UNKNOWN_SENDER if message.heading.sender else HeldReason.NO_SENDER
        return Held(reason, message.authentication.grounds)
    if not vouched and not trust.believes(message.authentication):
        failed = message.authentication.proof is Proof.FAILED
        return Held(HeldReason.FAILED if failed else HeldReason.UNPROVED, message.authentication.grounds)
    if "oversize" in message.defects:
        return Refusal(reporter, RefusalReason.TOO_LARGE)
    if message.defects and not message.attachments and not message.text:
        return Refusal(reporter, RefusalReason.DAMAGED)
    files = form_files(message)
    protected = _encryption(files)
    if protected:
        return Refusal(reporter, RefusalReason.PROTECTED, protected)
    if files:
        return Submission(reporter, files)
    if message.answer.says_something:
        return Talk(reporter)
    return miss_file(message, reporter, shared_inbox=shared_inbox)


def _reporter_of(whom: str, rulebook: Rulebook, day: date, *, is_code: bool) -> Reporter | None:
    """Return the body of *day* that an address speaks for, or that has a code or followed the one that had it."""
    if not is_code:
        return find_reporter(whom, rulebook.reporters, day) if whom else None
    known = {one.code: one for one in rulebook.reporters}
    return known[whom].body_on(day, known) if whom in known else None


def miss_file(message: Message, reporter: Reporter, *, shared_inbox: bool) -> Refusal | Ignored:
    """Say what becomes of a registered sender's mail without a file, in which nothing is said that is meant for us."""
    if shared_inbox:
        return Ignored("no file in a shared inbox")
    return Refusal(reporter, RefusalReason.LINK_ONLY if message.links else RefusalReason.NO_ATTACHMENT)


def form_files(message: Message) -> tuple[Attachment, ...]:
    """Return the files of a mail that may be meant as forms: not what mail programs add by themselves."""
    return tuple(file for file in message.attachments if not _is_decoration(file))


def _encryption(files: tuple[Attachment, ...]) -> str:
    """Return how a mail is encrypted of which nothing else is left to read, or an empty string."""
    troubles = [file.trouble for file in files]
    hidden = [one.detail for one in troubles if one is not None and one.reason is RefusalReason.PROTECTED]
    return hidden[0] if hidden and len(hidden) == len(files) else ""


def _is_decoration(file: Attachment) -> bool:
    return file.inline or file.content_type in _DECORATION
