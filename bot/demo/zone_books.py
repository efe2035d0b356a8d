"""The six forms of Annex II of one kind of zones, made together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.zone_land import make_planned_book, make_used_book
from bot.demo.zone_outlook import make_idle_book, make_proposals_book, make_trade_book
from bot.demo.zone_projects import make_projects_book, make_works_book

if TYPE_CHECKING:
    from bot.demo.pages import Book
    from bot.demo.zones import ZoneSet

IDLE = frozenset({"Nghệ An", "Quảng Ngãi", "Quảng Bình"})
"""Provinces whose coastal zones have no trade across a border to tell of."""


def make_zone_books(of: ZoneSet, *, seed: int = 2012) -> tuple[Book, ...]:
    """Return the good forms II.1 to II.6, which agree with each other."""
    idle = of.kind == "VB" and of.province.name in IDLE
    makers = (
        make_planned_book,
        make_used_book,
        make_projects_book,
        make_works_book,
        make_idle_book if idle else make_trade_book,
        make_proposals_book,
    )
    return tuple(make(of, seed=seed) for make in makers)
