"""Edited rules on stored mails, with the real children, vault and ledger; and the comparison by itself."""

from __future__ import annotations

import threading
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from bot.adapters.content import read_contacts
from bot.adapters.ledger import ShownPart
from bot.adapters.vault import Vault
from bot.check.load import load_rulebook
from bot.model import Finding, Outcome, Part, Place, RefusalReason, Rulebook, Severity
from bot.runners.check import stock_of
from bot.runners.pool import WorkerPool
from bot.runners.rules_try import Change, PartChange, Trial, Tried, Weight, compare, try_rules
from tests.check.small import FORM, files
from tests.fixtures.office import Office, mail_with, office_at, sheet_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.runners.process import Workers

HEADERS = ("TT", "Tên khu", "Nhóm", "Diện tích", "Đã cho thuê", "Số người", "Năm", "Ngày")
GOOD = sheet_with(HEADERS, (1, "Khu Một", "", 12.5, 5, 30, 2005, "15/7/2005"))
OVER = sheet_with(HEADERS, (1, "Khu Hai", "", 12.5, 13, 30, 2005, "15/7/2005"))

STRICT = """
[[rule]]
id       = "it_nguoi"
title    = "Ít người"
severity = "error"
status   = "active"
since    = 2012-06-01
source   = "Thử"
require  = "so_nguoi >= 40 OR cho_thue > 10"
cell     = "so_nguoi"
say      = "{so_nguoi.o} ghi {so_nguoi} người"
fix      = "Kiểm tra lại."
bad      = [{so_nguoi = 5}]
"""
EDITED = FORM.replace('status   = "active"', 'status   = "trial"') + STRICT


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office that has accepted, returned, refused and met a duplicate."""
    folder = tmp_path_factory.mktemp("office")
    rules = folder / "rules"
    for name, data in files().items():
        path = rules / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with office_at(folder, rules) as opened:
        outcomes = [
            opened.settle(mail_with(file, number, name)).outcome
            for number, (file, name) in enumerate(
                ((GOOD, "a.xlsx"), (OVER, "b.xlsx"), (b"%PDF-1.4", "c.pdf"), (OVER, "d.xlsx"))
            )
        ]
        assert outcomes == ["accepted", "returned", "refused", "duplicate"]
        yield opened


def trial_of(office: Office, pool: Workers) -> Trial:
    return Trial(office.desk.ledger, office.desk.vault, pool, 1)


@pytest.fixture(scope="module")
def edited(office: Office) -> Iterator[Trial]:
    """What is tried with the form's only rule set back to trial and a new one added."""
    edited_rules = load_rulebook(files(EDITED), read_contacts(office.config.content.contacts))
    assert isinstance(edited_rules, Rulebook)
    pool = WorkerPool(stock_of(office.config, edited_rules), office.config.work)
    yield trial_of(office, pool)
    pool.close()


def snapshot(folder: Path) -> dict[str, str]:
    """Return the hash of every file but SQLite's shared memory, which readers touch too."""
    return {
        str(path): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".db-shm"
    }


def test_the_same_rules_change_nothing(office: Office) -> None:
    tried = list(try_rules(trial_of(office, office.desk.pool), threading.Event()))
    assert [(one.receipt, one.parts, one.fault) for one in tried] == [
        ("12-40-0001", (), ""),
        ("12-40-0002", (), ""),
        ("12-40-0003", (), ""),
    ]  # the duplicate repeats the first


def test_edited_rules_name_each_verdict_and_each_finding_that_changes(edited: Trial) -> None:
    good, over, refused = try_rules(edited, threading.Event())
    assert (good.receipt, good.reporter, good.turns) == ("12-40-0001", "40", True)
    assert good.parts == (
        PartChange(
            "a.xlsx",
            "A",
            Outcome.ACCEPTED,
            Outcome.RETURNED,
            (Change("it_nguoi", "Ít người", "Sheet", "F3", "F3 ghi 30 người", None, Weight(Severity.ERROR)),),
        ),
    )
    ((part,), error) = over.parts, Weight(Severity.ERROR)
    assert (part.before, part.after) == (Outcome.RETURNED, Outcome.ACCEPTED)
    assert [(one.rule, one.cell, one.before, one.after) for one in part.findings] == [
        ("cho_thue_vuot", "E3", error, replace(error, trial=True))
    ]
    assert refused.parts == ()


