"""Each digest that was sent is compared with what counted when it was written, however the ledger went on since."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.model import Act, Outcome, Rulebook, Ruling
from bot.runners.verify_digests import verify_digests
from tests.flow.office import rulebook
from tests.flow.records import part, record
from tests.runners.test_digest import MONDAY, WEDNESDAY, Clerk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.runners.doctor import Examined

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return rulebook()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, rules: Rulebook) -> Path:
    """Nghệ An has sent two forms by Monday's digest, Thanh Hóa one; each has counted since Wednesday."""
    folder = tmp_path_factory.mktemp("written")
    made = Clerk(folder, rules)
    record(made.ledger, 1, WEDNESDAY, part("I.1", Outcome.ACCEPTED), part("III.4", Outcome.ACCEPTED), reporter="40")
    record(made.ledger, 2, WEDNESDAY, part("I.1", Outcome.ACCEPTED), reporter="38")
    record(made.ledger, 3, WEDNESDAY, part("I.2", Outcome.RETURNED), reporter="38")
    made.digest(MONDAY)
    made.ledger.close()
    return folder


@pytest.fixture
def clerk(tmp_path: Path, written: Path, rules: Rulebook) -> Iterator[Clerk]:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    made = Clerk(tmp_path, rules)
    yield made
    made.ledger.close()


def send(clerk: Clerk) -> None:
    (key,) = clerk.keys()
    clerk.ledger.sent(key, MONDAY)


def look(clerk: Clerk, rules: Rulebook | None = None) -> Examined:
    return verify_digests(clerk.ledger, clerk.vault, rules or clerk.rules)


def rule(clerk: Clerk, message: int, act: Act, hours: int, before: str) -> None:
    at = MONDAY + timedelta(hours=hours)
    assert clerk.ledger.rule_on(message, 0, Ruling(act, "lan", at, "xem lại", before))


def test_a_digest_stays_right_whatever_counts_later(clerk: Clerk) -> None:
    assert look(clerk).said.startswith("0 thư"), "what was not sent has told nobody anything"
    send(clerk)
    record(clerk.ledger, 4, LATER, part("I.2", Outcome.ACCEPTED), reporter="38")
    rule(clerk, 1, Act.INVALIDATE, 2, "accepted")
    rule(clerk, 1, Act.ACCEPT, 3, "invalidated")
    rule(clerk, 2, Act.RETURN, 4, "accepted")
    rule(clerk, 3, Act.ACCEPT, 5, "returned")
    found = look(clerk)
    assert found.well, found.said
    assert found.said == "1 thư đã gửi nói đúng đơn vị nào còn thiếu biểu nào"


def test_what_was_decided_while_it_was_written_may_be_in_it_or_not(clerk: Clerk) -> None:
    send(clerk)
    record(clerk.ledger, 4, MONDAY - timedelta(minutes=1), part("I.2", Outcome.ACCEPTED), reporter="38")
    assert look(clerk).well
    record(clerk.ledger, 5, MONDAY - timedelta(hours=1), part("I.3", Outcome.ACCEPTED), reporter="38")
    assert look(clerk).said == "nói khác sổ ghi về: Thanh Hóa (2012-kkt-kcn/2012-W27)"


@pytest.mark.parametrize(
    ("harm", "who"),
    [
        ("UPDATE part SET verdict = 'returned' WHERE message = 2", "Thanh Hóa"),
        ("DELETE FROM part WHERE message = 1 AND ordinal = 1", "Nghệ An"),
        ("UPDATE part SET reporter = '42' WHERE message = 2", "Thanh Hóa"),
        ("UPDATE message SET settled_at = '2012-07-20 00:00:00' WHERE id = 2", "Thanh Hóa"),
    ],
)
def test_a_ledger_that_knows_otherwise_is_told(clerk: Clerk, harm: str, who: str) -> None:
    send(clerk)
    with closing(sqlite3.connect(clerk.config.store.folder.parent / "ledger.db")) as opened:
        opened.execute(harm)
        opened.commit()
    found = look(clerk)
    assert not found.well
    assert f"{who} (2012-kkt-kcn/2012-W27)" in found.said
    assert found.cure


def without_a_form(rules: Rulebook) -> Rulebook:
    return replace(rules, obligations=tuple(one for one in rules.obligations if one.form != "I.4"))


def with_another_name(rules: Rulebook) -> Rulebook:
    return replace(rules, reporters=tuple(replace(one, name=f"{one.name} (mới)") for one in rules.reporters))


@pytest.mark.parametrize("change", [without_a_form, with_another_name])
def test_what_the_rules_ask_otherwise_by_now_is_passed_over_and_said(
    clerk: Clerk, change: Callable[[Rulebook], Rulebook]
) -> None:
    send(clerk)
    found = look(clerk, change(clerk.rules))
    assert found.well, found.said
    assert found.said.endswith("; 1 thư có đơn vị không so được vì quy tắc đã thay đổi")


def test_a_digest_without_its_workbook_is_told(clerk: Clerk) -> None:
    send(clerk)
    raw = clerk.vault.put(b"Subject: x\r\n\r\nx")
    with closing(sqlite3.connect(clerk.config.store.folder.parent / "ledger.db")) as opened:
        opened.execute("UPDATE outbox SET raw = ?", (raw,))
        opened.commit()
    assert "2012-kkt-kcn/2012-W27 (không đọc được bảng kèm theo)" in look(clerk).said
