"""What all commands share: where they print, which configuration is in force, and how they give up."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console

from bot.config import Config, ConfigMistakes, build_config, load_config
from bot.usage import BROKEN, DISK_BROKEN, WRONG_USE

if TYPE_CHECKING:
    from collections.abc import Sequence

_USUAL = Path("config.toml")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0
    RETURNED = 1
    UNREADABLE = 2
    WRONG_USE = WRONG_USE
    BROKEN = BROKEN
    DISK_BROKEN = DISK_BROKEN


class _Chosen:
    config: Path | None = None


def choose_config(config: Path | None) -> None:
    """Note which file ``--config`` names; None is the usual one."""
    _Chosen.config = config


def chosen_config() -> Path:
    """Return which file holds the configuration, whether it is there or not."""
    return _Chosen.config or _USUAL


def configured() -> Config:
    """Return the configuration in force; tells all its mistakes and ends the command where it has some."""
    try:
        return load_config(chosen_config())
    except ConfigMistakes as mistakes:
        give_up_on(f"Cấu hình {mistakes.path} chưa dùng được:", mistakes.mistakes)


def config_or_defaults() -> Config:
    """An officer who only checks a file needs no configuration; what is configured is used where it exists."""
    if _Chosen.config is not None or _USUAL.exists():
        return configured()
    nowhere = {"host": "localhost", "port": 1, "security": "none"}
    values = {"mailbox": nowhere, "smtp": {**nowhere, "sender": "bot@localhost"}}
    return build_config(values, _USUAL)


def give_up(sentence: str) -> NoReturn:
    """Tell one sentence and end the command."""
    err.print(sentence, markup=False)
    raise typer.Exit(Exit.WRONG_USE)


def give_up_on(title: str, sentences: Sequence[str]) -> NoReturn:
    """Tell each sentence under *title* and end the command."""
    err.print(title, style="bold", markup=False)
    for sentence in sentences:
        err.print(f"  – {sentence}", markup=False)
    raise typer.Exit(Exit.WRONG_USE) from None
