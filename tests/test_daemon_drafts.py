"""The whole daemon with drafts, at a real Dovecot: from a province's mail to what an officer makes of the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest

from bot.daemon import Daemon
from bot.model import Fate
from tests.flow.in_process import InThisProcess
from tests.flow.letters import NGHE_AN, letter
from tests.flow.office import configure
from tests.servers import certificate, dovecot, either_server, person_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imapclient import IMAPClient

    from bot.demo.servers import DemoSmtp
    from bot.model import Reviewed
    from bot.runners.pipeline import Pipeline
    from tests.servers import Door

__all__ = ["certificate", "dovecot", "either_server"]
pytestmark = pytest.mark.parametrize("either_server", ["dovecot-tls"], indirect=True)


@pytest.fixture
def person(either_server: Door) -> Iterator[IMAPClient]:
    with person_at(either_server.settings) as made:
        yield made


def opened(folder: Path, door: Door, smtp: DemoSmtp, thinker: Pipeline, **sending: Any) -> Daemon:
    config = configure(folder, smtp={"port": smtp.port}, sending=sending)
    made = Daemon(config.model_copy(update={"mailbox": door.settings}))
    made._pool = InThisProcess(thinker)
    return made


def lying(person: IMAPClient, folder: str) -> list[bytes]:
    if not person.folder_exists(folder):
        return []
    person.select_folder(folder)
    uids = person.search(["UNDELETED"])
    return [told[b"BODY[]"] for told in person.fetch(uids, ["BODY.PEEK[]"]).values()] if uids else []


def only(daemon: Daemon) -> Reviewed:
    (found,) = daemon.ledger.reviewed()
    return found


def test_an_answer_becomes_a_draft_a_person_sends_it_and_the_ledger_knows(
    tmp_path: Path, either_server: Door, smtp: DemoSmtp, thinker: Pipeline, person: IMAPClient
) -> None:
    with opened(tmp_path, either_server, smtp, thinker, mode="drafts") as daemon:
        either_server.server.deliver(letter("Bao cao", {"a.xlsx": b""}), datetime.now(UTC))
        daemon.once()
        (draft,) = lying(person, "Drafts")
        assert message_from_bytes(draft, policy=policy.default)["To"] == NGHE_AN
        for _ in range(2):
            daemon.once()
            daemon.tidy_mailbox()
        assert lying(person, "Drafts") == [draft]
        assert len(lying(person, "Đã xử lý")) == 1, "filing goes on beside it"

        person.select_folder("Drafts")
        person.create_folder("Sent")
        person.move(person.search(["ALL"]), "Sent")
        daemon.once()
        assert (only(daemon).waiting, only(daemon).fates) == (0, {Fate.UNCHANGED: 1})
        assert daemon.ledger.counts(daemon.clock.now()).outbox_sent == 1
        daemon.once()
        assert (lying(person, "Drafts"), len(lying(person, "Sent"))) == ([], 1)
    assert smtp.received == [], "the bot itself sent nothing"


def test_groups_leave_in_their_own_ways(
    tmp_path: Path, either_server: Door, smtp: DemoSmtp, thinker: Pipeline, person: IMAPClient
) -> None:
    modes = {"refusals": "live"}
    with opened(tmp_path, either_server, smtp, thinker, mode="drafts", modes=modes) as daemon:
        either_server.server.deliver(letter("Bao cao", {"a.xlsx": b""}), datetime.now(UTC))
        daemon.once()
        assert daemon.ledger.reviewed() == ()
    assert len(smtp.received) == 1
    assert lying(person, "Drafts") == []
