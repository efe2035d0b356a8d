from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.adapters.clock import SimulatedClock
from bot.adapters.ledger import Ledger
from bot.adapters.smtp import Postman
from bot.adapters.vault import Vault
from tests.adapters.smtp_scripts import ScriptedServer
from tests.runners.send.outbox import START, Post, smtp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file: copied for each test, because migrating is what takes time."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    ledger = Ledger(f"sqlite:///{path}")
    ledger.migrate()
    ledger.close()
    return path


@pytest.fixture
def post(tmp_path: Path, empty_ledger: Path) -> Iterator[Post]:
    path = tmp_path / "ledger.db"
    path.write_bytes(empty_ledger.read_bytes())
    ledger = Ledger(f"sqlite:///{path}")
    with ScriptedServer() as server, Postman(smtp(server.port)) as postman:
        made = Post(ledger, Vault(tmp_path / "vault"), server, postman, SimulatedClock(START))
        yield made
        made.postman.close()
    ledger.close()
