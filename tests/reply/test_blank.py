"""Blank forms: they look official, know what they ask and for whom, and are accepted when they come back filled in."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import jinja2
import openpyxl
import pyarrow as pa
import pytest

from bot.adapters.content import read_templates
from bot.check.examples import case_of, table_of
from bot.language import fold
from bot.model import Choice, Column, Form, RefusalReason, Severity, Table, Unreadable
from bot.reply.blank import build_blank
from bot.reply.blank_code import version_of
from bot.reply.blank_layout import Span, lay_out
from bot.reply.blank_limits import MOST_HINT, MOST_REFUSAL, MOST_TITLE, limit_of
from bot.reply.blank_words import BlankWords
from bot.sheet.code import BlankCode, read_code
from bot.submission.naming import other_reporter
from tests.reply.blanks import (
    BOOK,
    WORDS,
    blank_of,
    campaign_of,
    check,
    choices_of,
    example_cells,
    filled,
    filled_with,
    form_of,
    lists_of,
    make,
    read,
    read_whole,
    reporter_of,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from bot.check.examples import Case
    from bot.model import Rule

FORMS = [form.full_id for form in BOOK.forms]
III_4, I_1 = "2012-kkt-kcn/III.4", "2012-kkt-kcn/I.1"

every_form = pytest.mark.parametrize("full_id", FORMS)


def sheet_of(data: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def texts(sheet: Worksheet, rows: range) -> list[str]:
    return [cell.value for row in rows for cell in sheet[row] if isinstance(cell.value, str)]


def small(*columns: Column, sequence: str | None = None, title: str = "Biểu X. Thử") -> Form:
    return Form("X", "2012-kkt-kcn", title, "test", columns, (), (columns[0].key,), sequence)


# -- it comes back -------------------------------------------------------------------------------------------------


@every_form
def test_filled_in_with_the_forms_own_examples_it_is_accepted(full_id: str) -> None:
    form, blank = form_of(full_id), blank_of(full_id)
    data = filled(blank, example_cells(form))
    assert [one for one in check(data, form) if one.severity is not Severity.NOTE] == []
    table = read(data)
    assert isinstance(table, Table)
    assert table.understood == ()
    assert table.sheets[0].letters == {column.key: blank.layout.letter(column.key) for column in form.columns}
    assert [(total.label, total.values) for total in table.totals] == (
        [("Tổng cộng", {})] * bool(blank.layout.total_row)
    )


@every_form
def test_empty_it_is_answered_that_the_form_is_empty(full_id: str) -> None:
    assert read(blank_of(full_id).data) == Unreadable(RefusalReason.EMPTY_FORM)


def bad_examples(form: Form) -> list[tuple[Rule, Case]]:
    return [(rule, case_of(form, example, BOOK.form)) for rule in form.rules for example in rule.bad]


def has_fractions(form: Form, case: Case) -> bool:
    """Tell whether a column of percentages holds fractions only: they are read as what Excel's percent format holds."""
    values = [filter(None, case.table.data[one.key].to_pylist()) for one in form.columns if one.type == "percent"]
    return any(max(some, default=2) <= 1 for some in values)


@every_form
def test_what_is_wrong_comes_back_as_it_was_filled_in(full_id: str) -> None:
    """So each bad example is answered with its rule at its cell, as tests/rules/test_examples.py has it."""
    form = form_of(full_id)
    tables = [case.table.data for _, case in bad_examples(form) if not has_fractions(form, case)]
    _, data = filled_with(form, tables)
    table, problems = read_whole(data)
    assert isinstance(table, Table)
    assert (problems, table.understood, table.remarks) == ((), (), ())
    assert [key for key, places in table.bad.items() if places] == []
    keys = [column.key for column in form.columns if column.key != form.sequence]
    assert table.data.select(keys).to_pylist() == pa.concat_tables(tables).select(keys).to_pylist()


@every_form
def test_what_is_wrong_is_answered_with_its_rule_at_its_cell(full_id: str) -> None:
    form = form_of(full_id)
    rule, case = max(bad_examples(form), key=lambda one: (not has_fractions(form, one[1]), one[1].table.data.num_rows))
    blank, data = filled_with(form, [case.table.data])
    # Of several rows, the last one is the offender.
    wanted = (rule.id, blank.layout.address(rule.cell, case.table.data.num_rows - 1))
    assert [(one.rule, one.place.cell) for one in check(data, form, case)] == [wanted]


