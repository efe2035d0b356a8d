from __future__ import annotations

from collections import Counter
from datetime import date

from bot.language import fold, nfc
from bot.model import Severity
from tests.check.small import RULES
from tests.rules.test_examples import BOOK


def test_all_63_provinces_owe_both_forms_by_the_letters_dates() -> None:
    owed = [one for one in BOOK.obligations if one.campaign == "2012-kkt-kcn"]
    assert Counter(one.form for one in owed) == {"I.1": 63, "III.4": 63}
    assert {(one.form, one.deadline.day) for one in owed if one.deadline} == {
        ("I.1", date(2012, 7, 15)),
        ("III.4", date(2012, 11, 30)),
    }


def test_the_dispatch_number_is_not_known_and_not_invented() -> None:
    assert BOOK.campaign("2012-kkt-kcn").dispatch == ""


def test_the_register_has_the_zones_of_2012() -> None:
    header, *rows = (RULES / "reporters.csv").read_text(encoding="utf-8").splitlines()
    assert header.endswith("kkt_ven_bien,kkt_cua_khau")
    coastal = [int(row.split(",")[-2]) for row in rows]
    border = [int(row.split(",")[-1]) for row in rows]
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
