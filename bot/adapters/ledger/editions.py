"""Editions: under which file of the vault each state of the rules is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, insert_new

if TYPE_CHECKING:
    from datetime import datetime


class Editions(Database):
    """The ledger's verbs about the rules by which it was decided."""

    def edition(self, rules: str) -> str:
        """Return the SHA-256 of the file that holds the rules of that hash; empty where they are not kept."""
        with self._reading() as connection:
            kept = select(col(tables.Edition.bundle)).where(col(tables.Edition.rules) == rules)
            return connection.execute(kept).scalar() or ""

    def keep_edition(self, rules: str, bundle: str, now: datetime) -> None:
        """Note that the rules of that hash lie in the file *bundle* of the vault; what is known stays as it is."""
        with self._writing() as connection:
            insert_new(connection, tables.Edition, [{"rules": rules, "bundle": bundle, "kept_at": now}], "rules")
