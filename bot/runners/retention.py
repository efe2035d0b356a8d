"""Mails that need not be kept any longer go out of the vault; that they are gone stands in the ledger first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from datetime import datetime

    from bot.adapters.ledger import Ledger
    from bot.adapters.vault import Vault

log = structlog.get_logger(__name__)

_MONTH = timedelta(days=31)
"""Rather a day too long than one too short."""


def droppable(ledger: Ledger, months: int, now: datetime) -> tuple[tuple[str, int], ...]:
    """Return SHA-256 and size of each mail that may go at *now*; nothing is changed."""
    return ledger.droppable(now - months * _MONTH)


def drop_old(ledger: Ledger, vault: Vault, months: int, now: datetime) -> int:
    """Take what may go out of the vault; return how many files went.

    Tables, findings, decisions and our own mails stay. What an interrupted run has noted, and not taken out, goes now.
    """
    before = now - months * _MONTH
    ledger.note_dropped([sha256 for sha256, _ in ledger.droppable(before)], before, now)
    gone = sum(vault.drop(sha256) for sha256 in ledger.dropped())
    if gone:
        log.info("old mail dropped", files=gone, before=before.isoformat())
    return gone
