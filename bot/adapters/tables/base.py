"""What all tables share: names of constraints, instants in UTC, and one catalogue."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    DateTime,
    Index,
    MetaData,
    TypeDecorator,
    text,
)
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from sqlalchemy import Dialect

# Names of constraints are fixed by rule, so that a later migration can name them on every database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(TypeDecorator[datetime]):
    """An instant: stored in UTC, given back with its time zone. An instant without a zone is a bug and raises."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return *value* in UTC; raises ValueError where it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a time zone: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return *value* with the zone that SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(SQLModel):
    """What all tables share: their own catalogue, apart from any other SQLModel of the process."""

    metadata = MetaData(naming_convention=NAMES)


def only(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return a partial index: it holds the few rows that still wait, however long the table grows."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