def test_percentages_filled_in_as_fractions_are_no_mistake() -> None:
    told = {}
    for form in BOOK.forms:
        for rule, case in bad_examples(form):
            if has_fractions(form, case):
                told[form.full_id, rule.id] = check(filled_with(form, [case.table.data])[1], form, case)
    assert told
    assert told == dict.fromkeys(told, ())


@pytest.mark.parametrize("full_id", [form.full_id for form in BOOK.forms if form.nil])
def test_a_blank_that_says_that_there_is_nothing_to_tell_is_an_answer(full_id: str) -> None:
    form, blank = form_of(full_id), blank_of(full_id)
    key = next(one.key for one in form.columns if one.key not in (form.sequence, form.record))
    table = read(filled(blank, {key: "Không phát sinh"}))
    assert isinstance(table, Table)
    assert (table.nil, table.data.num_rows) == (True, 0)
    assert any("Không phát sinh" in text for text in texts(sheet_of(blank.data), range(10, 60)))


@every_form
def test_it_names_its_reporter_and_nobody_else(full_id: str) -> None:
    form = form_of(full_id)
    table = read(filled(blank_of(full_id), example_cells(form)))
    assert isinstance(table, Table)
    assert fold(reporter_of(form).name) in fold(table.title_block)
    assert other_reporter(table.title_block, reporter_of(form), BOOK.reporters, date(2012, 7, 1)) is None


@every_form
def test_it_knows_itself(full_id: str) -> None:
    form = form_of(full_id)
    named = f"{campaign_of(form).id}/{form.id}"
    assert read_code(blank_of(full_id).data) == BlankCode(named, reporter_of(form).code, version_of(form))


def test_saved_by_openpyxl_every_carrier_keeps_the_code() -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled(blank_of(III_4), example_cells(form_of(III_4)))))
    code = f"baocao:2012-kkt-kcn/III.4:40:{version_of(form_of(III_4))}"
    assert [one.value for one in book.custom_doc_props.props] == [code]  # type: ignore[attr-defined]
    assert (book.defined_names["_baocao_ma"].value, book.defined_names["_baocao_ma"].hidden) == (f'"{code}"', True)
    assert f"Mã nhận dạng: {code}" in texts(book.worksheets[0], range(1, 4))


def test_the_version_changes_with_what_is_asked_and_with_nothing_else() -> None:
    form = form_of(I_1)
    first, *others = form.columns
    unchanged = replace(
        form, rules=(), source="x", columns=(replace(first, example="7", header=(*first.header, "Y")), *others)
    )
    assert version_of(unchanged) == version_of(form)
    changed = [replace(first, required=True), replace(first, header=("Y",)), replace(first, unit="ha")]
    assert len({version_of(form), *(version_of(replace(form, columns=(one, *others))) for one in changed)}) == 4


# -- it looks official -----------------------------------------------------------------------------------------------


def test_reporter_form_and_letter_stand_above_the_table() -> None:
    sheet, blank = sheet_of(blank_of(I_1).data), blank_of(I_1)
    last = blank.layout.letter("ghi_chu")
    assert [sheet["A1"].value, sheet["A2"].value] == ["ỦY BAN NHÂN DÂN", "TỈNH NGHỆ AN"]
    assert sheet[f"{last}1"].value == "Biểu I.1"
    assert texts(sheet, range(4, 8)) == [
        "TỔNG HỢP TÌNH HÌNH QUY HOẠCH, THÀNH LẬP VÀ HOẠT ĐỘNG CỦA CÁC KCN TRÊN ĐỊA BÀN",
        "(số liệu đến 30/6/2012)",
        "(Kèm theo Báo cáo số ……/…… ngày … tháng … năm … của Ủy ban nhân dân tỉnh Nghệ An)",
        "Đơn vị tính: ha; triệu USD; tỷ đồng; %; m³/ngày đêm",
    ]


