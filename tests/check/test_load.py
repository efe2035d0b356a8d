from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.check.days import find_day
from bot.check.load import load_rulebook
from bot.model import Retired, Rulebook
from tests.check.small import CAMPAIGN, FORM, REPORTERS, RULES, files, rulebook, with_rule

if TYPE_CHECKING:
    from bot.check.mistakes import Mistake


def mistakes(found: Rulebook | tuple[Mistake, ...]) -> list[str]:
    assert not isinstance(found, Rulebook)
    return [str(one) for one in found]


def line(text: str, words: str) -> int:
    return next(number for number, one in enumerate(text.splitlines(), 1) if words in one)


def test_a_rulebook_holds_forms_rules_reporters_and_what_they_owe() -> None:
    book = rulebook()
    assert [form.full_id for form in book.forms] == ["thu/A"]
    assert book.forms[0].rules[0].columns == ("dien_tich", "cho_thue")
    assert [reporter.code for reporter in book.reporters] == ["01", "40"]
    assert [(one.form, one.reporter) for one in book.obligations] == [("A", "01"), ("A", "40")]
    deadline = book.obligations[0].deadline
    assert deadline is not None
    assert (deadline.words, deadline.day) == ("trước ngày 15/7/2012", date(2012, 7, 15))
    assert book.campaigns[0].forms == ("A",)


def test_a_condition_on_the_register_says_who_owes() -> None:
    book = load_rulebook(files(campaign=CAMPAIGN.replace("kind = 'tinh'", "kkt_ven_bien > 0")))
    assert isinstance(book, Rulebook)
    assert [one.reporter for one in book.obligations] == ["40"]


def test_a_letter_without_a_date_gives_no_deadline() -> None:
    book = load_rulebook(files(campaign=CAMPAIGN.replace('deadline = "trước ngày 15/7/2012"', "")))
    assert isinstance(book, Rulebook)
    assert {one.deadline for one in book.obligations} == {None}


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("trước ngày 15/7/2012", date(2012, 7, 15)),
        ("chậm nhất ngày 05.07.2012", date(2012, 7, 5)),
        ("trước ngày 15 tháng 7 năm 2012", date(2012, 7, 15)),
        ("trong quý II năm 2012", None),
        ("trước ngày 31/6/2012", None),
    ],
)
def test_the_day_is_read_out_of_the_letters_words(words: str, day: date | None) -> None:
    assert find_day(words) == day


def test_a_form_names_the_layouts_that_it_had_before() -> None:
    old = """
[[retired]]
name   = "mẫu của Công văn 1100"
source = "Phụ lục cũ"
header = ["Tên khu", "Diện tích đất", "Chủ đầu tư"]
"""
    form = rulebook(FORM + old).form("thu/A")
    assert form.retired == (Retired("mẫu của Công văn 1100", ("Tên khu", "Diện tích đất", "Chủ đầu tư")),)
    few = load_rulebook(files(FORM + old.replace(', "Chủ đầu tư"', "")))
    assert isinstance(few, tuple)
    assert [one.file for one in few] == ["thu/A.toml"]


def test_the_hash_changes_with_any_byte_and_not_with_the_order() -> None:
    whole = files()
    turned = dict(reversed(whole.items()))
    first, second = load_rulebook(whole), load_rulebook(turned)
    third = load_rulebook(whole | {"README.md": b"x"})
    assert isinstance(first, Rulebook)
    assert isinstance(second, Rulebook)
    assert isinstance(third, Rulebook)
    assert first.hash == second.hash != third.hash


class TestContacts:
    def test_addresses_come_in_lower_case_from_the_operators_list(self) -> None:
        contacts = "reporter,address,role\n40,BQL@NgheAn.example,ban_quan_ly\n40,*@nghean.example,\n"
        book = load_rulebook(files(), contacts.encode())
        assert isinstance(book, Rulebook)
        assert book.reporter("40").addresses == ("bql@nghean.example", "*@nghean.example")
        assert book.reporter("01").addresses == ()

    def test_every_wrong_line_is_named(self) -> None:
        contacts = (
            "reporter,address,role\n"
            "99,a@b.example,\n"
            "40,không có,\n"
            "40,x@nghean.example,\n"
            "01,x@nghean.example,\n"
            "40,y@nghean.example\n"
        )
        assert mistakes(load_rulebook(files(), contacts.encode())) == [
            'contacts:2: Không có đơn vị báo cáo mã "99"',
            'contacts:3: "không có" không phải địa chỉ thư; cả tên miền thì ghi *@ten-mien',
            "contacts:5: x@nghean.example đã ghi cho đơn vị mã 40",
            "contacts:6: Dòng có 2 ô, dòng tiêu đề có 3 ô",
        ]


