"""Forms of indicators: a printed row for each, a column of the sheet for each record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.check.examples import table_of
from bot.check.load import load_rulebook
from bot.model import Problem, Understanding
from tests.check.small import check, files, rulebook
from tests.check.test_load import line, mistakes

FORM = """\
id      = "A"
title   = "Biểu A"
source  = "Thử"
layout  = "indicators"
record  = "ky"
nil     = true
words   = ["cụm công nghiệp"]

[[column]]
key      = "ky"
header   = ["Kỳ"]
type     = "text"
required = true
example  = "Năm 2011"

[[column]]
key      = "so_cum"
number   = "1"
header   = ["Số cụm công nghiệp"]
type     = "integer"
unit     = "cụm"
required = true
min      = 0
example  = "5"

[[column]]
key      = "hoat_dong"
number   = "1.1"
header   = ["Số cụm đang hoạt động"]
type     = "integer"
unit     = "cụm"
max      = 50
example  = "3"

[[rule]]
id       = "hoat_dong_qua_nhieu"
title    = "Số cụm đang hoạt động lớn hơn số cụm"
severity = "error"
status   = "active"
since    = 2012-06-01
source   = "Thử"
require  = "hoat_dong <= so_cum"
cell     = "hoat_dong"
say      = "{hoat_dong.o} ghi {hoat_dong}, {so_cum.o} ghi {so_cum}"
fix      = "Đề nghị kiểm tra lại."
good     = [{hoat_dong = 5}]
bad      = [{hoat_dong = 6}]
"""


def test_the_form_knows_its_layout_and_its_numbers() -> None:
    (form,) = rulebook(FORM).forms
    assert (form.layout, form.record, form.nil, form.words) == ("indicators", "ky", True, ("cụm công nghiệp",))
    assert form.row_key == ("ky",)
    assert [column.number for column in form.columns] == ["", "1", "1.1"]


def test_an_example_lies_as_the_sheet_would_lines_below_each_other_and_records_side_by_side() -> None:
    (form,) = rulebook(FORM).forms
    table = table_of(form, [{}, {}])
    (place,) = table.sheets
    assert table.data["_row"].to_pylist() == [4, 5]
    assert [place.address("ky", 4), place.address("so_cum", 4), place.address("hoat_dong", 5)] == ["D8", "D9", "E10"]


class TestAFinding:
    BOOK = rulebook(FORM)

    def test_of_a_rule_names_the_cell_and_the_sheets_row(self) -> None:
        table = table_of(self.BOOK.forms[0], [{}, {"ky": "Năm 2012", "hoat_dong": 6}])
        (finding,) = check(self.BOOK, table)
        assert (finding.place.cell, finding.place.row) == ("E10", 10)
        assert (finding.place.column, finding.row_key) == ("Số cụm đang hoạt động", "nam 2012")
        assert finding.say == "E10 ghi 6, E9 ghi 5"

    def test_of_the_machine_speaks_of_indicators(self) -> None:
        table = table_of(self.BOOK.forms[0], [{"so_cum": "", "hoat_dong": 51}])
        empty, large = check(self.BOOK, table)
        assert (empty.place.cell, empty.say) == ("D9", 'Ô D9 (chỉ tiêu "Số cụm công nghiệp") đang để trống')
        assert large.say.endswith("chỉ tiêu này nhận giá trị đến 50 cụm")
        assert large.fix == "Đề nghị kiểm tra lại số và đơn vị tính của chỉ tiêu."

    def test_stand_in_the_order_of_the_sheets_rows(self) -> None:
        row = {"so_cum": -1, "hoat_dong": 51}
        found = [one.place.cell for one in check(self.BOOK, table_of(self.BOOK.forms[0], [row, row]))]
        assert found == ["D9", "E9", "D10", "D10", "E10", "E10"]

    def test_of_a_missing_line_is_told_once_without_a_cell(self) -> None:
        table = table_of(self.BOOK.forms[0], [{"so_cum": ""}, {"so_cum": ""}])
        (place,) = table.sheets
        lines = {key: row for key, row in place.lines.items() if key != "so_cum"}
        without = replace(table, sheets=(replace(place, lines=lines),))
        (finding,) = check(self.BOOK, without)
        assert (finding.rule, finding.place.cell, finding.place.row) == ("thieu_cot", "", 0)
        assert finding.say == 'Trên trang chưa thấy chỉ tiêu "Số cụm công nghiệp"'
        (told,) = check(self.BOOK, without, Problem("thieu_cot", 0, 4, "so_cum"))
        assert (told.rule, told.row_key, told.place.row) == ("thieu_cot", "", 0)

    def test_of_a_line_worded_otherwise_names_the_cell_with_its_words(self) -> None:
        table = table_of(self.BOOK.forms[0], [{}])
        heard = Understanding(table.sheets[0].name, "B9", "Tổng số cụm", "Số cụm công nghiệp")
        (finding,) = check(self.BOOK, replace(table, understood=(heard,)))
        assert finding.say == 'Ô B9 ghi "Tổng số cụm" được hiểu là chỉ tiêu "Số cụm công nghiệp"'


@pytest.mark.parametrize(
    ("old", "new", "at", "say"),
    [
        ('number   = "1"\n', "", "[[column]]", "Chỉ tiêu so_cum phải có khóa number: số in trên biểu"),
        ('record  = "ky"', 'record  = "nam"', "record", "Biểu không có cột nam"),
        ("nil ", 'sequence = "ky"\nnil ', "sequence", "Biểu chỉ tiêu không có khóa sequence"),
        ("nil ", 'group = "ky"\nnil ', "group", "Biểu chỉ tiêu không có khóa group"),
        ("max      = 50", "sum = true", "sum", "Biểu chỉ tiêu không có dòng tổng cộng nên không có khóa sum"),
        ('"indicators"', '"rows"', "record", 'Khóa record chỉ dùng cho biểu chỉ tiêu (layout = "indicators")'),
        ('"indicators"', '"rows"', "number", 'Khóa number chỉ dùng cho biểu chỉ tiêu (layout = "indicators")'),
        ('"indicators"', '"cột"', "layout", "Khóa layout phải là một trong: rows, indicators"),
        ("nil     = true", 'nil     = "có"', "nil", "Khóa nil phải là true hoặc false"),
    ],
)
def test_what_does_not_fit_the_layout_is_a_mistake_at_its_line(old: str, new: str, at: str, say: str) -> None:
    form = FORM.replace(old, new, 1)
    numbers = [number for number, one in enumerate(form.splitlines(), 1) if at in one]
    assert numbers[0] == line(form, at)
    assert any(
        one.startswith(f"thu/A.toml:{number}: {say}")
        for one in mistakes(load_rulebook(files(form)))
        for number in numbers
    ), mistakes(load_rulebook(files(form)))
