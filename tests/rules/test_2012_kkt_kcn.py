from __future__ import annotations

import csv
from collections import Counter
from datetime import date

from bot.language import fold, nfc
from bot.model import Severity
from tests.check.small import RULES
from tests.rules.test_examples import BOOK


def test_who_owes_what_by_the_letters_dates() -> None:
    owed = [one for one in BOOK.obligations if one.campaign == "2012-kkt-kcn"]
    july, september, november = date(2012, 7, 15), date(2012, 9, 30), date(2012, 11, 30)
    coastal, border = ([f"II.{number}-{kind}" for number in range(1, 7)] for kind in ("VB", "CK"))
    assert Counter((one.form, one.deadline.day) for one in owed if one.deadline) == (
        {(form, july): 63 for form in ("I.1", "I.2", "I.3", "I.4", "BC-I")}
        | {(form, july): 15 for form in (*coastal, "BC-II-VB")}
        | {(form, july): 21 for form in (*border, "BC-II-CK")}
        | {(form, september): 63 for form in ("III.1", "III.2", "III.3", "BC-III")}
        | {("III.4", november): 63}
    )


def test_a_province_without_a_zone_owes_no_form_of_annex_ii_and_one_with_both_kinds_owes_both_sets() -> None:
    owed = {code: {one.form for one in BOOK.owed_by(code) if one.campaign == "2012-kkt-kcn"} for code in ("01", "42")}
    assert (len(owed["01"]), len(owed["42"])) == (10, 24)
    assert not any(form.startswith("II.") for form in owed["01"])


def test_the_letter_asks_for_a_narrative_with_each_annex() -> None:
    outlines = [one.id for one in BOOK.campaign("2012-kkt-kcn").outlines]
    assert outlines == ["BC-I", "BC-II-VB", "BC-II-CK", "BC-III"]


def test_the_dispatch_number_is_not_known_and_not_invented() -> None:
    assert BOOK.campaign("2012-kkt-kcn").dispatch == ""


def test_the_register_has_the_zones_of_2012() -> None:
    text = (RULES / "reporters.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if not row["since"]]
    coastal = [int(row["kkt_ven_bien"]) for row in rows]
    border = [int(row["kkt_cua_khau"]) for row in rows]
    assert (sum(coastal), sum(border), sum(count > 0 for count in border)) == (15, 28, 21)


def test_provinces_are_addressed_by_their_peoples_committee() -> None:
    assert BOOK.reporter("40").addressee == "Ủy ban nhân dân tỉnh Nghệ An"
    assert BOOK.reporter("79").addressee == "Ủy ban nhân dân thành phố Hồ Chí Minh"


def test_no_alias_is_short_enough_to_be_another_word() -> None:
    assert [one for reporter in BOOK.reporters for one in reporter.aliases if len(fold(one).replace(" ", "")) < 3] == []


def test_forms_have_all_columns_and_countries_are_never_a_closed_list() -> None:
    first, fourth = BOOK.form("2012-kkt-kcn/I.1"), BOOK.form("2012-kkt-kcn/III.4")
    assert (len(first.columns), len(fourth.columns)) == (25, 33)
    assert first.column("quoc_tich_chu_dau_tu").type == "text"
    assert fourth.column("quoc_gia").type == "text"


def test_what_is_only_general_knowledge_never_rejects() -> None:
    assumed = {
        "dien_tich_quy_hoach_sai_don_vi", "nam_hoat_dong_khac_thuong", "so_gcndt_la_dang", "von_dang_ky_fdi_sai_don_vi",
        "von_dang_ky_ddi_sai_don_vi", "dien_tich_thue_sai_don_vi", "thoi_han_qua_dai", "lao_dong_qua_nhieu",
        "ty_le_lao_dong_nuoc_ngoai_cao",
    }  # fmt: skip
    rules = {rule.id: rule for form in BOOK.forms for rule in form.rules}
    assert {rules[one].severity for one in assumed} == {Severity.QUERY}


def test_all_texts_are_composed_and_blame_nobody() -> None:
    for path in sorted(RULES.rglob("*.toml")):
        text = path.read_text(encoding="utf-8")
        assert text == nfc(text), path
        assert "nhập sai" not in text
        assert " bạn " not in text
        assert not [line for line in text.splitlines() if line.startswith(("say ", "fix ", "title ")) and "!" in line]