def wrong_rule(key: str, toml: str) -> str:
    """Return what the loader says of the small form when its rule's *key* is *toml*, and check the line it names."""
    form = with_rule(**{key: toml})
    found = load_rulebook(files(form))
    assert not isinstance(found, Rulebook)
    assert [(one.file, one.line) for one in found] == [("thu/A.toml", line(form, f"{key} = "))], found
    return found[0].say


class TestARule:
    def test_with_an_unknown_key_is_refused(self) -> None:
        assert wrong_rule("serverity", '"error"') == "Không có khóa nào tên là serverity"

    def test_that_names_an_unknown_column_is_refused(self) -> None:
        assert wrong_rule("require", '"dien_tich_x > 0"') == "Biểu không có cột dien_tich_x"
        assert wrong_rule("cell", '"o_nao"') == "Biểu không có cột o_nao"
        assert wrong_rule("bad", "[{o_nao = 1}]") == "Ví dụ nhắc cột o_nao, nhưng biểu không có cột đó"

    def test_whose_sentence_names_something_it_does_not_have_is_refused(self) -> None:
        assert wrong_rule("say", '"{ten} và {khac}"') == "Câu say nhắc {khac}, nhưng biểu và quy tắc không có tên đó"

    def test_whose_sql_does_not_parse_is_refused(self) -> None:
        assert wrong_rule("require", '"cho_thue >"').startswith("SQL không đọc được: syntax error")
        assert wrong_rule("require", '"a) OR (b"').startswith("SQL không đọc được: syntax error")

    def test_whose_sql_does_not_bind_is_refused(self) -> None:
        assert "SQL" in wrong_rule("require", '"khong_co_ham(cho_thue) > 1"')
        assert wrong_rule("require", '"cho_thue + 1"').startswith("SQL phải là điều kiện đúng/sai")

    def test_whose_condition_is_about_all_rows_is_refused(self) -> None:
        say = "SQL phải là một điều kiện trên một dòng, không tính trên nhiều dòng"
        assert wrong_rule("require", '"sum(cho_thue) > 3"') == say

    def test_one_that_does_not_bind_leaves_the_others_alone(self) -> None:
        """All conditions of a form are bound in one go; the culprit is found, and its line."""
        rule = (
            FORM[FORM.index("[[rule]]") :].replace("cho_thue_vuot", "hai").replace("cho_thue <= dien_tich", "hai > 1")
        )
        form = FORM + rule.replace("cho_thue <= dien_tich", "hai > 1")
        assert mistakes(load_rulebook(files(form))) == [f"thu/A.toml:{line(form, 'hai > 1')}: Biểu không có cột hai"]

    def test_whose_condition_is_more_than_a_condition_is_refused(self) -> None:
        say = "SQL phải là một điều kiện trên một dòng, không có SELECT hay FROM"
        assert wrong_rule("require", '"true FROM t WHERE false"') == say
        assert wrong_rule("require", '"true, false"') == say

    def test_whose_query_names_no_row_is_refused(self) -> None:
        say = "SELECT phải cho hai cột _sheet và _row của dòng cần nêu"
        assert wrong_rule("query", '"SELECT _sheet FROM t"') == say

    def test_of_two_statements_is_refused(self) -> None:
        say = wrong_rule("query", '"SELECT _sheet, _row FROM t; SELECT 1"')
        assert say == "SQL không đọc được: chỉ được có một câu lệnh"

    @pytest.mark.parametrize(
        ("sql", "name"),
        [
            ("SELECT 0 AS _sheet, 1 AS _row FROM read_csv('/etc/passwd')", "read_csv"),
            ("SELECT 0 AS _sheet, 1 AS _row FROM 'du_lieu.csv'", "du_lieu.csv"),
            ("SELECT 0 AS _sheet, 1 AS _row FROM duckdb_settings()", "duckdb_settings"),
            ("SELECT _sheet, _row FROM t WHERE ngay > current_date", "current_date"),
            ("SELECT _sheet, _row FROM t WHERE ngay > now()", "now"),
            ("SELECT _sheet, _row FROM t WHERE random() > 0.5", "random"),
        ],
    )
    def test_that_reaches_beyond_its_table_or_into_chance_is_refused(self, sql: str, name: str) -> None:
        assert wrong_rule("query", f'"{sql}"') == (
            f"SQL không được dùng {name}: quy tắc chỉ đọc bảng t của biểu, các danh mục, và biểu khác có mã ghi trong "
            "ngoặc kép"
        )

    @pytest.mark.parametrize("key", ["source", "fix", "title", "status", "since", "bad"])
    def test_without_a_needed_key_is_refused_at_its_header(self, key: str) -> None:
        form = with_rule(**{key: ""})
        assert mistakes(load_rulebook(files(form))) == [f"thu/A.toml:{line(form, '[[rule]]')}: Thiếu khóa {key}"]

    def test_without_a_bad_example_is_refused(self) -> None:
        assert wrong_rule("bad", "[]") == "Khóa bad phải có ít nhất một mục"

    def test_without_sql_is_refused_at_its_header(self) -> None:
        form = with_rule(require="")
        say = f"thu/A.toml:{line(form, '[[rule]]')}: Quy tắc cho_thue_vuot phải có khóa require hoặc query"
        assert mistakes(load_rulebook(files(form))) == [say]

    def test_with_a_severity_that_does_not_exist_is_refused(self) -> None:
        assert wrong_rule("severity", '"fatal"') == "Khóa severity phải là một trong: error, query, note"

    def test_with_the_id_of_another_is_refused(self) -> None:
        rule = FORM[FORM.index("[[rule]]") :]
        last = FORM.count("\n") + rule.splitlines().index('id       = "cho_thue_vuot"') + 1
        say = f"thu/A.toml:{last}: Mã cho_thue_vuot đã dùng cho một quy tắc khác"
        assert mistakes(load_rulebook(files(FORM + rule))) == [say]
        assert wrong_rule("id", '"am"') == "Mã am đã dùng cho một quy tắc khác"


