from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import UndefinedError

from bot.check.catalogue import explained, write_manual
from bot.check.format import key_tables
from bot.check.load import load_rulebook
from bot.check.registers import SCHEMAS
from bot.check.sql import connect
from bot.check.tables import EARLIER
from bot.model import ColumnType, Rulebook, Severity, Status
from tests.check.small import CAMPAIGN, FORM, OTHER, REPORTERS, RULES, crossed, files, with_rule
from tests.check.test_indicators import FORM as INDICATORS

ROOT = Path(__file__).parents[2] / "templates"
TEMPLATES = {one.relative_to(ROOT).as_posix(): one.read_text("utf-8") for one in ROOT.rglob("*.txt")}
WORDS = explained(TEMPLATES)


def manual(form: str = FORM, **others: str) -> str:
    book = load_rulebook(files(form, **others))
    assert isinstance(book, Rulebook), book
    return write_manual(book, TEMPLATES)


class TestTheFormatIsExplained:
    """A key that the loader learns cannot be forgotten, and one that it forgets cannot stay."""

    def test_every_key_and_no_other(self) -> None:
        known = {table.name: {key.name for key in table.keys} for table in key_tables()}
        assert known == {name: set(table["keys"]) for name, table in WORDS["tables"].items()}

    def test_every_type_severity_and_status_and_no_other(self) -> None:
        assert set(WORDS["types"]) == set(get_args(ColumnType))
        assert set(WORDS["severities"]) == set(WORDS["severity_names"]) == set(Severity)
        assert set(WORDS["statuses"]) == set(Status)

    def test_every_function_of_the_rule_language_and_no_other(self) -> None:
        own = "SELECT function_name FROM duckdb_functions() WHERE function_type LIKE '%macro' AND NOT internal"
        names = {name for (name,) in connect().execute(own).fetchall() if not name.startswith("_")}
        assert set(WORDS["functions"]) == names

    def test_every_other_table_and_register_and_no_other(self) -> None:
        assert set(WORDS["registers"]) == set(SCHEMAS)
        assert set(WORDS["other_tables"]) == {'"I.1"', *EARLIER}

    def test_keys_come_with_what_they_may_hold(self) -> None:
        (rule,) = (table for table in key_tables() if table.name == "rule")
        keys = {key.name: key for key in rule.keys}
        assert (keys["severity"].required, keys["severity"].allowed) == (True, ("error", "query", "note"))
        assert (keys["good"].required, keys["good"].allowed) == (False, ())

    def test_a_missing_explanation_is_an_error_and_not_a_gap(self) -> None:
        book = load_rulebook(files())
        assert isinstance(book, Rulebook)
        words = TEMPLATES["vi/manual/_words.txt"].replace('"owed_by":', '"owed":')
        with pytest.raises(UndefinedError, match="owed_by"):
            write_manual(book, TEMPLATES | {"vi/manual/_words.txt": words})


def test_the_manuals_own_examples_are_a_campaign_that_loads() -> None:
    rule, form, like, campaign = re.findall(r"```toml\n(.*?)```", manual(), re.DOTALL)
    whole = files() | {
        "mau/campaign.toml": campaign.encode(),
        "mau/A.toml": f"{form}\n{rule}".encode(),
        "mau/A-CK.toml": like.encode(),
    }
    book = load_rulebook(whole)
    assert isinstance(book, Rulebook), "\n".join(map(str, book))
    assert [one.id for one in book.form("mau/A").rules] == ["cho_thue_vuot_dien_tich"]


