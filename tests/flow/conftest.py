from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.runners.check import stock_of
from bot.runners.pool import WorkerPool
from tests.flow.office import configure
from tests.servers import certificate, dovecot, either_server

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["certificate", "dovecot", "either_server"]


@pytest.fixture(scope="session")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerPool]:
    """Two children for all tests here: to start one takes a second."""
    config = configure(tmp_path_factory.mktemp("children"), authentication={"accept_unproved": False})
    pool = WorkerPool(stock_of(config), config.work)
    yield pool
    pool.close()
