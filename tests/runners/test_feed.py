"""A mail from a file: the preview leaves no trace, the feeding is like any arrival."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from bot.adapters.clock import SimulatedClock
from bot.adapters.ledger import Ledger
from bot.adapters.lock import FolderLock
from bot.adapters.vault import Vault
from bot.config import Config, build_config
from bot.demo.envelopes import File, thunderbird
from bot.demo.letters import contacts_csv
from bot.demo.places import province
from bot.demo.workbooks import make_parks_workbook
from bot.demo.writing import write
from bot.language import VIETNAM
from bot.model import Outcome, RefusalReason
from bot.runners import feed
from bot.runners.check import stock_of
from bot.runners.feed import Fed, feed_mails, preview_mails
from bot.runners.pool import Fault
from bot.runners.process import Desk
from tests.runners.inline import InlinePool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Settlement

NOON = datetime(2012, 7, 10, 12, 0, tzinfo=VIETNAM)
GOOD = File("Biểu I.1.xlsx", make_parks_workbook(province("Nghệ An")))
STRANGER = b"From: la@vanphong.example\r\nTo: baocao@bo.example\r\nSubject: Hoi\r\n\r\nXin hoi\r\n"


def mail(name: str = "Nghệ An", file: File = GOOD, text: str = "") -> bytes:
    return thunderbird(write("9/7 08:40", name, (file,), text=text))


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(feed, "WorkerPool", InlinePool)
    (tmp_path / "danh-ba.csv").write_bytes(contacts_csv())
    nowhere = {"host": "localhost", "port": 1, "security": "none"}
    values = {
        "mailbox": nowhere,
        "smtp": {**nowhere, "sender": "baocao@bo.example"},
        "authentication": {"accept_unproved": True},
        "store": {"folder": "du-lieu"},
        "content": {"contacts": "danh-ba.csv"},
        "work": {"workers": 1, "message_mib": 1},
    }
    return build_config(values, tmp_path / "config.toml")


@pytest.fixture
def desk(config: Config) -> Iterator[Desk]:
    ledger = Ledger(config.store.ledger_url)
    ledger.migrate()
    vault = Vault(config.store.folder / "vault")
    yield Desk(ledger, vault, InlinePool(stock_of(config), config.work), config.work, SimulatedClock(NOON))
    ledger.close()


def preview(raw: bytes, config: Config) -> Settlement:
    (settlement,) = preview_mails([raw], config, NOON)
    assert not isinstance(settlement, Fault)
    return settlement


def state_of(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return everything in the ledger, and the hash of every other file."""
    with sqlite3.connect(f"file:{folder / 'ledger.db'}?mode=ro", uri=True) as connection:
        rows = list(connection.iterdump())
    connection.close()
    files = (one for one in folder.rglob("*") if one.is_file() and not one.name.startswith("ledger.db"))
    return rows, {str(one): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


# -- looking -----------------------------------------------------------------------------------------------------


def test_a_preview_tells_the_outcome_and_the_answer(config: Config) -> None:
    settlement = preview(mail(), config)
    assert settlement.decision.outcome is Outcome.ACCEPTED
    assert [one.to for one in settlement.mails] == [("bql.kcn@nghean.example",)]


def test_a_preview_makes_no_data_folder(config: Config) -> None:
    preview(mail(), config)
    assert not config.store.folder.exists()


def test_a_preview_touches_nothing_that_is_there(config: Config, desk: Desk) -> None:
    feed_mails([mail("Thanh Hóa")], desk, config.store.folder)
    before = state_of(config.store.folder)
    preview(mail(), config)
    preview(STRANGER, config)
    assert state_of(config.store.folder) == before


def test_a_preview_knows_what_came_before(config: Config, desk: Desk) -> None:
    feed_mails([mail()], desk, config.store.folder)
    assert preview(mail(text="Gửi lại cho chắc."), config).decision.outcome is Outcome.DUPLICATE


def test_each_mail_of_many_is_looked_at_for_itself(config: Config) -> None:
    empty = File("Biểu I.1.xlsx", b"")
    previews = list(preview_mails([mail(), mail(file=empty), STRANGER, mail()], config, NOON))
    assert [one.decision.outcome for one in previews if not isinstance(one, Fault)] == [
        Outcome.ACCEPTED,
        Outcome.REFUSED,
        Outcome.HELD,
        Outcome.ACCEPTED,
    ]


def test_a_mail_that_breaks_its_child_is_a_fault_and_stops_no_other(config: Config) -> None:
    broken, good = preview_mails([STRANGER + InlinePool.breaks, mail()], config, NOON)
    assert isinstance(broken, Fault)
    assert not isinstance(good, Fault)


def test_a_mail_that_is_too_large_is_looked_at_by_its_header(config: Config) -> None:
    large = File("Biểu I.1.xlsx", bytes(2 * 2**20))
    decision = preview(mail(file=large), config).decision
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, RefusalReason.TOO_LARGE)


