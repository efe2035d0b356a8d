"""Which mail of ours a message may answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model import Message

_MOST = 40


def point_at(message: Message) -> tuple[str, ...]:
    """Return the Message-IDs and receipts by which *message* may mean a mail of ours, the most trusted first.

    A receipt that the person writes is meant; then comes what the mail program says (RFC 5322, section 3.6.4), which
    providers rewrite or lose; last a receipt in the subject, which may be left from an older thread. Whether a mail
    of ours has one of these names, and was sent to this reporter, is for the ledger to say.
    """
    heading, answer = message.heading, message.answer
    named = answer.receipts if len(answer.receipts) == 1 else ()
    names = (*named, heading.in_reply_to, *reversed(heading.references), *answer.subject_receipts, *answer.receipts)
    return tuple(dict.fromkeys(one for one in names if one))[:_MOST]
