"""An operator's office without servers, in which commands are given."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.adapters.clock import SystemClock
from bot.demo.letters import contacts_csv
from bot.language import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2012, 7, 18, 10, 0, tzinfo=VIETNAM)
"""Two days after the last day of the forms of Annex I."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand in a folder with a configuration, at :data:`NOW`."""
    account = 'host = "127.0.0.1"\nsecurity = "none"\nport = 9\n'
    (tmp_path / "danh-ba.csv").write_bytes(contacts_csv())
    (tmp_path / "config.toml").write_text(
        f'[mailbox]\n{account}[smtp]\n{account}sender = "bot@bo.example"\n[content]\ncontacts = "danh-ba.csv"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(SystemClock, "now", lambda _: NOW)
    yield
    structlog.reset_defaults()