def test_a_reporter_that_is_no_province_stands_in_one_line_and_the_place_stays_open() -> None:
    form = form_of(I_1)
    group = replace(reporter_of(form), full_name="Tập đoàn Mẫu", addressee="Tập đoàn Mẫu", kind="tap_doan")
    sheet = sheet_of(build_blank(form, group, campaign_of(form), WORDS).data)
    assert (sheet["A1"].value, sheet["A2"].value) == ("TẬP ĐOÀN MẪU", None)
    assert "……, ngày … tháng … năm ……" in texts(sheet, range(40, sheet.max_row + 1))


def test_the_letters_number_is_named_where_it_is_known() -> None:
    form = form_of(I_1)
    campaign = replace(campaign_of(form), dispatch="Công văn số 1/BKH ngày 2/3/2012")
    sheet = sheet_of(build_blank(form, reporter_of(form), campaign, WORDS).data)
    assert "Theo Công văn số 1/BKH ngày 2/3/2012" in texts(sheet, range(1, 4))


def test_columns_with_common_words_stand_under_one_merged_cell() -> None:
    sheet, layout = sheet_of(blank_of(III_4).data), blank_of(III_4).layout
    fdi, ddi = layout.letter("von_dang_ky_fdi"), layout.letter("von_dang_ky_ddi")
    assert sheet[f"{fdi}8"].value == "Vốn đầu tư đăng ký"
    assert [sheet[f"{one}9"].value for one in (fdi, ddi)] == ["FDI\n(triệu USD)", "DDI\n(tỷ đồng)"]
    merged = {str(one) for one in sheet.merged_cells.ranges}
    assert {f"{fdi}8:{ddi}8", "A8:A9", "B8:B9"} <= merged


def test_every_column_has_its_number_below_the_header() -> None:
    sheet, layout = sheet_of(blank_of(III_4).data), blank_of(III_4).layout
    numbers = [cell.value for cell in sheet[layout.number_row]]
    assert numbers == [f"({number})" for number in range(1, 34)]


def test_required_columns_are_marked_and_the_mark_is_explained() -> None:
    sheet, layout = sheet_of(blank_of(III_4).data), blank_of(III_4).layout
    assert fold(str(sheet[f"{layout.letter('ten_du_an')}8"].value)) == "ten du an"
    assert str(sheet[f"{layout.letter('ten_du_an')}8"].value).endswith("(*)")
    assert "(*)" not in str(sheet[f"{layout.letter('cong_suat')}8"].value)
    assert any(text.startswith("Ghi chú: Cột có dấu (*)") for text in texts(sheet, range(40, sheet.max_row + 1)))


def test_header_and_key_columns_stay_in_sight_and_every_page_repeats_the_header() -> None:
    sheet = sheet_of(blank_of(III_4).data)
    assert sheet.freeze_panes == "C11"
    assert sheet.print_title_rows == "$8:$10"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)


def test_a_narrow_form_prints_on_a4() -> None:
    narrow = small(Column("ten", ("Tên cụm",), "text"), Column("so", ("Số",), "integer", sum=True))
    assert sheet_of(make(narrow).data).page_setup.paperSize == 9


def test_totals_are_formulas_that_grow_with_rows_inserted_above_them() -> None:
    sheet, layout = sheet_of(blank_of(I_1).data), blank_of(I_1).layout
    assert sheet[f"A{layout.total_row}"].value == "Tổng cộng"
    letter = layout.letter("dien_tich_thanh_lap")
    assert (
        sheet[f"{letter}{layout.total_row}"].value
        == f"=SUM({letter}{layout.number_row}:INDEX({letter}:{letter},ROW()-1))"
    )
    assert sheet[f"{layout.letter('ty_le_lap_day')}{layout.total_row}"].value is None


def test_a_form_that_sums_nothing_has_no_row_of_totals() -> None:
    form = small(Column("ten", ("Tên cụm",), "text"), Column("so", ("Số",), "integer"))
    layout = lay_out(form, 5)
    assert layout.total_row is None
    assert "Tổng cộng" not in texts(sheet_of(make(form, rows=5).data), range(1, 30))


