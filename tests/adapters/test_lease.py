"""One worker for each mailbox: who lives keeps it, who died loses it, who was taken for dead writes nothing more."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.adapters.lease import MailboxLease, Pace
from bot.adapters.ledger import Arrival, LeaseLost, Ledger
from bot.adapters.lock import AlreadyRunning
from tests.adapters.ledger.conftest import kind, migrated_file, server, url
from tests.adapters.ledger.samples import INBOX, NOW, hash_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["kind", "migrated_file", "server", "url"]

NAME = "bot@mpi.example/INBOX"
QUICK = Pace(beat=0.02, look=0.02, patience=0.5)
SILENT = Pace(beat=600, look=0.01, patience=0.05)


@pytest.fixture
def first(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as ledger:
        yield ledger


@pytest.fixture
def second(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as ledger:
        yield ledger


def receive(ledger: Ledger) -> int:
    return ledger.receive(INBOX, [Arrival(1, hash_of("a"), 10, NOW)], NOW)


def hold(ledger: Ledger, folder: Path, lost: threading.Event | None = None, pace: Pace = QUICK) -> MailboxLease:
    return MailboxLease(ledger, NAME, folder, (lost or threading.Event()).set, pace)


def test_threat_42_the_second_is_told_who_works_there(first: Ledger, second: Ledger, tmp_path: Path) -> None:
    with (
        hold(first, tmp_path / "a"),
        pytest.raises(AlreadyRunning, match=r"máy .+, tiến trình \d+ đang làm việc với hộp thư này"),
        hold(second, tmp_path / "b"),
    ):
        pytest.fail("two held the mailbox")


def test_who_has_left_is_followed_at_once(first: Ledger, second: Ledger, tmp_path: Path) -> None:
    forever = Pace(look=600)
    with hold(first, tmp_path / "a"):
        assert receive(first) == 1
    with hold(second, tmp_path / "b", pace=forever):
        assert receive(second) == 0  # known, and written all the same


def test_a_restart_in_the_same_folder_waits_for_nobody(first: Ledger, second: Ledger, tmp_path: Path) -> None:
    killed = hold(first, tmp_path / "a", pace=SILENT)
    killed.__enter__()
    with hold(second, tmp_path / "a", pace=Pace(look=600)):
        receive(second)


def test_a_holder_that_was_taken_for_dead_writes_and_sends_nothing_more(
    first: Ledger, second: Ledger, tmp_path: Path
) -> None:
    frozen = hold(first, tmp_path / "a", pace=SILENT)
    frozen.__enter__()
    with hold(second, tmp_path / "b", pace=SILENT):
        with pytest.raises(LeaseLost):
            receive(first)
        assert first._fence is not None
        first._fence.known_at -= 60  # it has slept for a minute
        with pytest.raises(LeaseLost):
            first.assert_held()
        assert receive(second) == 1  # nothing of the first one's was kept
        second.assert_held()


def test_a_holder_that_lives_learns_by_itself_that_it_was_replaced(
    first: Ledger, second: Ledger, tmp_path: Path
) -> None:
    lost = threading.Event()
    with hold(first, tmp_path / "a", lost):
        # A sign of life may come between the look and the step: then the step is refused, and is made again.
        while second.lease(NAME).seat != "another seat":
            second.take_lease(NAME, "another seat", "máy khác", second.lease(NAME))
        assert lost.wait(10)
    assert second.lease(NAME).seat == "another seat"  # leaving frees only what one holds


def test_a_copy_of_a_data_folder_is_another_seat(first: Ledger, second: Ledger, tmp_path: Path) -> None:
    with hold(first, tmp_path / "a"):
        (tmp_path / "b" / "secrets").mkdir(parents=True)
        (tmp_path / "b" / "secrets" / "seat").write_bytes((tmp_path / "a" / "secrets" / "seat").read_bytes())
        with pytest.raises(AlreadyRunning), hold(second, tmp_path / "b"):
            pytest.fail("two held the mailbox")