def test_lines_are_right_below_sql_of_many_lines() -> None:
    form = with_rule(query="'''\nSELECT _sheet, _row\nFROM t -- [[rule]]\nWHERE ten = ''\n'''", fix='""')
    found = load_rulebook(files(form))
    assert mistakes(found) == [f"thu/A.toml:{line(form, 'fix = ')}: Khóa fix đang để trống"]


class TestAForm:
    @pytest.mark.parametrize(
        ("old", "new", "at", "say"),
        [
            ('key      = "nhom"', 'key      = "ten"', 'key      = "ten"', '"ten" đã dùng cho một cột khác'),
            ('header   = ["Nhóm"]', 'header   = ["TEN KHU"]', "TEN KHU", '"TEN KHU" đã dùng cho một cột khác'),
            ('type     = "year"', 'type     = "number"', '"number"', "Khóa type phải là một trong: text, integer, "),
            ('type     = "date"', 'type     = "choice"', 'header   = ["Ngày"]', "Cột ngay: kiểu choice phải đi cùng"),
            ('row_key  = ["ten"]', 'row_key  = ["ma"]', "row_key", "Biểu không có cột ma"),
            ('group    = "nhom"', 'group    = "kcn"', "group", "Biểu không có cột kcn"),
            ('"nam > 2000"', '"namm > 2000"', "required_when", "Biểu không có cột namm"),
            ('id       = "A"', 'id       = "B"', 'id       = "B"', 'id "B" khác tên tệp "A.toml"'),
            ("above    = 0", 'above    = "nhiều"', "above", "Khóa above ghi không đúng kiểu"),
            ("required = true", 'required = "có"', "required =", "Khóa required phải là true hoặc false"),
        ],
    )
    def test_with_a_mistake_is_refused_with_its_line(self, old: str, new: str, at: str, say: str) -> None:
        form = FORM.replace(old, new, 1)
        found = load_rulebook(files(form))
        assert not isinstance(found, Rulebook)
        if "choice" in new:
            at_line = line(form, at) - 2  # the header of that column: the mistake is about the whole of it
        elif old.startswith("key"):
            at_line = max(number for number, one in enumerate(form.splitlines(), 1) if at in one)
        else:
            at_line = line(form, at)
        assert any((one.file, one.line) == ("thu/A.toml", at_line) and one.say.startswith(say) for one in found), found

    def test_that_is_not_toml_is_refused_with_its_line(self) -> None:
        form = FORM.replace('title    = "Biểu A"', "title    = Biểu A")
        found = load_rulebook(files(form))
        assert not isinstance(found, Rulebook)
        assert [(one.file, one.line) for one in found if "TOML" in one.say] == [("thu/A.toml", 2)]

    def test_that_is_not_utf_8_is_refused(self) -> None:
        whole = files() | {"thu/A.toml": "id = 'A'\ntitle = 'Biểu'".encode("utf-16-le")}
        found = load_rulebook(whole)
        assert not isinstance(found, Rulebook)
        assert {one.file for one in found} == {"thu/A.toml"}


