"""A receipt at once, where the queue is long: the verdict follows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.runners.pool import Fault
from bot.runners.process import ticket_of

if TYPE_CHECKING:
    import threading

    from bot.adapters.ledger import Undecided
    from bot.runners.process import Desk

LONG_WAIT = timedelta(minutes=1)
"""A sender who must wait for longer is told that the mail has come."""
_RECENT = timedelta(days=1)
"""What came earlier was left over from a downtime, or was moved into the inbox; a receipt would tell nothing."""
_MOST = 1000

log = structlog.get_logger(__name__)


def acknowledge_waiting(desk: Desk, pace: timedelta, stop: threading.Event) -> int:
    """Queue a receipt for each waiting mail of a registered sender, if the queue is long; return how many are new.

    Each mail is acknowledged once, never a machine's, and never one that is settled already.

    Args:
        desk: the doors and the children.
        pace: how long one mail takes, as measured.
        stop: set to leave after the mail in hand.
    """
    now = desk.clock.now()
    waiting = desk.ledger.undecided(now, _MOST)
    if len(waiting) * pace <= LONG_WAIT:
        return 0
    recent = [one for one in waiting if one.received_at > now - _RECENT]
    known = desk.ledger.has_mail([_key(one) for one in recent])
    new = 0
    for message in recent:
        if stop.is_set():
            break
        if _key(message) not in known:
            new += _acknowledge(desk, message)
    if new:
        log.info("queued", kind="receipt", mails=new, waiting=len(waiting))
    return new


def _key(message: Undecided) -> str:
    return f"receipt:{message.sha256}"


def _acknowledge(desk: Desk, message: Undecided) -> bool:
    path = desk.vault.path(message.sha256)
    ticket = ticket_of(message, path, desk.ledger.contacts())
    now = desk.clock.now()
    try:
        mail = desk.pool.acknowledge(ticket, now)
    except Fault as fault:
        # It only costs the receipt: whether the mail itself can be settled is found out in its turn.
        log.warning("no receipt", message=message.id, error=str(fault))
        return False
    return mail is not None and desk.ledger.acknowledge(message.id, mail, desk.vault.put(mail.raw), now)
