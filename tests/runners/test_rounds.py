"""Round after round at the door: mails of one province, and what each reply says of the one before."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING

import pytest

from bot.model import Obligation, Outcome, Standing, State
from tests.check.small import files
from tests.fixtures.office import mail_with, office_at, sheet_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.adapters.ledger import Shown
    from tests.fixtures.office import Office

HEADERS = ("TT", "Tên khu", "Nhóm", "Diện tích", "Đã cho thuê", "Số người", "Năm", "Ngày")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    rules = tmp_path / "rules"
    for name, data in files().items():
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        (rules / name).write_bytes(data)
    with office_at(tmp_path, rules) as opened:
        yield opened


def book(*parks: tuple[str, float, float]) -> bytes:
    """Return a workbook of those parks: name, area, what of it is leased."""
    rows = [(at, name, "", area, leased, 30, 2005, "15/7/2005") for at, (name, area, leased) in enumerate(parks, 1)]
    return sheet_with(HEADERS, *rows)


def reply(office: Office, shown: Shown) -> str:
    raw = office.desk.vault.get(shown.mails[0].raw)
    text = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",))
    assert text is not None
    return str(text.get_content())


def standing(office: Office) -> Standing:
    (found,) = office.desk.ledger.standing([Obligation("thu", "A", "40", None)])
    return found


def test_the_reply_to_a_later_revision_says_what_became_of_the_one_before(office: Office) -> None:
    first = office.settle(mail_with(book(("Một", 10, 11), ("Hai", 10, 12), ("Ba", 10, 9)), 1))
    assert "So với lần nộp" not in reply(office, first)
    second = office.settle(mail_with(book(("Ba", 10, 9), ("Bốn", 10, 20), ("Một", 10, 11), ("Hai", 10, 8)), 2))
    text = reply(office, second)
    assert "So với lần nộp 1: đã sửa 1/2 chỗ, còn 1, phát sinh mới 1." in text
    assert "Thêm 1 dòng (Bốn)." in text
    assert "Thay đổi 1 dòng: Hai, cột “Đã cho thuê” 12 → 8 ha." in text
    assert "“Đã cho thuê” 32 → 48 ha" in text
    third = office.settle(mail_with(book(("Bốn", 10, 2), ("Một", 10, 1), ("Hai", 10, 8), ("Ba", 10, 9)), 3))
    assert "So với lần nộp 2: đã sửa 2/2 chỗ." in reply(office, third)


def test_a_broken_third_try_never_unseats_an_accepted_second(office: Office) -> None:
    office.settle(mail_with(book(("Một", 10, 11)), 1))
    second = office.settle(mail_with(book(("Một", 10, 9)), 2))
    assert standing(office).receipt == second.receipt
    third = office.settle(mail_with(book(("Một", 10, 9), ("Hai", 10, 99)), 3))
    assert [(one.verdict, one.revision) for one in third.parts] == [(Outcome.RETURNED, 3)]
    assert (standing(office).state, standing(office).receipt) == (State.ACCEPTED, second.receipt)
    text = reply(office, third)
    assert f"chưa thay thế bản đã đạt yêu cầu trước đây (mã biên nhận {second.receipt}); bản đó vẫn được tính" in text
    assert "Lần nộp 2" in text
    fourth = office.settle(mail_with(book(("Một", 10, 9), ("Hai", 10, 9)), 4))
    assert (standing(office).state, standing(office).receipt) == (State.ACCEPTED, fourth.receipt)
    assert "So với lần nộp 3: đã sửa 1/1 chỗ." in reply(office, fourth)


def test_the_same_file_is_settled_already_whatever_its_mail(office: Office) -> None:
    file = book(("Một", 10, 9))
    first = office.settle(mail_with(file, 1))
    again = office.settle(mail_with(file, 2, name="Bieu mau (ban cuoi).xlsx"))
    assert [(one.verdict, one.earlier) for one in again.parts] == [(Outcome.DUPLICATE, first.receipt)]
    assert standing(office).receipt == first.receipt


def test_a_file_saved_anew_with_the_same_rows_says_that_nothing_has_changed(office: Office) -> None:
    office.settle(mail_with(book(("Một", 10, 9), ("Hai", 10, 9)), 1))
    again = office.settle(mail_with(book(("Hai", 10, 9), ("Một", 10, 9)), 2))
    assert "So với lần nộp 1: số liệu không thay đổi." in reply(office, again)
