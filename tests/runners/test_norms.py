"""What is usual among the reporters, read from what counts, and the question to one who is far from it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.model import Act, Attachment, History, Norm, Outcome, Ruling, Severity
from bot.runners.case import Case
from bot.runners.judge import Judge
from bot.runners.norms import NormBook
from tests.check.small import FORM, rulebook
from tests.fixtures.accepted import Store, rows_of
from tests.fixtures.office import sheet_with

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2012, 7, 10, 9, 0, tzinfo=VIETNAM)
RULEBOOK = rulebook(FORM.replace("max      = 1000\n", ""))
A = RULEBOOK.form("thu/A")
HEADERS = ("TT", "Tên khu", "Nhóm", "Diện tích", "Đã cho thuê", "Số người", "Năm", "Ngày")


def fill(store: Store) -> list[str]:
    """Let six provinces be accepted, with areas of about three hectares."""
    return [
        store.send(f"p{number}", A, rows_of(A, *({"dien_tich": Decimal(number + size)} for size in (1, 2, 3))))
        for number in range(6)
    ]


def test_the_norms_are_those_of_what_counts(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, *_ = fill(store)
    book = NormBook(store.ledger, store.vault, RULEBOOK)
    assert book.held() == {}

    book.renew(NOW)
    norm = book.held()["thu", "A"]["dien_tich"]
    assert (round(norm.median, 1), norm.reporters) == (4.5, 6)
    shown = store.ledger.show(first)
    assert shown is not None
    store.ledger.rule_on(shown.id, 0, Ruling(Act.INVALIDATE, "van-thu", NOW, "Thử", "accepted"))
    book.renew(NOW)
    assert book.held()["thu", "A"]["dien_tich"].reporters == 5


def test_a_lost_table_costs_only_its_own_say(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store)
    shown = store.ledger.show("12-p0-0001")
    assert shown is not None
    store.vault.path(shown.parts[0].table).unlink()
    book = NormBook(store.ledger, store.vault, RULEBOOK)
    book.renew(NOW)
    assert book.held()["thu", "A"]["dien_tich"].reporters == 5


def test_a_reporter_whose_column_is_in_another_unit_is_asked(tmp_path: Path) -> None:
    rows = [
        (number, f"Khu {number}", "", area, 5, 30, 2005, "15/7/2005")
        for number, area in enumerate((25_000, 31_000, 18_000), 1)
    ]
    data = sheet_with(HEADERS, *rows)
    file = Attachment("a.xlsx", data, hashlib.sha256(data).hexdigest())
    history = History(norms={("thu", "A"): {"dien_tich": Norm(2.5, 40)}})

    (part,) = Judge(RULEBOOK).judge((file,), Case(RULEBOOK.reporter("40"), history, NOW), "12-40-0001")
    (asked,) = [one for one in part.findings if one.rule == "lech_don_vi"]
    assert (part.verdict, asked.severity, asked.place.column) == (Outcome.ACCEPTED, Severity.QUERY, "Diện tích")
    assert asked.say == (
        'Ở cột "Diện tích", một nửa số dòng ghi từ 25.000 ha trở lên, trong khi ở 40 đơn vị báo cáo thường là 2,5 ha; '
        "nếu đang ghi theo m² thì là 2,5 ha"
    )
