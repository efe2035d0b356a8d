"""``bot work``: who helps decides what another receives, by the same rules or not at all."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import structlog
from typer.testing import CliRunner

from bot.adapters.ledger import Arrival, Mailbox
from bot.cli import app
from bot.daemon import Daemon, DecidesOtherwise
from bot.own_mark import OWN_MARK
from tests.adapters.ledger.conftest import kind, migrated_file, server, url
from tests.flow.in_process import InThisProcess
from tests.flow.letters import letter
from tests.flow.office import NOON, configure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.runners.pipeline import Pipeline

__all__ = ["kind", "migrated_file", "server", "url"]

PATIENCE = 20.0
"""Seconds after which something counts as not happening."""
shared = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


@pytest.fixture
def leader(tmp_path: Path, url: str, thinker: Pipeline) -> Iterator[Daemon]:
    with machine(tmp_path / "one", url, thinker) as made:
        yield made


@pytest.fixture
def helper(leader: Daemon, tmp_path: Path, url: str, thinker: Pipeline) -> Iterator[Daemon]:
    with machine(tmp_path / "two", url, thinker) as made:
        yield made


@contextmanager
def machine(folder: Path, url: str, thinker: Pipeline) -> Iterator[Daemon]:
    folder.mkdir()
    with Daemon(configure(folder, store={"ledger": url, "vault": str(folder.parent / "vault")})) as made:
        made._pool = InThisProcess(thinker)
        yield made


def take_lease(leader: Daemon, way: str) -> None:
    name = leader.lease_name
    assert leader.ledger.take_lease(name, "seat", "máy một, tiến trình 7", leader.ledger.lease(name), way)


@shared
def test_who_helps_decides_until_it_is_stopped(leader: Daemon, helper: Daemon) -> None:
    take_lease(leader, leader.way)
    raw = letter("Thư 1", message_id="thu-1@tinh.example")
    arrival = Arrival(1, leader.vault.put(raw), len(raw), NOON)
    decided = threading.Event()
    helper.ledger.settle = _telling(helper, decided)  # type: ignore[method-assign]
    thread = threading.Thread(target=helper.help)
    thread.start()
    leader.ledger.receive(Mailbox("hop-thu", "INBOX", 1), [arrival], NOON)
    assert decided.wait(PATIENCE)
    helper.stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert [one.kind for one in leader.ledger.due(leader.clock.now(), 9)] == ["refuse_no_attachment"]


@shared
def test_who_would_decide_otherwise_decides_nothing(leader: Daemon, helper: Daemon) -> None:
    helper.take_up(replace(helper._content, rulebook=replace(helper.rulebook, hash="0" * 64)))
    take_lease(leader, leader.way)
    raw = letter("Thư 1", message_id="thu-1@tinh.example")
    leader.ledger.receive(Mailbox("m", "INBOX", 1), [Arrival(1, leader.vault.put(raw), len(raw), NOON)], NOON)
    with pytest.raises(DecidesOtherwise, match="máy một, tiến trình 7"):
        helper.help()
    assert len(leader.ledger.undecided(leader.clock.now(), 9)) == 1


@shared
def test_machines_of_one_ledger_know_each_others_mail(leader: Daemon, helper: Daemon) -> None:
    mine, others = (one.config.store.folder / "secrets" / OWN_MARK for one in (helper, leader))
    assert mine.read_bytes() != others.read_bytes()
    assert helper.sender.secret == leader.sender.secret


def test_a_ledger_in_a_file_is_for_one_process(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        """
[authentication]
servers = "mx.mpi.example"
accept_unproved = true
[mailbox]
host = "127.0.0.1"
port = 9
user = "baocao@bokehoach.example"
[smtp]
host = "127.0.0.1"
port = 9
sender = "baocao@bokehoach.example"
""",
        "utf-8",
    )
    try:
        result = CliRunner().invoke(app, ["--config", str(tmp_path / "config.toml"), "work"])
    finally:
        structlog.reset_defaults()
    assert result.exit_code == 3
    assert "phải là PostgreSQL" in " ".join(result.stderr.split())


def _telling(daemon: Daemon, told: threading.Event):  # type: ignore[no-untyped-def]
    settle = daemon.ledger.settle

    def settle_and_tell(*given):  # type: ignore[no-untyped-def]
        try:
            return settle(*given)
        finally:
            told.set()

    return settle_and_tell
