"""A disk that cannot keep what was written: the daemon stops for good, says so, and goes on with nothing."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import structlog
from sqlalchemy import event
from typer.testing import CliRunner

from bot.adapters.durable import DiskBroken
from bot.adapters.ledger import Ledger
from bot.cli import app
from bot.commands.doors import working
from bot.daemon import Daemon
from bot.terminal import Exit
from tests.flow.in_process import InThisProcess
from tests.flow.letters import letter
from tests.flow.office import OPERATOR, configure
from tests.lines.stage import thinker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from bot.demo.servers import DemoImap, DemoSmtp
    from tests.conftest import Disk

MAIL = letter("x", {"a.xlsx": b""}, message_id="thu-1@nghean.example")


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    """The command line sends the log to this test's stderr, which is gone for the next test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def daemon(tmp_path: Path, imap: DemoImap, smtp: DemoSmtp) -> Iterator[Daemon]:
    (tmp_path / "secret").write_text(imap.password)
    config = configure(
        tmp_path,
        mailbox={"port": imap.port, "user": imap.user, "password_file": "secret"},
        smtp={"port": smtp.port},
        ministry={"digest_to": [], "operator": OPERATOR},
    )
    with Daemon(config) as made:
        made._pool = InThisProcess(thinker())
        made.ledger.migrate()
        yield made


def test_the_daemon_stops_and_tells_the_operator_past_the_disk(
    daemon: Daemon, imap: DemoImap, smtp: DemoSmtp, disk: Disk
) -> None:
    imap.deliver(MAIL, datetime.now(UTC))
    daemon.vault.put(b"the folders are there")
    with pytest.raises(DiskBroken, match="lỗi đọc ghi của ổ đĩa"), working(daemon):  # noqa: PT012  the fault begins inside
        disk.fail(errno.EIO)
        daemon.run()
    assert [to for _, to, _ in smtp.received] == [[OPERATOR]]
    assert daemon.ledger.counts(datetime.now(UTC)).received_total == 0


def test_the_operator_is_told_through_the_other_server_where_ours_is_away(daemon: Daemon, smtp: DemoSmtp) -> None:
    away = daemon.config.smtp.model_copy(update={"port": 9})
    other = daemon.config.smtp.model_copy(update={"sender": "canhbao@noikhac.example"})
    alarm = daemon.config.alarm.model_copy(update={"smtp": other, "to": "truc@noikhac.example"})
    daemon.config = daemon.config.model_copy(update={"smtp": away, "alarm": alarm})
    daemon.cry_for_help("vault: lỗi đọc ghi của ổ đĩa")
    assert [(by, to) for by, to, _ in smtp.received] == [("canhbao@noikhac.example", ["truc@noikhac.example"])]


def test_after_that_nothing_is_written_by_anybody_in_the_process(daemon: Daemon, disk: Disk) -> None:
    daemon.vault.put(b"the folders are there")
    disk.fail(errno.EIO)
    with pytest.raises(DiskBroken):
        daemon.vault.put(MAIL)
    disk.mend()
    with pytest.raises(DiskBroken):
        daemon.vault.put(MAIL)
    with pytest.raises(DiskBroken):
        daemon.ledger.defer("a", "error", datetime.now(UTC))


def test_a_command_ends_with_an_exit_code_of_its_own_and_says_what_to_do(
    tmp_path: Path, daemon: Daemon, disk: Disk
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[mailbox]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nuser = "bot"\npassword_file = "secret"\n'
        '[smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nsender = "bot@bo.example"\n[store]\nfolder = "moi"\n'
    )
    (tmp_path / "secret").chmod(0o600)
    disk.fail(errno.EIO)
    result = CliRunner().invoke(app, ["--config", str(config), "once"])
    assert result.exit_code == Exit.DISK_BROKEN
    assert "Ổ đĩa hỏng khi ghi" in result.stderr
    assert "bot verify" in result.stderr
    assert "Traceback" not in result.output


# -- what SQLite says ------------------------------------------------------------------------------------------------


def says(ledger: Ledger, name: str) -> None:
    """Let SQLite say that to every statement from now on."""

    @event.listens_for(ledger._engine, "do_execute")
    def _refuse(*_: Any) -> None:
        problem = sqlite3.OperationalError("disk I/O error")
        problem.sqlite_errorcode = getattr(sqlite3, name)
        raise problem


@pytest.mark.parametrize("name", ["SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC"])
def test_an_fsync_that_failed_under_the_database_is_final_too(tmp_path: Path, disk: Disk, name: str) -> None:
    assert disk
    with closing(Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as ledger:
        ledger.migrate()
        says(ledger, name)
        with pytest.raises(DiskBroken, match=r"ledger\.db: lỗi đọc ghi của ổ đĩa"):
            ledger.defer("a", "error", datetime.now(UTC))
