"""What all tests share: the switch that rewrites golden files, small servers, the pipeline, and a disk that fails."""

from __future__ import annotations

import logging
import os
import stat
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.adapters import durable
from bot.check import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.check.load import Mistake
    from bot.demo.servers import DemoImap, DemoSmtp
    from bot.model import Rulebook
    from bot.runners.pipeline import Pipeline

_load = load.load_rulebook


@lru_cache(maxsize=64)
def _load_once(files: frozenset[tuple[str, bytes]], contacts: bytes | None) -> Rulebook | tuple[Mistake, ...]:
    return _load(dict(files), contacts)


def _load_rulebook(files: Mapping[str, bytes], contacts: bytes | None = None) -> Rulebook | tuple[Mistake, ...]:
    """Load as the program does. The same bytes give the same frozen value, so each process makes it only once."""
    return _load_once(frozenset(files.items()), contacts)


# Here, because the other modules take the function by its name when they are imported, and that is later.
load.load_rulebook = _load_rulebook


_LONG = ("demo/test_run.py", "faults/test_kills.py", "demo/test_story.py", "reply/test_blank.py", "test_cli.py")
"""Files of few tests that take long: where one is begun last, the other processes wait for it."""


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    """The command line sends the log to this test's stderr, which is gone for the next test."""
    yield
    structlog.reset_defaults()
    root = logging.getLogger()
    for one in [handler for handler in root.handlers if type(handler).__module__ == "bot.journal"]:
        root.removeHandler(one)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files; all else stays in the random order that it has."""
    items.sort(key=lambda item: next((at for at, name in enumerate(_LONG) if item.path.as_posix().endswith(name)), 99))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write the golden files anew; a person reviews the diff")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Return whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--accept"))


@pytest.fixture
def imap() -> Iterator[DemoImap]:
    """Give a small IMAP server with an empty mailbox."""
    from bot.demo.servers import DemoImap

    with DemoImap() as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[DemoSmtp]:
    """Give an SMTP server that takes all and keeps it."""
    from bot.demo.servers import DemoSmtp

    with DemoSmtp() as server:
        yield server


@pytest.fixture(scope="session")
def thinker() -> Pipeline:
    """Return the children's pipeline, made once in a process: it takes a second to begin."""
    from tests.flow.office import pipeline, rulebook

    return pipeline(rulebook())


class Disk:
    """The disk of this process, as far as fsync knows it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch, self._sync = monkeypatch, os.fsync
        monkeypatch.setattr(durable, "_BREAKAGE", durable._Breakage())

    def fail(self, number: int, *, folders: bool = True, files: bool = True) -> None:
        """Let every fsync from now on fail with the errno *number*, of files, of folders or of both."""

        def fsync(handle: int) -> None:
            if folders if stat.S_ISDIR(os.fstat(handle).st_mode) else files:
                raise OSError(number, os.strerror(number))
            self._sync(handle)

        self._monkeypatch.setattr(os, "fsync", fsync)

    def mend(self) -> None:
        """Let it succeed again."""
        self._monkeypatch.setattr(os, "fsync", self._sync)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Return a disk that can be made to fail; afterwards this process knows nothing of it."""
    return Disk(monkeypatch)