class TestACampaign:
    def test_names_its_ministry_basis_contact_and_reminders(self) -> None:
        page = manual(campaign=CAMPAIGN.replace("[contact]", 'basis = ["Chỉ thị 1", "Công văn 2"]\n\n[contact]'))
        assert "- **Cơ quan yêu cầu:** Bộ Mẫu (Vụ Mẫu)" in page
        assert "- **Căn cứ:** Chỉ thị 1; Công văn 2" in page
        assert (
            "- **Đôn đốc:** trước hạn 7, 3 ngày làm việc, quá hạn thì 7 ngày một lần, quá hạn 7 ngày thì đồng gửi"
            in page
        )
        assert "- **Liên hệ:** Chuyên viên\n" in page

    def test_says_who_owes_in_words_and_by_when_in_the_letters_words(self) -> None:
        assert "| tất cả 2 tỉnh, thành phố trực thuộc Trung ương | trước ngày 15/7/2012 |" in manual()

    def test_names_the_reporters_where_only_some_owe(self) -> None:
        page = manual(campaign=CAMPAIGN.replace("kind = 'tinh'", "kkt_ven_bien > 0"))
        assert "| 1 đơn vị: Nghệ An | trước ngày 15/7/2012 |" in page

    def test_names_the_few_who_do_not_owe(self) -> None:
        more = "".join(f"{code},Tỉnh số {code},Tỉnh {code},UBND tỉnh {code},tinh,,,1\n" for code in range(50, 60))
        page = manual(campaign=CAMPAIGN.replace("kind = 'tinh'", "kkt_ven_bien > 0"), reporters=REPORTERS + more)
        assert "| 11 tỉnh, thành phố trực thuộc Trung ương, trừ Hà Nội |" in page

    def test_without_a_date_in_the_letter_gets_none(self) -> None:
        page = manual(campaign=CAMPAIGN.replace('deadline = "trước ngày 15/7/2012"', ""))
        assert "| văn bản không nêu hạn |" in page

    def test_whose_number_is_not_known_says_so(self) -> None:
        assert "- **Văn bản:** số và ngày không còn lưu" in manual()


class TestAColumn:
    def test_is_a_row_with_unit_type_need_limits_and_example(self) -> None:
        row = (
            "| Diện tích | ha | số, có thể có phần lẻ | khi “Năm” > 2000 | lớn hơn 0, đến 1.000; có cộng ở dòng tổng |"
        )
        assert f"{row} 12,5 |" in manual()

    def test_names_its_other_wordings(self) -> None:
        page = manual(FORM.replace('header   = ["Nhóm"]', 'header   = ["Nhóm", "Loại", "Khu > Nhóm"]'))
        assert "| Nhóm |  | chữ |  |  |  | Loại; Khu › Nhóm |" in page

    def test_lists_its_choices_with_what_else_means_them(self) -> None:
        choices = 'type = "choice"\nchoices = [{value = "Có", aliases = ["C", "X"]}, {value = "Không"}]'
        page = manual(FORM.replace('header   = ["Nhóm"]\ntype     = "text"', f'header   = ["Nhóm"]\n{choices}'))
        assert "| Có (cũng nhận: C, X); Không |" in page

    def test_says_its_condition_with_titles_and_words(self) -> None:
        condition = "ten IN ('Khu ''A''', 'B') AND ngay IS NOT NULL"
        page = manual(FORM.replace('"nam > 2000"', f'"{condition}"'))
        assert "khi “Tên khu” thuộc (‘Khu ''A''’, ‘B’) và “Ngày” có ghi |" in page

    def test_keeps_its_row_whatever_its_title_holds(self) -> None:
        page = manual(FORM.replace('["Nhóm"]', '["Nhóm | loại *1* <b> [x](y) a_b `c` $"]'))
        assert r"| Nhóm \| loại \*1\* \<b> \[x\](y) a_b \`c\` \$ |" in page


