"""Each test runs on SQLite, and on PostgreSQL where a server and its driver are installed."""

from __future__ import annotations

import itertools
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Ledger
from tests.adapters.ledger.postgresql import create_database, find_binaries, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_numbers = itertools.count()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    ledger = Ledger(f"sqlite:///{path}")
    ledger.migrate()
    ledger.close()
    return path


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give a running PostgreSQL with the migrated database ``ready``."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed (the extra `postgresql`)")
    with running_server(binaries) as url:
        create_database(url, "ready", "template1")
        ledger = Ledger(url.replace("/postgres?", "/ready?"))
        ledger.migrate()
        ledger.close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Name the database."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Return the URL of a database without a table."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'ledger.db'}"
    return create_database(request.getfixturevalue("server"), f"test{next(_numbers)}", "template1")


@pytest.fixture
def url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Return the URL of a migrated database."""
    if kind == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_file'), tmp_path)}"
    return create_database(request.getfixturevalue("server"), f"test{next(_numbers)}", "ready")


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Give a migrated ledger with nothing in it."""
    ledger = Ledger(url)
    yield ledger
    ledger.close()
