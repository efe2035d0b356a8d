"""The context of a digest, as its writer makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.reply.board import Board
from bot.reply.digest import DigestFacts, tell_week

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Rulebook
    from bot.reply.contexts import Digest


def tell(facts: DigestFacts, rules: Rulebook, now: datetime) -> Digest:
    """Return what the template of the digest sees."""
    return tell_week(facts, Board(facts.campaign, facts.standings, rules, now))
