"""Orders of officers: those that wait for a confirmation, and what a confirmed one changes."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.contacts import register
from bot.adapters.ledger.database import Database, OvertakenError
from bot.adapters.ledger.extensions import grant
from bot.adapters.ledger.held import dismiss
from bot.adapters.ledger.rulings import rule
from bot.model import Order, OrderRequest, Pending, Verb, WrittenDay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from bot.model import Effects

_REQUEST = tables.OrderRequest


class Ordering(Database):
    """The ledger's verbs about orders by mail."""

    def order_request(self, code: str) -> OrderRequest | None:
        """Return the orders that were told with *code*; None where no such code was ever given."""
        with self._reading() as connection:
            row = connection.execute(select(_REQUEST).where(col(_REQUEST.code) == _kept(code))).one_or_none()
        if row is None:
            return None
        orders = tuple(map(_pending, row.orders))
        return OrderRequest(code, row.officer, orders, row.asked_at, row.expires_at, is_used=row.used_by is not None)


def apply(connection: Connection, effects: Effects, message: int) -> None:
    """Do in the transaction of *connection* what *message* orders; raises OvertakenError where it cannot be done."""
    for code in effects.used:
        mine = (col(_REQUEST.code) == _kept(code), col(_REQUEST.used_by).is_(None))
        _insist(code, done=connection.execute(update(_REQUEST).where(*mine).values(used_by=message)).rowcount == 1)
    for granted in effects.grants:
        grant(connection, granted, effects.by)
    for one in effects.rulings:
        _insist(f"{one.message}/{one.part}", done=rule(connection, one.message, one.part, one.ruling, effects.by))
    for registration in effects.registrations:
        register(connection, registration, effects.by)
    for dismissal in effects.dismissals:
        _insist(dismissal.entry.subject, done=dismiss(connection, dismissal, effects.by))
    if effects.request is not None:
        connection.execute(insert(_REQUEST).values(_row(effects.request, message)))
    for entry in effects.entries:
        write_entry(connection, entry)


def _insist(what: str, *, done: bool) -> None:
    if not done:
        raise OvertakenError(what)


def _kept(code: str) -> str:
    return sha256(code.encode()).hexdigest()


def _row(request: OrderRequest, message: int) -> dict[str, object]:
    return {
        "code": _kept(request.code),
        "officer": request.officer,
        "message": message,
        "orders": [{**asdict(one.order), "facts": one.facts} for one in request.orders],
        "asked_at": request.asked_at,
        "expires_at": request.expires_at,
    }


def _pending(value: Mapping[str, Any]) -> Pending:
    """Return an order as it was kept."""
    day = WrittenDay(**value["day"]) if value["day"] else None
    order = Order(Verb(value["verb"]), value["text"], value["about"], value["key"], day, value["reason"])
    return Pending(order, tuple(map(tuple, value["facts"])))
