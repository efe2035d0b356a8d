"""Adding a form is adding one TOML file and its line in the campaign: no Python is touched."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.model import Outcome, Rulebook
from tests.check.small import RULES
from tests.fixtures.office import mail_with, office_at, sheet_with

if TYPE_CHECKING:
    from pathlib import Path

FORM = """\
id      = "X.9"
title   = "Biểu X.9. Các trạm quan trắc nước thải tự động"
source  = "Biểu thêm để thử"
row_key = ["ten_tram"]

[[column]]
key      = "ten_tram"
header   = ["Tên trạm quan trắc", "Trạm quan trắc"]
type     = "text"
required = true
example  = "Trạm Mẫu"

[[column]]
key      = "luu_luong_cap_phep"
header   = ["Lưu lượng xả được cấp phép"]
type     = "decimal"
unit     = "m³/ngày đêm"
required = true
min      = 0
example  = "1.200"

[[column]]
key      = "luu_luong_thuc_te"
header   = ["Lưu lượng xả thực tế"]
type     = "decimal"
unit     = "m³/ngày đêm"
min      = 0
example  = "900"

[[column]]
key      = "che_do_truyen"
header   = ["Chế độ truyền số liệu"]
type     = "choice"
choices  = [{value = "Liên tục", aliases = ["24/24"]}, {value = "Gián đoạn"}]
example  = "Liên tục"

[[rule]]
id       = "xa_vuot_cap_phep"
title    = "Xả nhiều hơn mức được cấp phép"
severity = "error"
status   = "active"
since    = 2012-06-01
source   = "Biểu thêm để thử"
require  = "luu_luong_thuc_te <= luu_luong_cap_phep"
cell     = "luu_luong_thuc_te"
say      = "{luu_luong_thuc_te.o} ghi {luu_luong_thuc_te}, được cấp phép {luu_luong_cap_phep} m³/ngày đêm"
fix      = "Đề nghị kiểm tra lại hai cột."
good     = [{luu_luong_thuc_te = 1200}]
bad      = [{luu_luong_thuc_te = 1300}]
"""
OBLIGATION = """
[[obligation]]
forms    = ["X.9"]
owed_by  = "kind = 'tinh'"
deadline = "trước ngày 15/7/2012"
"""
HEADERS = ("Trạm quan trắc", "Lưu lượng xả thực tế", "Lưu lượng xả được cấp phép", "Chế độ truyền số liệu")


def rules_with_one_more_form(folder: Path) -> Path:
    rules = folder / "rules"
    shutil.copytree(RULES, rules)
    campaign = rules / "2012-kkt-kcn" / "campaign.toml"
    campaign.write_text(campaign.read_text("utf-8") + OBLIGATION, "utf-8")
    (rules / "2012-kkt-kcn" / "X.9.toml").write_text(FORM, "utf-8")
    return rules


def test_a_new_file_is_a_form_that_is_read_checked_answered_and_kept(tmp_path: Path) -> None:
    rules = rules_with_one_more_form(tmp_path)
    book = load_rulebook(read_rules(rules))
    assert isinstance(book, Rulebook)
    with office_at(tmp_path, rules) as office:
        wrong = sheet_with(HEADERS, ("Trạm 1", 1300, 1200, "24/24"), ("Trạm 2", 10, None, "Đôi khi"))
        returned = office.settle(mail_with(wrong, 1))
        right = sheet_with(HEADERS, ("Trạm 1", 1100, 1200, "24/24"), ("Trạm 2", 10, 50, "Gián đoạn"))
        accepted = office.settle(mail_with(right, 2))

    (part,) = returned.parts
    assert (part.campaign, part.form, part.verdict, part.rows) == ("2012-kkt-kcn", "X.9", Outcome.RETURNED, 2)
    assert [(one.rule, one.place.cell) for one in part.findings] == [
        ("xa_vuot_cap_phep", "B3"),
        ("ten_khac_danh_muc", "D3"),
        ("thieu_gia_tri", "C4"),
        ("ngoai_danh_muc", "D4"),
    ]
    (part,) = accepted.parts
    assert (part.form, part.verdict, part.revision) == ("X.9", Outcome.ACCEPTED, 2)
    assert [(one.rule, one.place.cell) for one in part.findings] == [("ten_khac_danh_muc", "D3")], "24/24 is an alias"
    assert {one.kind for one in (*returned.mails, *accepted.mails)} == {"reply_returned", "reply_accepted"}
    assert {returned.rules, accepted.rules} == {book.hash}, "each decision keeps the hash of its rules"
