"""What Alembic runs: always in a transaction that the ledger has begun."""

from __future__ import annotations

from alembic import context

from bot.adapters.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