def test_more_rows_are_to_be_had() -> None:
    blank = make(form_of(I_1), rows=120)
    sheet = sheet_of(blank.data)
    assert [sheet[f"A{row}"].value for row in (blank.layout.first_row, blank.layout.last_row)] == [1, 120]


def test_the_file_is_named_in_plain_letters() -> None:
    assert blank_of(III_4).name == "Bieu-III.4-Nghe-An.xlsx"
    assert blank_of(III_4).sheet == "Biểu III.4"


def test_the_same_question_gives_the_same_bytes() -> None:
    assert make(form_of(I_1)).data == make(form_of(I_1)).data


# -- the header as a tree --------------------------------------------------------------------------------------------


def spans(*headers: str) -> list[Span]:
    columns = (Column(f"c{at}", (text,), "text") for at, text in enumerate(headers))
    return list(lay_out(small(*columns), 1).spans)


def test_levels_may_be_three_and_short_columns_reach_down() -> None:
    assert spans("TT", "A > B > C", "A > B > D", "A > E") == [
        Span(8, 1, 10, 1, "TT"),
        Span(8, 2, 8, 4, "A"),
        Span(9, 2, 9, 3, "B"),
        Span(10, 2, 10, 2, "C"),
        Span(10, 3, 10, 3, "D"),
        Span(9, 4, 10, 4, "E"),
    ]


def test_a_column_alone_under_its_words_stands_in_one_cell() -> None:
    assert [one[4] for one in spans("A > B", "C", "A > D")] == ["A – B", "C", "A – D"]


def test_the_official_words_are_drawn_with_the_levels_that_are_accepted_for_them() -> None:
    columns = [Column(key, (f"Vốn – {key}", f"Vốn > {key}"), "text") for key in ("ngoai", "trong")]
    assert [one.text for one in lay_out(small(*columns), 1).spans] == ["Vốn", "ngoai", "trong"]


# -- what a cell takes -----------------------------------------------------------------------------------------------


@every_form
def test_every_list_of_values_is_a_drop_down(full_id: str) -> None:
    assert lists_of(blank_of(full_id).data) == choices_of(form_of(full_id))


def test_values_with_commas_stay_whole_and_their_sheet_is_hidden() -> None:
    book = openpyxl.load_workbook(io.BytesIO(blank_of(III_4).data))
    assert "BOT, BT" in lists_of(blank_of(III_4).data)["K11"]
    assert [(one.title, one.sheet_state) for one in book.worksheets] == [
        ("Biểu III.4", "visible"),
        ("Danh mục", "hidden"),
    ]


@pytest.mark.parametrize(
    ("column", "limit"),
    [
        (Column("a", ("A",), "decimal"), ("decimal", "between", "-999999999999999", "999999999999999")),
        (Column("a", ("A",), "decimal", min=Decimal(0)), ("decimal", "greaterThanOrEqual", "0", None)),
        (Column("a", ("A",), "decimal", above=Decimal("0.5")), ("decimal", "greaterThan", "0.5", None)),
        (Column("a", ("A",), "decimal", max=Decimal(9)), ("decimal", "lessThanOrEqual", "9", None)),
        (
            Column("a", ("A",), "decimal", above=Decimal(0), max=Decimal(9)),
            ("custom", None, "AND(ISNUMBER(A11),A11>0,A11<=9)", None),
        ),
        (Column("a", ("A",), "percent", min=Decimal(0), max=Decimal(100)), ("decimal", "between", "0", "100")),
        (Column("a", ("A",), "integer", min=Decimal(1)), ("whole", "greaterThanOrEqual", "1", None)),
        (Column("a", ("A",), "year"), ("whole", "between", "1900", "2100")),
        (Column("a", ("A",), "year", min=Decimal(1990)), ("whole", "between", "1990", "2100")),
        (Column("a", ("A",), "date"), ("date", "between", "10959", "73050")),
        (Column("a", ("A",), "choice", choices=(Choice("x"),)), ("list", None, "dm_a", None)),
        (Column("a", ("A",), "text"), (None, None, None, None)),
        (Column("a", ("A",), "identifier"), (None, None, None, None)),
    ],
    ids=lambda one: one.type if isinstance(one, Column) else "",
)
def test_a_cell_takes_what_its_column_takes(column: Column, limit: tuple[str | None, ...]) -> None:
    made = limit_of(column, "A11:A40", WORDS, "dm_a")
    assert (made.type, made.operator, made.formula1, made.formula2) == limit
    assert bool(made.showErrorMessage) == (limit[0] is not None)


