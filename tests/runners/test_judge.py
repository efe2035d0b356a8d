"""Forms that are held against one another: in one mail, months later, against the revision and the period before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.model import Obligation, Outcome, State
from tests.check.small import crossed, files
from tests.check.test_campaigns import HALF_YEARLY
from tests.fixtures.office import mail_with, office_at, sheet_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.adapters.ledger import Shown
    from tests.fixtures.office import Office

HEADERS = ("TT", "Tên khu", "Nhóm", "Diện tích", "Đã cho thuê", "Số người", "Năm", "Ngày")
B_HEADERS = ("Tên khu vực", "Đất đã thuê", "Ghi chú thêm")
B = """\
id      = "B"
title   = "Biểu B"
source  = "Phụ lục thử"
row_key = ["khu"]
nil     = true

[[column]]
key      = "khu"
header   = ["Tên khu vực"]
type     = "text"
required = true
example  = "Khu Một"

[[column]]
key      = "da_thue"
header   = ["Đất đã thuê"]
type     = "decimal"
unit     = "ha"
example  = "10"

[[column]]
key      = "them"
header   = ["Ghi chú thêm"]
type     = "text"
"""
AGAINST = '''
[[rule]]
id       = "giam_so_voi_{table}"
title    = "Đất đã thuê giảm"
severity = "query"
status   = "active"
since    = 2012-06-01
source   = "Thử"
query    = """
SELECT t._sheet, t._row, x.da_thue AS truoc FROM t JOIN {table} AS x USING (khu) WHERE t.da_thue < x.da_thue
"""
cell     = "da_thue"
say      = "{{da_thue.o}} ghi {{da_thue}} ha, trước đây {{truoc}} ha"
fix      = "Đề nghị kiểm tra lại."
good     = [{{da_thue = 10, tables = {{{table} = [{{}}]}}}}]
bad      = [{{da_thue = 9, tables = {{{table} = [{{}}]}}}}]
'''
PERIODIC = HALF_YEARLY.replace('forms    = ["A"]', 'forms    = ["A", "B"]')


@pytest.fixture
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    rules = tmp_path / "rules"
    for name, data in request.param.items():
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        (rules / name).write_bytes(data)
    with office_at(tmp_path, rules) as opened:
        yield opened


def book(campaign: str | None = None, *, against: str = "") -> dict[str, bytes]:
    more = {"campaign": campaign} if campaign else {}
    return files(crossed(), **{"thu/B.toml": B + (AGAINST.format(table=against) if against else "")}, **more)


def a(leased: float, name: str = "Khu Một", title: str = "BÁO CÁO") -> bytes:
    return sheet_with(HEADERS, (1, name, "", 12.5, leased, 30, 2005, date(2005, 7, 15)), title=title)


def b(leased: float | str, name: str = "Khu Một", title: str = "BÁO CÁO") -> bytes:
    return sheet_with(B_HEADERS, (name, leased, "rà soát"), title=title)


def found(shown: Shown) -> list[str]:
    return [f"{one.rule} {one.place.cell}" for part in shown.parts for one in part.findings]


@pytest.mark.parametrize("office", [book()], indirect=True)
def test_another_form_is_asked_in_the_same_mail_or_as_it_was_accepted_before(office: Office) -> None:
    assert found(office.settle(mail_with(a(9), 1))) == [], "Biểu B has never been sent"
    assert found(office.settle(mail_with(b(10), 2))) == []
    shown = office.settle(mail_with(a(9.5), 3))
    assert found(shown) == ["cho_thue_vuot E3"]
    assert shown.parts[0].findings[0].say == "E3 ghi 9,5 ha, Biểu B ghi 10 ha"
    both = mail_with(a(11), 4, more=(b(11),))
    assert found(office.settle(both)) == [], "in one mail the forms of this mail are compared, not those of before"


@pytest.mark.parametrize("office", [book()], indirect=True)
def test_the_order_of_the_files_in_a_mail_does_not_matter(office: Office) -> None:
    assert found(office.settle(mail_with(a(9), 1, more=(b(10),)))) == ["cho_thue_vuot E3"]
    assert found(office.settle(mail_with(b(10), 2, more=(a(8),)))) == ["cho_thue_vuot E3"]


@pytest.mark.parametrize("office", [book(against="lan_truoc")], indirect=True)
def test_a_revision_is_held_against_what_was_accepted_before(office: Office) -> None:
    assert found(office.settle(mail_with(b(10), 1))) == []
    assert found(office.settle(mail_with(b(9), 2))) == ["giam_so_voi_lan_truoc B3"]
    assert found(office.settle(mail_with(b(9.5), 3))) == [], (
        "accepted with an open query, the second is the standard now"
    )


@pytest.mark.parametrize("office", [book(PERIODIC, against="ky_truoc")], indirect=True)
def test_a_period_is_held_against_the_one_before_it(office: Office) -> None:
    first = office.settle(mail_with(b(10, title="Kỳ báo cáo: 6 tháng đầu năm 2025"), 1))
    assert [(one.campaign, one.verdict) for one in first.parts] == [("thu.2025-6T", Outcome.ACCEPTED)]
    again = office.settle(mail_with(b(9, title="Kỳ báo cáo: 6 tháng đầu năm 2025"), 2))
    assert found(again) == []
    following = office.settle(mail_with(b(8, title="Báo cáo năm 2025"), 3))
    assert [one.campaign for one in following.parts] == ["thu.2025-N"]
    assert following.parts[0].findings[0].say == "B3 ghi 8 ha, trước đây 9 ha"
    assert found(office.settle(mail_with(b(1, title="Báo cáo năm 2026"), 4))) == [], "the period before was never sent"


@pytest.mark.parametrize("office", [book()], indirect=True)
def test_nothing_to_tell_is_an_answer_where_the_form_allows_it(office: Office) -> None:
    shown = office.settle(mail_with(sheet_with(B_HEADERS, ("Không có", None, None)), 1))
    assert [(one.form, one.verdict, one.rows) for one in shown.parts] == [("B", Outcome.ACCEPTED, 0)]
    assert found(shown) == []
    (settled,) = office.desk.ledger.history("40", "").settled
    assert settled.nil
    obligation = Obligation("thu", "B", "40", None)
    assert [one.state for one in office.desk.ledger.standing([obligation])] == [State.NIL]
    again = office.settle(mail_with(b(10), 2))
    assert [(one.verdict, one.revision) for one in again.parts] == [(Outcome.ACCEPTED, 2)]
    assert [one.state for one in office.desk.ledger.standing([obligation])] == [State.ACCEPTED]
