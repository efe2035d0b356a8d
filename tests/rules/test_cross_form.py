"""The forms of the review of 2012 at the door: what one form says is held against the others of the same province."""

from __future__ import annotations

from datetime import datetime
from email import message_from_string, policy
from typing import TYPE_CHECKING

import pytest

from bot.check.examples import table_of
from bot.language import VIETNAM
from bot.model import Outcome
from tests.fixtures import office as offices
from tests.fixtures.office import mail_with, office_at, sheet_with
from tests.reply.blanks import form_of, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.adapters.ledger import Shown
    from tests.fixtures.office import Office

Row = dict[str, object]

ONE_PROJECT: Row = {
    "ten_khu": "KCN Bắc Vinh", "tong_so_fdi": 1, "von_dang_ky_fdi": 12.5, "dang_hoat_dong_fdi": 0,
    "dang_xay_dung_fdi": 0, "cham_trien_khai_fdi": 1, "ngung_hoat_dong_fdi": 0, "von_thuc_hien_fdi": 9.75,
    "tong_so_ddi": 0, "von_dang_ky_ddi": 0, "dang_hoat_dong_ddi": 0, "dang_xay_dung_ddi": 0, "cham_trien_khai_ddi": 0,
    "ngung_hoat_dong_ddi": 0, "giai_the_pha_san_ddi": 0, "von_thuc_hien_ddi": 0, "vi_pham_ddi": 0,
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with office_at(tmp_path) as opened:
        yield opened


def book(form: str, *rows: Row) -> bytes:
    """Return our blank of *form* with *rows*, each completed from the columns' own examples."""
    known = form_of(f"2012-kkt-kcn/{form}")
    return make(known, rows=len(rows), earlier=table_of(known, rows).data).data


def text_of(raw: str) -> str:
    """Return the text of a mail of ours, read as the officer reads it."""
    body = message_from_string(raw, policy=policy.default).get_body()
    return body.get_content() if body else ""


def found(shown: Shown) -> list[str]:
    return [f"{part.form} {one.rule} {one.place.cell}" for part in shown.parts for one in part.findings]


def say(shown: Shown, rule: str) -> str:
    (one,) = [one.say for part in shown.parts for one in part.findings if one.rule == rule]
    return one


def verdicts(shown: Shown) -> dict[str, Outcome]:
    return {part.form: part.verdict for part in shown.parts}


def test_a_park_that_form_i_1_does_not_have_returns_form_i_2_with_the_name_that_was_meant(office: Office) -> None:
    parks = book("I.1", {}, {"ten_kcn": "KCN Nam Cấm"})
    shown = office.settle(mail_with(book("I.2", {}, {"ten_kcn": "KCN Nam Cấn"}), 1, more=(parks,)))
    assert found(shown) == ["I.2 kcn_chua_co_o_bieu_i_1 B12"]
    assert say(shown, "kcn_chua_co_o_bieu_i_1") == (
        'B12 ghi "KCN Nam Cấn", chưa có ở Biểu I.1; tên gần giống ở Biểu I.1: KCN Nam Cấm'
    )
    assert verdicts(shown) == {"I.1": Outcome.ACCEPTED, "I.2": Outcome.RETURNED}


def test_a_slow_park_is_asked_about_in_form_i_1_when_form_i_3_says_there_is_none(office: Office) -> None:
    form = form_of("2012-kkt-kcn/I.3")
    none = sheet_with([one.header[0] for one in form.columns], ["", "Không có"], title=form.title)
    parks = book("I.1", {}, {"ten_kcn": "KCN Nam Cấm", "tinh_trang": "Chưa triển khai"})
    shown = office.settle(mail_with(parks, 1, more=(none,)))
    assert found(shown) == ["I.1 cham_trien_khai_chua_neu_o_bieu_i_3 B12"]
    assert verdicts(shown) == {"I.1": Outcome.ACCEPTED, "I.3": Outcome.ACCEPTED}


def test_projects_sent_months_later_are_held_against_what_was_accepted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(office.settle(mail_with(book("I.1", {}), 1, more=(book("I.2", {}),)))) == []
    monkeypatch.setattr(offices, "ARRIVED", datetime(2012, 9, 25, 9, 0, tzinfo=VIETNAM))
    slow, offence = book("III.2", {"ten_khu": "KCN Bắc Vinh"}), book("III.3", {"ten_khu": "Bắc Vinh"})
    shown = office.settle(mail_with(book("III.1", ONE_PROJECT), 2, more=(slow, offence)))
    assert found(shown) == ["III.1 so_du_an_fdi_khac_bieu_i_2 D11", "III.1 so_du_an_ddi_khac_bieu_i_2 M11"]
    monkeypatch.setattr(offices, "ARRIVED", datetime(2012, 11, 20, 9, 0, tzinfo=VIETNAM))
    shown = office.settle(mail_with(book("III.4", {"ten_khu": "KCN Bắc Vinh", "dien_tich_thue_ha": 80}), 3))
    assert found(shown) == [
        "III.4 thieu_du_an_cua_bieu_iii_2 C11",
        "III.4 so_du_an_khac_bieu_i_2 G11",
        "III.4 dat_thue_vuot_bieu_i_1 Q11",
        "III.4 von_dang_ky_fdi_khac_bieu_i_2 S11",
        "III.4 von_dang_ky_ddi_khac_bieu_i_2 T11",
    ]
    assert say(shown, "von_dang_ky_fdi_khac_bieu_i_2") == (
        "Từ S11: vốn đăng ký FDI của KCN Bắc Vinh cộng được 12,5 triệu USD; Biểu I.2 ghi 245,6 triệu USD"
    )
    assert verdicts(shown) == {"III.4": Outcome.ACCEPTED}, "what two forms say differently is only asked"


def test_a_revision_that_lost_most_of_its_land_is_asked_about(office: Office) -> None:
    assert found(office.settle(mail_with(book("I.1", {}), 1))) == []
    shown = office.settle(mail_with(book("I.1", {"dien_tich_da_cho_thue": 9.64, "ty_le_lap_day": 10}), 2))
    assert found(shown) == ["I.1 dien_tich_da_cho_thue_thay_doi_nhieu Q11"]
    assert say(shown, "dien_tich_da_cho_thue_thay_doi_nhieu") == (
        "Q11 ghi 9,64 ha; lần nộp đã được tiếp nhận trước ghi 72,3 ha (giảm 87%)"
    )


def test_what_is_only_general_knowledge_asks_and_personal_numbers_are_not_repeated(office: Office) -> None:
    shown = office.settle(mail_with(book("I.1", {}, {"ten_kcn": "KCN Sóng Thần 1", "ghi_chu": "ĐT 0900.000.000"}), 1))
    assert found(shown) == ["I.1 kcn_cua_tinh_khac B12", "I.1 ghi_chu_co_du_lieu_ca_nhan Y12"]
    assert verdicts(shown) == {"I.1": Outcome.ACCEPTED}
    assert "0900" not in "".join(one.say for part in shown.parts for one in part.findings)
    assert all("0900" not in text_of(mail.raw) for mail in shown.mails)