def test_hint_and_refusal_are_made_of_the_columns_facts() -> None:
    column = Column(
        "a", ("Diện tích",), "decimal", "ha", required=True, above=Decimal(0), max=Decimal(5000), example="143,2"
    )
    made = limit_of(column, "A11:A40", WORDS)
    assert made.prompt == "Cần điền. Số, đơn vị ha, lớn hơn 0 và không quá 5.000. Ví dụ: 143,2."
    assert made.error is not None
    assert made.error.startswith("Ô này nhận số, đơn vị ha, lớn hơn 0 và không quá 5.000. Ví dụ cách ghi đúng: 143,2.")


@every_form
def test_no_hint_is_longer_than_excel_shows(full_id: str) -> None:
    form = form_of(full_id)
    limits = sheet_of(blank_of(full_id).data).data_validations.dataValidation
    assert len(limits) == len([one for one in form.columns if one.key not in (form.sequence, form.record)])
    for one in limits:
        assert one.prompt
        assert len(one.prompt) <= MOST_HINT
        assert len(one.promptTitle or "") <= MOST_TITLE
        assert len(one.error or "") <= MOST_REFUSAL
        assert not (one.prompt.endswith("…") and len(one.prompt) == MOST_HINT), one.prompt


def test_numbers_days_and_codes_are_shown_as_such() -> None:
    sheet, layout = sheet_of(blank_of(III_4).data), blank_of(III_4).layout
    shown = {key: sheet[layout.address(key)].number_format for key in ("so_gcndt", "ngay_cap", "nam_hoat_dong")}
    assert shown == {"so_gcndt": "@", "ngay_cap": "dd/mm/yyyy", "nam_hoat_dong": "0"}


# -- earlier rows ------------------------------------------------------------------------------------------------------


def test_earlier_rows_stand_in_it_and_ten_more_can_be_added() -> None:
    form = form_of(III_4)
    rows = [{"ten_du_an": f"Dự án {number}", "so_gcndt": f"2722100{number:04}"} for number in range(1, 26)]
    blank = make(form, rows=30, earlier=table_of(form, rows).data)
    assert blank.layout.rows == 35
    table = read(blank.data)
    assert isinstance(table, Table)
    assert table.data["ten_du_an"].to_pylist() == [row["ten_du_an"] for row in rows]
    assert table.data.drop_columns(["_row", "tt"]) == table_of(form, rows).data.select(
        [name for name in table.data.column_names if name not in ("_row", "tt")]
    )


def test_a_foreign_text_never_becomes_a_formula() -> None:
    form = small(Column("ten", ("Tên cụm",), "text"), Column("so", ("Số",), "integer"))
    earlier = pa.table({"ten": ['=HYPERLINK("http://x.example")', "#N/A", "a\x00b"], "other": [1, 2, 3]})
    blank = make(form, earlier=earlier)
    cells = [sheet_of(blank.data)[blank.layout.address("ten", line)] for line in range(3)]
    assert [(one.value, one.data_type) for one in cells] == [
        ('=HYPERLINK("http://x.example")', "s"),
        ("#N/A", "s"),
        ("a b", "s"),
    ]


# -- its words -------------------------------------------------------------------------------------------------------


def test_the_operators_own_words_win() -> None:
    source = read_templates(None)["vi/_blank.txt"].replace("NGƯỜI LẬP BIỂU", "CÁN BỘ TỔNG HỢP")
    form = form_of(I_1)
    made = build_blank(form, reporter_of(form), campaign_of(form), BlankWords({"vi/_blank.txt": source}))
    assert "CÁN BỘ TỔNG HỢP" in texts(sheet_of(made.data), range(40, 60))


def test_a_phrase_that_is_missing_is_named() -> None:
    with pytest.raises(jinja2.TemplateError, match="no macro hint"):
        BlankWords({"vi/_blank.txt": ""}).line("hint", None)
