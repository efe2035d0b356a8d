"""A new address for a reporter: whether it may be taken, and what follows. Both doors, terminal and mail, ask here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.model import Refused, Registration, Remembered, Why
from bot.reply.compose import is_writable
from bot.submission import find_reporter, is_officer

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.adapters.ledger import HeldMail, Ledger
    from bot.model import Reporter, Rulebook


@dataclass(frozen=True, slots=True)
class Registering:
    """What would be registered."""

    registration: Registration
    mails: tuple[HeldMail, ...]
    """Of that sender, held until now: each is decided again, by its own proof."""


def register_sender(
    address: str,
    reporter: Reporter,
    said: tuple[str, str],
    ledger: Ledger,
    rulebook: Rulebook,
    now: datetime,
    *,
    reserved: Collection[str] = (),
) -> Registering | Refused:
    """Return what follows when *address* speaks for *reporter* from now on, or why it may not; nothing is kept here.

    Args:
        address: of the sender.
        reporter: for whom he speaks.
        said: who says so, and why.
        ledger: holds the mails that wait.
        rulebook: with the contacts that are known.
        now: the instant.
        reserved: addresses of officers and our own: they are nobody's contact.
    """
    who, note = said
    if not is_writable(address) or "*" in address:
        return Refused(Why.NO_ADDRESS, address)
    if is_officer(address, reserved):
        return Refused(Why.RESERVED_ADDRESS, address)
    known = find_reporter(address, rulebook.reporters, now.astimezone(VIETNAM).date())
    if known is not None:
        return Refused(Why.KNOWN_ADDRESS, address, (known.name,))
    contact = Remembered(address.lower(), reporter.code, who, now, note)
    return Registering(Registration(contact), ledger.held_of(address))
