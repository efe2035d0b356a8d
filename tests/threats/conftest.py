from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.runners.check import stock_of
from bot.runners.pool import WorkerPool
from tests.flow.office import SECRET, TRUST, configure, pipeline, rulebook
from tests.threats.stand import Stand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.runners.pipeline import Pipeline


@pytest.fixture(scope="session")
def thinker() -> Pipeline:
    return pipeline(rulebook(), trust=TRUST, blank_secret=SECRET)


@pytest.fixture
def stand(tmp_path: Path, thinker: Pipeline) -> Iterator[Stand]:
    with Stand(tmp_path, thinker) as made:
        yield made


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerPool]:
    """A real child, as it is on the first day."""
    config = configure(tmp_path_factory.mktemp("child"), work={"workers": 1}, authentication={"dkim": True})
    made = WorkerPool(stock_of(config), config.work)
    yield made
    made.close()
