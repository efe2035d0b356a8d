"""A mail from a file instead of the inbox: to try what would happen, or to bring in what was lost elsewhere."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.ledger import Arrival, Mailbox
from bot.runners.pool import Ticket

if TYPE_CHECKING:
    from bot.model import Settlement
    from bot.runners.process import Desk

_BY_HAND = Mailbox("feed", "", 1)


def preview_mail(raw: bytes, desk: Desk) -> Settlement:
    """Return what the bot would do with the mail now, and leave no trace. Raises Fault."""
    now = desk.clock.now()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mail.eml"
        path.write_bytes(raw)
        ticket = Ticket(path, 0, now)
        opened = desk.pool.open(ticket)
        history = desk.ledger.history(opened.reporter, opened.heading.sender, opened.contents)
        return desk.pool.settle(ticket, history, now)


def feed_mail(raw: bytes, desk: Desk) -> Settlement:
    """Keep the mail as if it had just arrived; the next round of the daemon, or ``bot once``, answers it."""
    preview = preview_mail(raw, desk)
    now = desk.clock.now()
    sha256 = desk.vault.put(raw)
    desk.ledger.receive(_BY_HAND, [Arrival(_number(sha256), sha256, len(raw), now)], now)
    return preview


def _number(sha256: str) -> int:
    """A stand-in for the UID that a server would give: the same mail always has the same."""
    return int(hashlib.sha256(sha256.encode()).hexdigest()[:7], 16)
