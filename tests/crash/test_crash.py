"""The quick crash campaign; the long one is ``python -m tests.crash``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.crash.campaign import run_campaign

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_is_lost_and_nothing_done_twice_when_the_daemon_is_killed(tmp_path: Path) -> None:
    findings = run_campaign(tmp_path, mails=16, kills=6, seed=7)
    assert findings.hold, findings
    assert findings.replies >= findings.mails
