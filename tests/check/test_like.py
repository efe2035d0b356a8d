"""A form that is like another: what it takes over, and every mistake that its file can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.check.load import load_rulebook
from bot.model import Rulebook
from tests.check.small import CAMPAIGN, FORM, OTHER, crossed, files, rulebook
from tests.check.test_load import line, mistakes

if TYPE_CHECKING:
    from bot.model import Form

LIKE = """\
id      = "A-CK"
like    = "A"
title   = "Biểu A (cửa khẩu)"
words   = ["cửa khẩu"]
without = ["cho_thue_vuot"]

[example]
ten = "Khu Cửa khẩu Mẫu"

[[rule]]
id       = "qua_nho"
title    = "Diện tích quá nhỏ"
severity = "query"
status   = "active"
since    = 2012-06-01
source   = "Thử"
require  = "dien_tich > 1"
cell     = "dien_tich"
say      = "{dien_tich.o} ghi {dien_tich} ha"
fix      = "Đề nghị kiểm tra lại."
good     = [{dien_tich = 12}]
bad      = [{dien_tich = 0.5, cho_thue = 0}]
"""


def forms(**others: str) -> dict[str, Form]:
    return {one.full_id: one for one in rulebook(**others).forms}


def wrong(like: str, **others: str) -> list[str]:
    return mistakes(load_rulebook(files(**{"thu/A-CK.toml": like}, **others)))


def test_it_has_the_columns_of_the_other_and_words_of_its_own() -> None:
    book = forms(**{"thu/A-CK.toml": LIKE})
    one, other = book["thu/A-CK"], book["thu/A"]
    assert (one.title, one.source, one.words, one.like) == ("Biểu A (cửa khẩu)", other.source, ("cửa khẩu",), "thu/A")
    assert [column.key for column in one.columns] == [column.key for column in other.columns]
    assert (one.row_key, one.sequence, one.group) == (other.row_key, other.sequence, other.group)
    assert (one.column("ten").example, one.column("nam").example) == ("Khu Cửa khẩu Mẫu", "2005")
    assert other.column("ten").example == "Khu Mẫu"


def test_it_has_the_rules_of_the_other_but_those_it_does_without_and_its_own() -> None:
    assert [rule.id for rule in forms(**{"thu/A-CK.toml": LIKE})["thu/A-CK"].rules] == ["qua_nho"]
    every = LIKE.replace('without = ["cho_thue_vuot"]\n', "")
    assert [rule.id for rule in forms(**{"thu/A-CK.toml": every})["thu/A-CK"].rules] == ["cho_thue_vuot", "qua_nho"]


def test_a_rule_that_it_does_without_may_be_written_anew() -> None:
    own = LIKE.replace('id       = "qua_nho"', 'id       = "cho_thue_vuot"')
    assert [rule.title for rule in forms(**{"thu/A-CK.toml": own})["thu/A-CK"].rules] == ["Diện tích quá nhỏ"]


def test_it_may_be_like_a_form_of_another_campaign() -> None:
    later = LIKE.replace('like    = "A"', 'like    = "thu/A"').replace('"A-CK"', '"A"')
    campaign = CAMPAIGN.replace('"thu"', '"sau"')
    book = forms(**{"sau/A.toml": later, "sau/campaign.toml": campaign})
    assert book["sau/A"].like == "thu/A"
    assert book["sau/A"].column("ten").example == "Khu Cửa khẩu Mẫu"


class TestARuleThatReadsAnotherForm:
    """A taken-over rule reads the form that takes the other's part, and the examples of the rule name that one."""

    def test_reads_the_one_that_is_like_it_in_the_same_campaign(self) -> None:
        others = {
            "thu/B.toml": OTHER,
            "thu/A-CK.toml": 'id = "A-CK"\nlike = "A"\ntitle = "A"\n',
            "thu/B-CK.toml": 'id = "B-CK"\nlike = "B"\ntitle = "B"\n',
        }
        book = {one.full_id: one for one in rulebook(crossed(), **others).forms}
        assert book["thu/A"].rules[0].tables == ("thu/B",)
        (rule,) = book["thu/A-CK"].rules
        assert rule.tables == ("thu/B-CK",)
        assert rule.query is not None
        assert '"thu/B-CK"' in rule.query
        assert '"thu/B"' not in rule.query
        assert rule.bad == ({"tables": {"thu/B-CK": [{"khu": "Khu Mẫu", "da_thue": 9}]}},)

    def test_reads_that_of_its_own_campaign(self) -> None:
        others = {
            "thu/B.toml": OTHER,
            "sau/campaign.toml": CAMPAIGN.replace('"thu"', '"sau"'),
            "sau/A.toml": 'id = "A"\nlike = "thu/A"\ntitle = "A"\n',
            "sau/B.toml": 'id = "B"\nlike = "thu/B"\ntitle = "B"\n',
        }
        book = {one.full_id: one for one in rulebook(crossed(), **others).forms}
        assert book["sau/A"].rules[0].tables == ("sau/B",)

    def test_stays_with_the_other_where_none_is_like_it(self) -> None:
        others = {"thu/B.toml": OTHER, "thu/A-CK.toml": 'id = "A-CK"\nlike = "A"\ntitle = "A"\n'}
        book = {one.full_id: one for one in rulebook(crossed(), **others).forms}
        assert book["thu/A-CK"].rules == book["thu/A"].rules


