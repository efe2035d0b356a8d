"""What an officer's file comes to, with the children's work done in this process."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.config import Config, build_config
from bot.demo import mistakes
from bot.demo.drawing import draw_xlsx
from bot.demo.files import lock_workbook, make_scan
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.language import VIETNAM
from bot.model import Outcome, Part, RefusalReason
from bot.runners import check
from bot.runners.check import Checked, check_files, stock_of, tell_fault
from bot.runners.pool import Fault
from bot.runners.rulebook import RulesBroken
from tests.runners.inline import InlinePool

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2012, 7, 10, 12, 0, tzinfo=VIETNAM)
BOOK = make_parks_book(province("Nghệ An"))
GOOD = draw_xlsx(BOOK)
BENT = draw_xlsx(mistakes.write_words_for_a_year(BOOK).book)


def config(**content: str) -> Config:
    nowhere = {"host": "localhost", "port": 1, "security": "none"}
    values = {"mailbox": nowhere, "smtp": {**nowhere, "sender": "a@bo.example"}, "content": content}
    return build_config(values, Path("/nowhere/config.toml"))


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Checked, ...]]:
    monkeypatch.setattr(check, "WorkerPool", InlinePool)

    def run(*contents: bytes) -> tuple[Checked, ...]:
        files = [tmp_path / f"tep-{number}.xlsx" for number in range(len(contents))]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        return check_files(files, config(), NOON)

    return run


def test_a_good_file_is_accepted(checked: Callable[..., tuple[Checked, ...]]) -> None:
    (one,) = checked(GOOD)
    assert (one.file, one.exit_code, one.fault, one.marked) == ("tep-0.xlsx", 0, "", None)
    assert [(part.form, part.verdict) for part in one.parts] == [("I.1", Outcome.ACCEPTED)]


def test_a_file_with_a_mistake_is_returned_with_its_marked_copy(checked: Callable[..., tuple[Checked, ...]]) -> None:
    (one,) = checked(BENT)
    assert one.exit_code == 1
    assert one.marked is not None
    assert one.marked != BENT
    assert [(found.rule, found.place.cell) for found in one.parts[0].findings] == [("nam_sai", "U13")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", RefusalReason.EMPTY_FILE),
        (make_scan(), RefusalReason.WRONG_TYPE),
        (lock_workbook(GOOD), RefusalReason.ENCRYPTED),
        (GOOD[: len(GOOD) // 2], RefusalReason.DAMAGED),
    ],
)
def test_a_file_that_cannot_be_read_has_its_true_cause(
    content: bytes, reason: RefusalReason, checked: Callable[..., tuple[Checked, ...]]
) -> None:
    (one,) = checked(content)
    assert one.exit_code == 2
    assert [part.reason for part in one.parts] == [reason]


def test_a_file_that_breaks_its_child_does_not_stop_the_next(checked: Callable[..., tuple[Checked, ...]]) -> None:
    broken, good = checked(InlinePool.breaks, GOOD)
    assert (broken.exit_code, good.exit_code) == (2, 0)
    assert broken.fault == "đọc quá 20 giây chưa xong; tệp quá lớn hoặc có cấu trúc lạ"


def test_a_name_in_another_encoding_can_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "WorkerPool", InlinePool)
    file = tmp_path / b"Bi\xeau.xlsx".decode("utf-8", "surrogateescape")
    file.write_bytes(GOOD)
    (one,) = check_files([file], config(), NOON)
    assert one.file == "Bi?u.xlsx"
    assert one.parts[0].file == "Bi?u.xlsx"


@pytest.mark.parametrize(
    ("verdicts", "exit_code"),
    [
        ([Outcome.ACCEPTED], 0),
        ([Outcome.ACCEPTED, Outcome.ACCEPTED], 0),
        ([Outcome.ACCEPTED, Outcome.RETURNED], 1),
        ([Outcome.ACCEPTED, Outcome.REFUSED], 1),
        ([Outcome.REFUSED, Outcome.REFUSED], 2),
    ],
)
def test_one_code_for_all_parts_of_a_file(verdicts: list[Outcome], exit_code: int) -> None:
    assert Checked("a.xlsx", tuple(Part("a.xlsx", "", verdict) for verdict in verdicts)).exit_code == exit_code


@pytest.mark.parametrize(
    ("text", "cause", "said"),
    [
        ("no result within 20 s", TimeoutError(), "đọc quá 20 giây"),
        ("MemoryError in the child process", None, "nhiều bộ nhớ hơn mức cho phép"),
        ("KeyError in the child process", None, "sự cố của chương trình: KeyError in the child process"),
    ],
)
def test_a_fault_of_ours_is_told_in_vietnamese(text: str, cause: Exception | None, said: str) -> None:
    fault = Fault(text)
    fault.__cause__ = cause
    assert said in tell_fault(fault, 20)


def test_rules_and_contacts_are_looked_at_before_any_child_starts(tmp_path: Path) -> None:
    (tmp_path / "danh-ba.csv").write_text("reporter,address\n999,a@b.example\n")
    with pytest.raises(RulesBroken) as broken:
        stock_of(config(contacts=str(tmp_path / "danh-ba.csv")))
    assert [(one.file, one.line) for one in broken.value.mistakes] == [("contacts", 2)]
    with pytest.raises(FileNotFoundError):
        stock_of(config(rules=str(tmp_path / "khong-co")))
