"""``bot reprocess``: what we failed on is seen, judged again by one command, and alarmed again when that fails too."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import structlog
from typer.testing import CliRunner

from bot.adapters.clock import SimulatedClock, SystemClock
from bot.cli import app
from bot.runners.pool import Fault
from bot.runners.process import process_undecided
from tests.fixtures.office import Office, office_in_process, write_config
from tests.flow.in_process import InThisProcess
from tests.flow.letters import letter
from tests.flow.office import pipeline, rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECEIPT = "12-40-0001"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with office_in_process(tmp_path, pipeline(rulebook())) as opened:
        config = write_config(tmp_path)
        config.write_text(config.read_text("utf-8").replace('"data"', f'"{opened.config.store.folder.name}"'), "utf-8")
        yield opened


def die() -> None:
    raise Fault("the child process died of SIGKILL")


def later(office: Office) -> None:
    """Come to the time of the command line, whose clock is the machine's."""
    clock = office.desk.clock
    assert isinstance(clock, SimulatedClock)
    clock.move_to(SystemClock().now())


def process(office: Office) -> list[str]:
    """Settle what waits; return the kinds of the mails in the outbox."""
    assert process_undecided(office.desk, threading.Event()) == 1
    return [one.kind for one in office.desk.ledger.due(office.desk.clock.now(), 9)]


def run(office: Office, *arguments: str, code: int = 0) -> str:
    config = office.config.store.folder.parent / "config.toml"
    try:
        result = CliRunner().invoke(app, ["--config", str(config), *arguments])
    finally:
        structlog.reset_defaults()
    assert result.exit_code == code, result.output
    return result.output


def test_a_message_set_aside_is_listed_and_judged_again_until_it_works(office: Office) -> None:
    workers = office.desk.pool
    assert isinstance(workers, InThisProcess)
    assert run(office, "reprocess") == "Không có thư nào đang để riêng.\n"

    workers.settling[1] = die
    office.settle(letter("Báo cáo", sender="bql.kcn@nghean.example"))
    told = (
        f"Thư {RECEIPT}, nhận lúc 10:00 ngày 10/7/2012, gặp sự cố và được để riêng: the child process died of SIGKILL."
    )
    assert told in run(office, "status")
    assert told in run(office, "reprocess")
    assert "1 thư sẽ được xử lý lại. Để làm, thêm --yes." in run(office, "reprocess", RECEIPT)
    assert "không nằm trong số thư để riêng" in run(office, "reprocess", "12-40-0099", "--yes", code=3)
    assert len(office.desk.ledger.set_aside()) == 1

    assert "Đã cho xử lý lại 1 thư" in run(office, "reprocess", RECEIPT, "--yes")
    later(office)
    assert process(office) == ["fault_sender", "alert_operator", "alert_operator"]

    workers.settling.clear()
    assert "Đã cho xử lý lại 1 thư" in run(office, "reprocess", "--all", "--yes")
    later(office)
    assert process(office)[3:] == ["refuse_no_attachment"]
    assert told not in run(office, "status")
    assert run(office, "audit", "--deed", "reprocess").count(f"cho xử lý lại thư gặp sự cố {RECEIPT}\n") == 2
