"""Reminders: one mail for each reporter and stage, to those who owe something, however often the clock asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Ledger
from bot.adapters.vault import Vault
from bot.language import VIETNAM
from bot.model import Outcome, Rulebook
from bot.runners.remind import remind, write_reminders
from tests.flow.office import SENDER, rulebook, writer
from tests.flow.records import CAMPAIGN, part, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.adapters.ledger import Due
    from bot.reply.write import Writer

AT = time(8, 0)
FIRST = datetime(2012, 6, 26, 8, 0, tzinfo=VIETNAM)
"""Fourteen working days before 15/7/2012, at the hour of reminders."""
SECOND = datetime(2012, 7, 5, 8, 0, tzinfo=VIETNAM)
"""Seven before."""
NGHE_AN = ("bql.kcn@nghean.example", "skhdt@nghean.example")


@dataclass
class Clerk:
    ledger: Ledger
    vault: Vault
    rulebook: Rulebook
    writer: Writer

    def remind(self, now: datetime) -> int:
        return remind(self.ledger, self.vault, self.rulebook, self.writer, SENDER, now, AT)

    def outbox(self) -> dict[str, Due]:
        return {one.key: one for one in self.ledger.due(datetime(2100, 1, 1, tzinfo=VIETNAM), 1000)}

    def text_to(self, code: str, now: datetime) -> str:
        written = write_reminders(self.ledger, self.rulebook, self.writer, now, AT)
        (mail,) = (one for one in written if f"/{code}/" in one.key)
        return mail.text


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return rulebook()


@pytest.fixture
def clerk(tmp_path: Path, rules: Rulebook) -> Iterator[Clerk]:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.migrate()
    yield Clerk(ledger, Vault(tmp_path / "vault"), rules, writer(rules))
    ledger.close()


def test_everybody_who_owes_is_reminded_once_at_a_stage(clerk: Clerk) -> None:
    assert clerk.remind(FIRST - timedelta(minutes=1)) == 0
    assert clerk.remind(FIRST) == 63
    assert clerk.remind(FIRST) == 0
    assert clerk.remind(FIRST + timedelta(days=3)) == 0

    due = clerk.outbox()[f"remind:{CAMPAIGN}/40/14/2012-07-15"]
    assert (due.kind, due.to) == ("reminder", NGHE_AN)
    assert clerk.vault.get(due.raw)


def test_each_stage_is_another_mail(clerk: Clerk) -> None:
    clerk.remind(FIRST)
    assert clerk.remind(SECOND) == 63
    assert f"remind:{CAMPAIGN}/40/7/2012-07-15" in clerk.outbox()


def test_after_a_downtime_only_the_latest_stage_is_sent(clerk: Clerk) -> None:
    assert clerk.remind(datetime(2012, 7, 13, 20, 0, tzinfo=VIETNAM)) == 63
    assert {key.split("/")[2] for key in clerk.outbox()} == {"3"}


def test_who_has_sent_all_is_not_reminded_and_who_must_correct_is(clerk: Clerk) -> None:
    owed = [one for one in clerk.rulebook.owed_by("40") if one.deadline and one.deadline.day == date(2012, 7, 15)]
    sent = [part(one.form, Outcome.ACCEPTED) for one in owed]
    record(clerk.ledger, 1, FIRST - timedelta(days=2), *sent, reporter="40")
    record(clerk.ledger, 2, FIRST - timedelta(days=1), part("I.1", Outcome.RETURNED), reporter="38")
    assert clerk.remind(FIRST) == 62
    reminded = {key.split("/")[1] for key in clerk.outbox()}
    assert "40" not in reminded
    assert "38" in reminded


def test_a_reminder_names_what_is_missing_what_was_returned_and_what_is_done(clerk: Clerk) -> None:
    autumn = datetime(2012, 11, 27, 8, 0, tzinfo=VIETNAM)
    record(clerk.ledger, 1, FIRST, part("I.1", Outcome.ACCEPTED), reporter="40")
    record(clerk.ledger, 2, FIRST, part("III.4", Outcome.RETURNED), reporter="40")
    text = clerk.text_to("40", autumn)
    assert "Biểu III.4" in text
    assert "trước ngày 30/11/2012 (còn 3 ngày)" in text
    assert "12-40-0002" in text
    assert "Biểu I.1" in text


def test_what_would_be_sent_can_be_seen_without_sending(clerk: Clerk) -> None:
    written = write_reminders(clerk.ledger, clerk.rulebook, clerk.writer, FIRST, AT)
    assert len(written) == 63
    assert clerk.outbox() == {}


def test_nobody_is_reminded_after_the_day(clerk: Clerk) -> None:
    assert clerk.remind(datetime(2012, 7, 16, 0, 0, tzinfo=VIETNAM)) == 0