class TestACampaign:
    @pytest.mark.parametrize(
        ("old", "new", "at", "say"),
        [
            ("trước ngày 15/7/2012", "trong quý II", "deadline", 'Không thấy ngày trong "trong quý II"'),
            ("kind = 'tinh'", "loai = 'tinh'", "owed_by", "SQL không hợp với reporters.csv"),
            ("kind = 'tinh'", "kind = ", "owed_by", "SQL không đọc được"),
            ("kind = 'tinh'", "kind = 'huyen'", "owed_by", "Không có đơn vị nào đáp ứng điều kiện này"),
            ('["A"]', '["A", "B"]', "forms", "Không có tệp thu/B.toml cho biểu B"),
            ('id         = "thu"', 'id         = "khac"', "id  ", 'id "khac" khác tên thư mục "thu"'),
            ('ministry   = "Bộ Mẫu"', 'minister   = "Bộ Mẫu"', "minister", "Không có khóa nào tên là minister"),
        ],
    )
    def test_with_a_mistake_is_refused_with_its_line(self, old: str, new: str, at: str, say: str) -> None:
        campaign = CAMPAIGN.replace(old, new)
        found = load_rulebook(files(campaign=campaign))
        assert not isinstance(found, Rulebook)
        wanted = ("thu/campaign.toml", line(campaign, at))
        assert any((one.file, one.line) == wanted and one.say.startswith(say) for one in found), found


def test_a_register_with_mistakes_is_refused_with_its_lines() -> None:
    reporters = REPORTERS + "40,Hà Nội,,Ủy ban nhân dân,tinh,,,0\n41,Vinh\n"
    assert mistakes(load_rulebook(files(reporters=reporters))) == [
        'reporters.csv:4: "40" đã dùng cho đơn vị mã 40',
        'reporters.csv:4: "ha noi" đã dùng cho đơn vị mã 01',
        "reporters.csv:4: Thiếu giá trị ở cột full_name",
        "reporters.csv:5: Dòng có 2 ô, dòng tiêu đề có 8 ô",
    ]


def test_notices_must_be_complete_and_name_only_what_they_have() -> None:
    words = (RULES / "chung.toml").read_text(encoding="utf-8")
    chung = words.replace('id       = "am"', 'id       = "hay_qua"').replace("đang để trống", "{danh_muc} trống", 2)
    found = mistakes(load_rulebook(files(chung=chung)))
    assert "chung.toml:1: Thiếu thông báo am" in found
    assert any("Câu say nhắc {danh_muc}, nhưng thông báo này không có tên đó" in one for one in found)


def test_files_without_a_place_are_named() -> None:
    whole = files() | {
        "la.toml": b"",
        "khac/B.toml": b"",
        "thu/sau/C.toml": b"",
        "README.md": b"",
        "thu/.nhap.swp": b"",
    }
    found = load_rulebook(whole)
    assert not isinstance(found, Rulebook)
    assert {one.file for one in found} == {"la.toml", "khac/B.toml", "thu/sau/C.toml"}


@pytest.mark.parametrize("missing", ["chung.toml", "reporters.csv"])
def test_a_missing_file_is_named(missing: str) -> None:
    whole = {name: data for name, data in files().items() if name != missing}
    assert any(one.startswith(f"{missing}: Thiếu tệp") for one in mistakes(load_rulebook(whole)))


def test_all_mistakes_of_all_files_come_at_once_in_order() -> None:
    form = with_rule(source="", cell='"o_nao"')
    campaign = CAMPAIGN.replace("15/7/2012", "hè")
    found = load_rulebook(files(form, campaign=campaign), b"reporter,address,role\n99,a@b.example,\n")
    assert not isinstance(found, Rulebook)
    assert [one.file for one in found] == ["contacts", "thu/A.toml", "thu/campaign.toml"]
