"""Signed copies: the latest of each narrative or form, for history and standing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import came_before
from bot.model import SignedCopy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

_Owner = tuple[str, str, str]
"""Campaign, reporter, form."""


def latest_signed(
    connection: Connection, reporters: Collection[str], before: tuple[datetime, int] | None = None
) -> Mapping[_Owner, SignedCopy]:
    """Return the signed copy that came last for each campaign and form of *reporters*.

    *before* is arrival and number of a message: only what came before it is told.
    """
    if not reporters:
        return {}
    copy = tables.SignedCopy
    found = (
        select(copy, func.coalesce(col(tables.Message.receipt), "").label("receipt"))
        .join(tables.Message, col(tables.Message.id) == col(copy.message))
        .where(col(copy.reporter).in_(reporters), *came_before(copy, before))
        .order_by(col(copy.received_at), col(copy.message), col(copy.ordinal).desc())
    )
    return {
        (row.campaign, row.reporter, row.form): SignedCopy(
            row.campaign, row.form, row.file, row.content, row.number, row.day, row.receipt, row.received_at
        )
        for row in connection.execute(found)
    }
