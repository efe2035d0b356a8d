"""Whether a mail gives orders in the name of the ministry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.addresses import with_ascii_domain
from bot.language import VIETNAM
from bot.model import Held, HeldReason, Ordering, Proof
from bot.submission.open import form_files
from bot.submission.sender import find_reporter

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.model import Message, Orders, Rulebook

_PROOFS = frozenset({Proof.PASSED, Proof.SIGNED})
"""What proves an officer: our server, or the signature of his domain. A blank goes around, and proves nobody here."""


def is_officer(address: str, officers: Collection[str]) -> bool:
    """Tell whether *address* is that of an officer who may give orders."""
    return bool(address) and with_ascii_domain(address.lower()) in {with_ascii_domain(one.lower()) for one in officers}


def hear_officer(
    message: Message, orders: Orders, rulebook: Rulebook, *, shared_inbox: bool = False
) -> Ordering | Held | None:
    """Say what a mail from an officer's address is, before anything else is looked at; None where it orders nothing.

    A mail in which nothing seems meant as an order goes the way of any other: the officer may be a contact too, or
    pass on a file. Without a file, and from nobody else's contact, it can only be meant for us, and is answered.

    Args:
        message: as parsed; From is an officer's.
        orders: what stands in it.
        rulebook: holds the contacts of the reporters.
        shared_inbox: a person reads this inbox too.
    """
    if not orders.any_meant:
        day = message.received_at.astimezone(VIETNAM).date()
        known = find_reporter(message.heading.sender, rulebook.reporters, day)
        if known or shared_inbox or form_files(message) or message.defects:
            return None
    if message.authentication.proof not in _PROOFS:
        return Held(HeldReason.OFFICER, message.authentication.grounds)
    return Ordering(message.heading.sender, orders)
