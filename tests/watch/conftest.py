"""A daemon between real servers, by a clock that stands still."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from bot.adapters.clock import SimulatedClock
from bot.daemon import Daemon
from bot.language import VIETNAM
from tests.flow.in_process import InThisProcess
from tests.flow.office import configure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.demo.servers import DemoImap, DemoSmtp
    from bot.runners.pipeline import Pipeline


QUIET = datetime(2011, 5, 3, 12, 0, tzinfo=VIETNAM)
"""A noon before any campaign: no reminder and no digest is due."""


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(QUIET)


@pytest.fixture
def daemon(
    tmp_path: Path, imap: DemoImap, smtp: DemoSmtp, clock: SimulatedClock, thinker: Pipeline
) -> Iterator[Daemon]:
    (tmp_path / "secret").write_text(imap.password)
    config = configure(
        tmp_path,
        mailbox={"port": imap.port, "user": imap.user, "password_file": "secret"},
        smtp={"port": smtp.port},
    )
    with Daemon(config, clock) as made:
        made._pool = InThisProcess(thinker)
        yield made
