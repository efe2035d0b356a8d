"""The ledger's migrations, packed with the program and run in its own process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISIONS = (
    *("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013"),
    *("0014", "0015", "0016", "0017", "0018", "0019", "0020", "0021", "0022"),
)
"""All of ``versions``, oldest first: known here, so that a start-up with nothing to do need not load Alembic."""
HEAD = REVISIONS[-1]


def upgrade(connection: Connection) -> None:
    """Bring the database to :data:`HEAD` inside the transaction of *connection*: all steps or none."""
    # Loading Alembic takes longer than everything else at start-up, and is needed once in the life of a version.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, HEAD)
