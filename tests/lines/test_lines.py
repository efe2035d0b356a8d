"""Some faults of the lines to the mail servers, once each; all of them are ``python -m tests.lines``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lines.play import play
from tests.lines.scenarios import scenarios

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = (
    "imap: drop at 75% of a mail",
    "imap: literal longer than announced",
    "imap: MOVE refused",
    "imap: UIDVALIDITY 0, same numbers for others",
    "imap: UIDVALIDITY +1, same numbers for others",
    "smtp: 451 4.3.0 later at text",
    "smtp: 535 login refused",
)


@pytest.mark.parametrize("name", _NAMES)
def test_nothing_is_lost_or_told_twice_and_the_daemon_is_back_within_five_minutes(name: str, tmp_path: Path) -> None:
    (scenario,) = (one for line in scenarios().values() for one in line if one.name == name)
    assert play(scenario, tmp_path, mails=3, seed=1).breaches == []