def test_trying_sends_and_writes_nothing(office: Office, edited: Trial) -> None:
    before = snapshot(office.config.store.folder)
    assert len(list(try_rules(edited, threading.Event()))) == 3
    assert snapshot(office.config.store.folder) == before


def test_a_mail_that_cannot_be_read_again_is_told_and_the_others_go_on(edited: Trial, tmp_path: Path) -> None:
    tried = list(try_rules(replace(edited, vault=Vault(tmp_path)), threading.Event()))
    assert [one.fault for one in tried] == ["the mail is not in the vault any more"] * 3
    assert not any(one.turns for one in tried)


def test_it_stops_after_the_mail_in_hand(edited: Trial) -> None:
    stop, tried = threading.Event(), list[Tried]()
    for one in try_rules(edited, stop):
        tried.append(one)
        stop.set()
    assert 1 <= len(tried) <= 2
    assert list(try_rules(edited, stop)) == []


# -- the comparison --------------------------------------------------------------------------------------------


def finding(cell: str, severity: Severity = Severity.ERROR, rule: str = "am", say: str = "") -> Finding:
    return Finding(rule, severity, "Số âm", say or f"Ô {cell}", "Sửa", Place("Trang 1", cell, 9, "Cột"))


def stored(*findings: Finding, total: int | None = None, **changes: object) -> ShownPart:
    count = len(findings) if total is None else total
    part = ShownPart(
        "a.xlsx", "c1", Outcome.RETURNED, "", "", "thu", "A", 1, 0, 5, "", "", count, 0, count, tuple(findings)
    )
    return replace(part, **changes)  # type: ignore[arg-type]  # any field


def again(*findings: Finding, **changes: object) -> Part:
    part = Part("a.xlsx", "c1", Outcome.RETURNED, campaign="thu", form="A", findings=findings)
    return replace(part, **changes)  # type: ignore[arg-type]  # any field


def changed(before: ShownPart, after: Part) -> list[tuple[str, str]]:
    return [
        ("+" if one.before is None else "-" if one.after is None else "±", one.cell)
        for part in compare([before], [after])
        for one in part.findings
    ]


class TestCompare:
    def test_equal_parts_are_no_change_in_whatever_order_they_speak(self) -> None:
        assert compare([stored(finding("A1"), finding("B2"))], [again(finding("B2"), finding("A1"))]) == ()

    def test_findings_come_go_and_weigh_otherwise(self) -> None:
        before, query = stored(finding("A1"), finding("B2")), finding("B2", Severity.QUERY)
        assert changed(before, again(query, finding("C3"))) == [("-", "A1"), ("±", "B2"), ("+", "C3")]

    def test_another_sentence_about_the_same_cell_is_no_change(self) -> None:
        assert changed(stored(finding("A1")), again(finding("A1", say="Cách nói khác"))) == []

    def test_two_findings_of_one_rule_at_one_cell_are_two(self) -> None:
        assert changed(stored(finding("A1")), again(finding("A1"), finding("A1"))) == [("+", "A1")]

    def test_where_not_all_findings_were_kept_only_their_number_is_compared(self) -> None:
        (part,) = compare(
            [stored(finding("A1"), total=4)], [again(*map(finding, ("A1", "A2", "A3", "A4", "A5", "A6")))]
        )
        assert (part.findings, part.uncounted) == ((), 2)

    def test_a_form_that_is_no_longer_recognised_is_held_against_its_file(self) -> None:
        refused = again(verdict=Outcome.REFUSED, reason=RefusalReason.UNKNOWN_FORM, campaign="", form="")
        (part,) = compare([stored(finding("A1"))], [refused])
        assert (part.form, part.before, part.after) == ("A", Outcome.RETURNED, Outcome.REFUSED)
        assert [one.after for one in part.findings] == [None]

    def test_a_form_that_appears_and_one_that_is_gone_are_told(self) -> None:
        more = again(form="B", verdict=Outcome.ACCEPTED)
        (part,) = compare([stored()], [again(), more])
        assert (part.form, part.before, part.after) == ("B", None, Outcome.ACCEPTED)
        (part,) = compare([stored(), stored(form="B")], [again()])
        assert (part.form, part.before, part.after) == ("B", Outcome.RETURNED, None)

    def test_a_duplicate_is_left_out_although_it_would_be_judged_anew(self) -> None:
        assert compare([stored(verdict=Outcome.DUPLICATE)], [again(finding("A1"))]) == ()