class TestMistakes:
    @pytest.mark.parametrize(
        ("old", "new", "at", "say"),
        [
            ('"A"', '"Z"', "like", "Không có tệp thu/Z.toml để lấy làm gốc"),
            ('"A"', '"khac/A"', "like", "Không có tệp khac/A.toml để lấy làm gốc"),
            ('"A"', '"A-CK"', "like", "Biểu A-CK cũng theo biểu khác (like); hãy theo thẳng biểu gốc"),
            ('["cho_thue_vuot"]', '["khong_co"]', "without", "Biểu A không có quy tắc khong_co"),
            ("ten = ", "tenn = ", "tenn", "Biểu không có cột tenn"),
            ('["cho_thue_vuot"]', "[]", None, None),
            ('"dien_tich > 1"', '"dien_tichh > 1"', "require", "Biểu không có cột dien_tichh"),
            ("words", "sequence = 'tt'\nwords", "sequence", "Không có khóa nào tên là sequence"),
            ('title   = "Biểu A (cửa khẩu)"\n', "", "", "Thiếu khóa title"),
            ('id      = "A-CK"', 'id      = "A-C"', "id ", 'id "A-C" khác tên tệp "A-CK.toml"'),
        ],
    )
    def test_are_told_at_their_line(self, old: str, new: str, at: str | None, say: str | None) -> None:
        like = LIKE.replace(old, new, 1)
        if at is None:
            assert isinstance(load_rulebook(files(**{"thu/A-CK.toml": like})), Rulebook)
        else:
            assert wrong(like) == [f"thu/A-CK.toml:{line(like, at)}: {say}"]

    def test_an_id_of_a_rule_taken_over_cannot_be_used_again(self) -> None:
        like = LIKE.replace('["cho_thue_vuot"]', "[]").replace('"qua_nho"', '"cho_thue_vuot"')
        at = line(like, 'id       = "cho_thue_vuot"')
        assert wrong(like) == [f"thu/A-CK.toml:{at}: Mã cho_thue_vuot đã dùng cho một quy tắc khác"]

    def test_of_the_other_are_told_once_and_there(self) -> None:
        form = FORM.replace('require  = "cho_thue <= dien_tich"', 'require  = "khong_co > 1"')
        assert mistakes(load_rulebook(files(form, **{"thu/A-CK.toml": LIKE}))) == [
            f"thu/A.toml:{line(form, 'khong_co')}: Biểu không có cột khong_co"
        ]

    def test_a_broken_other_is_not_told_twice(self) -> None:
        form = FORM.replace('row_key  = ["ten"]\n', "")
        assert mistakes(load_rulebook(files(form, **{"thu/A-CK.toml": LIKE}))) == [
            "thu/A.toml:1: Thiếu khóa row_key: các cột cho biết một dòng nói về cái gì"
        ]