# -- feeding -----------------------------------------------------------------------------------------------------


def test_a_fed_mail_is_settled_under_a_receipt_that_the_ledger_knows(config: Config, desk: Desk) -> None:
    (fed,) = feed_mails([mail()], desk, config.store.folder)
    assert fed == Fed(known=False, receipt="12-40-0001")
    shown = desk.ledger.show(fed.receipt)
    assert shown is not None
    assert shown.outcome == "accepted"
    assert [one.to for one in shown.mails] == [("bql.kcn@nghean.example",)]
    assert desk.vault.get(shown.sha256) == mail()


def test_fed_mails_of_one_reporter_are_its_first_and_second_revision(config: Config, desk: Desk) -> None:
    other = File("Biểu I.1.xlsx", make_parks_workbook(province("Nghệ An"), seed=7))
    fed = feed_mails([mail(), mail(file=other)], desk, config.store.folder)
    shown = [desk.ledger.show(one.receipt) for one in fed]
    assert [part.revision for one in shown if one for part in one.parts] == [1, 2]


def test_the_same_mail_again_is_known_and_does_nothing(config: Config, desk: Desk) -> None:
    feed_mails([mail()], desk, config.store.folder)
    before = state_of(config.store.folder)
    assert feed_mails([mail()], desk, config.store.folder) == (Fed(known=True),)
    assert state_of(config.store.folder) == before


def test_fed_mails_wait_for_no_filing(config: Config, desk: Desk) -> None:
    feed_mails([mail(), STRANGER], desk, config.store.folder)
    assert desk.ledger.counts(NOON).unfiled == 0


def test_beside_a_running_daemon_a_mail_is_left_to_it(config: Config, desk: Desk) -> None:
    with FolderLock(config.store.folder):
        assert feed_mails([mail()], desk, config.store.folder) == (Fed(known=False, left_to_daemon=True),)
    assert desk.ledger.counts(NOON).undecided == 1


def test_what_waited_before_is_settled_too(config: Config, desk: Desk) -> None:
    with FolderLock(config.store.folder):
        feed_mails([mail("Thanh Hóa")], desk, config.store.folder)
    feed_mails([mail()], desk, config.store.folder)
    counts = desk.ledger.counts(NOON)
    assert (counts.undecided, sum(counts.by_outcome.values())) == (0, 2)


def test_a_fed_mail_that_breaks_its_child_is_tried_again_later(config: Config, desk: Desk) -> None:
    assert feed_mails([STRANGER + InlinePool.breaks], desk, config.store.folder) == (Fed(known=False),)
    assert desk.ledger.counts(NOON).undecided == 1


def test_of_a_fed_mail_that_is_too_large_only_the_header_is_kept(config: Config, desk: Desk) -> None:
    raw = mail(file=File("Biểu I.1.xlsx", bytes(2 * 2**20)))
    (fed,) = feed_mails([raw], desk, config.store.folder)
    shown = desk.ledger.show(fed.receipt)
    assert shown is not None
    assert (shown.outcome, shown.reason, shown.size) == ("refused", "too_large", len(raw))
    assert len(desk.vault.get(shown.sha256)) < 10_000


def test_line_ends_of_unix_are_a_header_too(config: Config) -> None:
    small = replace(GOOD, data=bytes(2 * 2**20))
    raw = mail(file=small).replace(b"\r\n", b"\n")
    assert preview(raw, config).decision.reason is RefusalReason.TOO_LARGE