class TestARule:
    def test_says_what_is_wrong_how_it_weighs_why_and_how_to_mend_it(self) -> None:
        page = manual()
        assert "##### Quy tắc 1. Đã cho thuê lớn hơn diện tích\n" in page
        assert "- **Mức độ:** lỗi, biểu được trả lại để sửa" in page
        assert "- **Căn cứ:** Thử" in page
        assert "- **Cách sửa:** Kiểm tra hai cột." in page
        assert "- **Hiệu lực:** từ ngày 1/6/2012, đang áp dụng (mã `cho_thue_vuot`)" in page

    def test_shows_a_good_and_a_bad_example_with_all_cells_that_it_reads(self) -> None:
        page = manual()
        assert "- **Đúng:** Diện tích “12,5 ha”; Đã cho thuê “5 ha”\n" in page
        assert "- **Sai:** Diện tích “12,5 ha”; Đã cho thuê “13 ha”\n" in page

    def test_speaks_as_it_would_about_its_bad_example(self) -> None:
        assert "- **Câu trong thư (ví dụ):** E9 ghi 13 ha, D9 ghi 12,5 ha\n" in manual()

    def test_that_is_retired_keeps_its_sentence_without_values(self) -> None:
        page = manual(with_rule(status='"retired"'))
        assert "- **Câu trong thư (ví dụ):** “Đã cho thuê” ghi … ha, “Diện tích” ghi … ha\n" in page
        assert "đã ngừng áp dụng" in page

    def test_on_trial_says_that_only_the_ministry_sees_it(self) -> None:
        assert "từ ngày 1/6/2012, đang thử, chỉ Bộ thấy phát hiện" in manual(with_rule(status='"trial"'))

    def test_with_examples_of_several_rows_numbers_them(self) -> None:
        page = manual(with_rule(bad='[{rows = [{cho_thue = 1}, {cho_thue = ""}, {cho_thue = 99}]}]'))
        assert (
            "dòng 1: Diện tích “12,5 ha”; Đã cho thuê “1 ha” – dòng 2: Diện tích “12,5 ha”; Đã cho thuê để trống"
            in page
        )

    def test_with_something_beside_its_rows_speaks_of_it_and_shows_it_too(self) -> None:
        book = load_rulebook(files(crossed(), **{"thu/B.toml": OTHER}))
        assert isinstance(book, Rulebook), book
        page = write_manual(book, TEMPLATES)
        assert "- **Câu trong thư (ví dụ):** E9 ghi 10 ha, Biểu B ghi 9 ha\n" in page
        assert "(`B`: khu: Khu Mẫu; da_thue: 9)\n" in page


class TestAFormLikeAnother:
    LIKE = 'id = "A-CK"\nlike = "A"\ntitle = "Biểu A cửa khẩu"\nwords = ["cửa khẩu"]\n'

    def test_refers_to_it_instead_of_repeating_it(self) -> None:
        page = manual(**{"thu/A-CK.toml": self.LIKE})
        assert "Các cột và quy tắc như [Biểu A](#thu-a).\n" in page
        assert "- **Nhận ra theo chữ:** cửa khẩu\n" in page
        assert page.count("(mã `cho_thue_vuot`)") == 1

    def test_names_what_it_does_without_and_shows_its_own_rules(self) -> None:
        rule = FORM[FORM.index("[[rule]]") :].replace("cho_thue_vuot", "rieng")
        page = manual(**{"thu/A-CK.toml": f'{self.LIKE}without = ["cho_thue_vuot"]\n{rule}'})
        said = "Đã cho thuê lớn hơn diện tích (mã `cho_thue_vuot`)"
        assert f"như [Biểu A](#thu-a), trừ các quy tắc: {said}; quy tắc riêng của biểu này:\n" in page
        assert "(mã `rieng`)" in page


def test_a_form_of_indicators_shows_their_numbers() -> None:
    page = manual(INDICATORS)
    assert "| TT | Chỉ tiêu | Đơn vị tính |" in page
    assert "| 1.1 | Số cụm đang hoạt động | cụm |" in page
    assert "- **Không phát sinh:** có thể ghi “Không có”" in page


def test_a_campaign_that_recurs_stands_once_with_the_periods_of_its_first_year() -> None:
    recurring = CAMPAIGN.replace("[contact]", 'recurs = "yearly"\nyears = [2012, 2015]\n\n[contact]').replace(
        'deadline = "trước ngày 15/7/2012"', 'deadline = "trước ngày 15/7/{nam}"\nperiod = "N"'
    )
    period = '[[period]]\nid = "N"\ntitle = "Năm {nam}"\nbegin = "01/01/{nam}"\nend = "30/6/{nam}"\n'
    page = manual(campaign=f"{recurring}\n{period}")
    assert page.count("### 2.") == 1
    assert "### 2.1. Đợt thử\n" in page
    assert "- **Định kỳ:** mỗi năm 1 kỳ, đến Năm 2015. " in page
    assert "trước ngày 15/7/2012 (Năm 2012) |" in page
    assert "15/7/2013" not in page


def test_a_form_without_rules_says_so() -> None:
    assert "Biểu này chưa có quy tắc riêng" in manual(FORM[: FORM.index("[[rule]]")])


def test_the_generic_findings_stand_with_their_sentences() -> None:
    words = (RULES / "chung.toml").read_text("utf-8").replace("Số âm ở cột không nhận số âm", "Số âm | dưới 0")
    assert r"| Số âm \| dưới 0 | Lỗi cần sửa | Ô {cell} ({cot}" in manual(chung=words)


def test_the_same_rules_give_the_same_text() -> None:
    assert manual() == manual()
