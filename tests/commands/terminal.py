"""The command line, called as a person calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from typer.testing import CliRunner

from bot.cli import app

if TYPE_CHECKING:
    from pathlib import Path


def bot(config: Path, *words: str, code: int = 0) -> str:
    """Return what ``bot`` prints; it has to end with that exit code."""
    try:
        result = CliRunner().invoke(app, ["--config", str(config), *words])
    finally:
        structlog.reset_defaults()
    assert result.exit_code == code, result.output
    return result.output
