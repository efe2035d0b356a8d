"""The audit trail: every deed of a person with the change itself; no line is ever changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from bot.adapters import migrations
from bot.adapters.ledger import Ledger
from bot.model import Act, AuditEntry, Deed, Extension, Outcome, Ruling
from tests.adapters.ledger.samples import CAMPAIGN, NOW, minutes, obligation, part, settle_new, settlement

if TYPE_CHECKING:
    from collections.abc import Callable

WHY = "Đã trao đổi qua điện thoại"


def ruling(at: int = 60, before: str = "accepted") -> Ruling:
    return Ruling(Act.INVALIDATE, "van-thu", NOW + minutes(at), WHY, before)


def extension(form: str = "III.4", at: int = 70) -> Extension:
    day = date(2012, 7, 20)
    return Extension(
        CAMPAIGN, form, "nghe_an", day, "chậm nhất ngày 20/7/2012", "Chờ số liệu", "lan", NOW + minutes(at)
    )


def accepted(ledger: Ledger) -> int:
    return settle_new(ledger, "A", settlement(part(), receipt="A", at=NOW, outcome=Outcome.ACCEPTED))


def work(ledger: Ledger) -> None:
    """Let two people do something."""
    assert ledger.rule_on(accepted(ledger), 0, ruling())
    ledger.extend([extension("III.4"), extension("III.5")])
    assert ledger.end_extensions([obligation()], "lan", NOW + minutes(80)) == 1


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def test_what_a_person_changes_stands_in_the_trail_with_who_when_and_why(ledger: Ledger) -> None:
    work(ledger)
    more = "chậm nhất ngày 20/7/2012; Chờ số liệu"
    assert list(ledger.audit()) == [
        AuditEntry("van-thu", NOW + minutes(60), Deed.INVALIDATE, "A/III.4/1", WHY),
        AuditEntry("lan", NOW + minutes(70), Deed.EXTEND, f"{CAMPAIGN}/III.4/nghe_an", more),
        AuditEntry("lan", NOW + minutes(70), Deed.EXTEND, f"{CAMPAIGN}/III.5/nghe_an", more),
        AuditEntry("lan", NOW + minutes(80), Deed.END_EXTENSION, f"{CAMPAIGN}/III.4/nghe_an", ""),
    ]
    assert ledger.find_broken_line() == 0


@pytest.mark.parametrize(
    ("asked", "deeds"),
    [
        (lambda ledger: ledger.audit(who="van-thu"), [Deed.INVALIDATE]),
        (lambda ledger: ledger.audit(deed=Deed.END_EXTENSION), [Deed.END_EXTENSION]),
        (lambda ledger: ledger.audit(since=NOW + minutes(75)), [Deed.END_EXTENSION]),
        (lambda ledger: ledger.audit(subject="III.5/"), [Deed.EXTEND]),
        (lambda ledger: ledger.audit(subject="%"), []),
    ],
)
def test_the_trail_is_filtered(ledger: Ledger, asked: Callable[[Ledger], object], deeds: list[Deed]) -> None:
    work(ledger)
    assert [one.deed for one in asked(ledger)] == deeds  # type: ignore[attr-defined]


def test_what_was_not_done_leaves_no_line(ledger: Ledger) -> None:
    own = accepted(ledger)
    ledger.standing_after(own, 0, ruling(), [obligation()])
    assert not ledger.rule_on(own, 0, ruling(before="returned"))
    assert ledger.end_extensions([obligation()], "lan", NOW) == 0
    assert list(ledger.audit()) == []


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET note = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1", "TRUNCATE audit"]
)
def test_the_database_refuses_to_change_a_line(ledger: Ledger, url: str, change: str) -> None:
    work(ledger)
    with pytest.raises(DBAPIError, match="TRUNCATE" if "sqlite" in url and "TRUNC" in change else "only added to"):
        execute(url, change)
    assert len(list(ledger.audit())) == 4


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("UPDATE audit SET note = 'x' WHERE id = 2", 2),
        ("UPDATE audit SET act = 'burn' WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id = 2", 2),
    ],
)
def test_who_takes_the_guard_away_is_found_by_the_chain(ledger: Ledger, url: str, change: str, line: int) -> None:
    work(ledger)
    guards = ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")
    execute(url, *(guards if "sqlite" in url else ("DROP TRIGGER audit_no_change ON audit",)), change)
    assert ledger.find_broken_line() == line


def test_what_people_did_before_there_was_a_trail_begins_it(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as then:
        then.setattr(migrations, "HEAD", "0008")
        old = Ledger(empty_url)
        old.migrate()
        old.close()
    execute(
        empty_url,
        "INSERT INTO extension (id, campaign, form, reporter, until, words, reason, who, at, ended_by, ended_at) VALUES"
        " (1, 'c', 'f', 'r', '2012-07-20', 'w', 'x', 'lan', '2012-07-01 00:00:00', 'minh', '2012-07-03 00:00:00'),"
        " (2, 'c', 'g', 'r', '2012-07-20', 'w', 'y', 'lan', '2012-07-02 00:00:00', '', NULL)",
    )
    ledger = Ledger(empty_url)
    ledger.migrate()
    told = [(one.who, one.deed.value, one.subject, one.at.day) for one in ledger.audit()]
    assert ledger.find_broken_line() == 0
    ledger.close()
    assert told == [("lan", "extend", "c/f/r", 1), ("lan", "extend", "c/g/r", 2), ("minh", "end_extension", "c/f/r", 3)]
