from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.check.run import BrokenRuleError
from bot.model import Problem, Severity, TotalRow, Understanding
from tests.check.small import beside, check, rulebook, seen, table, with_rule

GOOD: dict[str, object] = {"ten": "Khu A", "dien_tich": 12.5, "cho_thue": 10.0, "so_nguoi": 30, "nam": 2005}


def test_a_rule_names_the_cell_the_values_and_the_thing() -> None:
    book = rulebook()
    (finding,) = check(
        book, table(book.forms[0], GOOD, GOOD | {"ten": "KCN Bắc Vinh", "cho_thue": 1012.75, "nam": None})
    )
    assert finding.rule == "cho_thue_vuot"
    assert finding.severity is Severity.ERROR
    assert finding.say == "E10 ghi 1.012,75 ha, D10 ghi 12,5 ha"
    assert (finding.place.sheet, finding.place.cell, finding.place.row) == ("Trang 1", "E10", 10)
    assert finding.place.column == "Đã cho thuê"
    assert finding.row_key == "kcn bac vinh"
    assert finding.written == "1.012,75"


def test_a_rule_says_nothing_where_a_needed_cell_is_empty() -> None:
    book = rulebook()
    row = GOOD | {"nam": 1999}
    assert not check(book, table(book.forms[0], row | {"dien_tich": None}, row | {"ten": "B", "cho_thue": None}))


def test_an_empty_cell_is_named_so_in_a_sentence() -> None:
    book = rulebook(with_rule(require='"ngay IS NOT NULL"', cell='"ten"', say='"Ngày: {ngay}, năm: {nam}, {so_nguoi}"'))
    (finding,) = check(book, table(book.forms[0], GOOD | {"so_nguoi": 12345}))
    assert finding.say == "Ngày: ô trống, năm: 2005, 12.345"


def test_dates_are_written_as_letters_do() -> None:
    book = rulebook(with_rule(require="\"ngay > DATE '2010-01-01'\"", cell='"ngay"', say='"{ngay.o} ghi {ngay}"'))
    (finding,) = check(book, table(book.forms[0], GOOD | {"ngay": date(2005, 7, 1)}))
    assert finding.say == "H9 ghi 1/7/2005"


def test_a_query_gives_evidence_of_its_own() -> None:
    query = '"SELECT _sheet, _row, cho_thue / dien_tich * 100 AS phan_tram FROM t WHERE cho_thue > dien_tich"'
    book = rulebook(with_rule(require="", query=query, say='"{cho_thue.o}: {cho_thue} ha là {phan_tram}%"'))
    (finding,) = check(book, table(book.forms[0], GOOD, GOOD | {"ten": "B", "cho_thue": 15.0}))
    assert (finding.place.cell, finding.say, finding.row_key) == ("E10", "E10: 15 ha là 120%", "b")


def test_with_both_the_condition_is_asked_first_and_the_query_tells() -> None:
    query = '"SELECT _sheet, _row, cho_thue * 2 AS gap_doi FROM t WHERE cho_thue > 50"'
    book = rulebook(with_rule(require='"cho_thue <= 20"', query=query, say='"{gap_doi}"'))
    findings = check(book, table(book.forms[0], GOOD | {"cho_thue": 25.0}, GOOD | {"ten": "B", "cho_thue": 60.0}))
    assert [(one.place.cell, one.say) for one in findings] == [("E10", "120")]


def test_the_day_of_receipt_is_known_to_rules_and_without_it_they_are_silent() -> None:
    book = rulebook(with_rule(require='"ngay <= ngay_nhan()"', cell='"ngay"', say='"{ngay}"'))
    held = table(book.forms[0], GOOD | {"ngay": date(2012, 7, 11)})
    assert seen(check(book, held, received=date(2012, 7, 10))) == ["cho_thue_vuot H9"]
    assert not check(book, held, received=date(2012, 7, 11))
    assert not check(book, held, received=None)


def test_a_trial_rule_is_marked_and_a_retired_one_does_not_run() -> None:
    bad = GOOD | {"cho_thue": 13.0}
    trial = rulebook(with_rule(status='"trial"'))
    assert [one.trial for one in check(trial, table(trial.forms[0], bad))] == [True]
    retired = rulebook(with_rule(status='"retired"'))
    assert not check(retired, table(retired.forms[0], bad))


def test_no_rule_speaks_again_about_a_cell_that_could_not_be_read() -> None:
    book = rulebook(with_rule(require='"dien_tich IS NOT NULL AND cho_thue IS NOT NULL"', cell='"cho_thue"', say='"x"'))
    rows = [GOOD | {"cho_thue": None}, GOOD | {"ten": "B", "dien_tich": None, "nam": 1999}, GOOD | {"cho_thue": None}]
    held = table(book.forms[0], *rows)
    assert seen(check(book, held)) == ["cho_thue_vuot E9", "cho_thue_vuot E10", "cho_thue_vuot E11"]
    bad = replace(held, bad={"cho_thue": frozenset({(0, 9)}), "dien_tich": frozenset({(0, 10)})})
    assert seen(check(book, bad)) == ["cho_thue_vuot E11"]


def test_findings_stand_in_the_order_of_sheet_row_and_column() -> None:
    book = rulebook()
    wrong = GOOD | {"ten": None, "cho_thue": 13.0, "so_nguoi": 1}
    held = beside(table(book.forms[0], wrong, wrong), table(book.forms[0], wrong, first=5))
    assert [(one.place.sheet, one.place.cell) for one in check(book, held)] == [
        *(("Trang 1", cell) for cell in ("B9", "E9", "F9", "B10", "E10", "F10")),
        *(("Trang 2", cell) for cell in ("B5", "E5", "F5")),
    ]


def test_of_too_many_findings_the_number_is_told() -> None:
    book = rulebook()
    findings = check(book, table(book.forms[0], *[GOOD | {"cho_thue": 13.0}] * 5_003))
    assert len(findings) == 5_001
    assert findings[-1].rule == "cho_thue_vuot"
    assert findings[-1].say == "Nội dung này có ở 5.003 chỗ; còn 3 chỗ nữa không liệt kê trong thư"
    assert findings[-1].place.sheet == ""


def test_numbers_too_large_for_exact_products_are_compared_all_the_same() -> None:
    book = rulebook(with_rule(require='"cho_thue * dien_tich * 1.5 <= 100000"', say='"{cho_thue}"'))
    huge = GOOD | {"ten": "B", "cho_thue": 123456789012345.0, "dien_tich": 900.0}
    assert seen(check(book, table(book.forms[0], GOOD, huge))) == ["cho_thue_vuot E10"]
    square = rulebook(with_rule(require='"cho_thue * cho_thue <= 100000"', say='"{cho_thue}"'))
    assert seen(check(square, table(square.forms[0], GOOD, huge))) == ["cho_thue_vuot E10"]


def test_sql_that_breaks_on_the_data_is_our_fault_and_names_the_rule() -> None:
    book = rulebook(with_rule(require='"ten::INTEGER > 0"', cell='"ten"', say='"{ten}"'))
    with pytest.raises(BrokenRuleError, match="thu/A cho_thue_vuot"):
        check(book, table(book.forms[0], GOOD))
    assert not check(rulebook(), table(book.forms[0], GOOD)), "the next table is checked as if nothing had been"


def test_an_empty_table_has_no_findings() -> None:
    book = rulebook()
    assert not check(book, table(book.forms[0]))


class TestProblemsOfTheReader:
    def test_become_findings_worded_by_their_notice(self) -> None:
        book = rulebook()
        held = replace(table(book.forms[0], GOOD | {"dien_tich": None}), bad={"dien_tich": frozenset({(0, 9)})})
        (finding,) = check(book, held, Problem("khong_phai_so", 0, 9, "dien_tich", "mười hai"))
        assert (finding.rule, finding.severity, finding.place.cell) == ("khong_phai_so", Severity.ERROR, "D9")
        assert finding.say == 'Ô D9 đang ghi "mười hai", chưa đọc được thành số'
        assert (finding.written, finding.row_key) == ("mười hai", "khu a")

    def test_carry_their_evidence(self) -> None:
        book = rulebook()
        problem = Problem("ngoai_danh_muc", 0, 9, "nhom", "Z", {"danh_muc": "A, B"})
        (finding,) = check(book, table(book.forms[0], GOOD), problem)
        assert finding.say == 'Ô C9 ghi "Z"; cột "Nhóm" nhận một trong các giá trị: A, B'

    def test_of_a_whole_column_name_no_cell(self) -> None:
        book = rulebook()
        held = table(book.forms[0], GOOD | {"ten": None}, without=["ten"])
        (finding,) = check(book, held, Problem("thieu_cot", 0, 0, "ten"))
        assert (finding.rule, finding.place.cell, finding.place.column) == ("thieu_cot", "", "Tên khu")


def test_a_header_taken_for_a_column_is_a_note() -> None:
    book = rulebook()
    held = replace(
        table(book.forms[0], GOOD), understood=(Understanding("Trang 1", "D", "Diện tích đất", "Diện tích"),)
    )
    (finding,) = check(book, held)
    assert (finding.rule, finding.severity) == ("hieu_cot", Severity.NOTE)
    assert finding.say == 'Cột D ghi "Diện tích đất" được hiểu là cột "Diện tích"'


class TestEmptyCells:
    def test_of_a_required_column_are_errors(self) -> None:
        book = rulebook()
        assert seen(check(book, table(book.forms[0], GOOD, GOOD | {"ten": None}))) == ["thieu_gia_tri B10"]

    def test_that_a_condition_requires_are_errors_only_where_it_holds(self) -> None:
        book = rulebook()
        rows = [GOOD | {"dien_tich": None, "nam": nam} for nam in (1999, 2001, None)]
        assert seen(check(book, table(book.forms[0], *rows))) == ["thieu_gia_tri D10"]

    def test_that_are_written_but_unreadable_are_not_called_empty(self) -> None:
        book = rulebook()
        held = table(book.forms[0], GOOD | {"dien_tich": None}, GOOD | {"dien_tich": None})
        held = replace(held, bad={"dien_tich": frozenset({(0, 9)})})
        assert seen(check(book, held)) == ["thieu_gia_tri D10"]

    def test_of_a_column_that_the_sheet_lacks_are_told_once(self) -> None:
        book = rulebook()
        rows = [GOOD | {"dien_tich": None}] * 3
        assert seen(check(book, table(book.forms[0], *rows, without=["dien_tich"]))) == ["thieu_cot Diện tích"]

    def test_a_group_row_may_fill_a_column_that_the_sheet_lacks(self) -> None:
        form = rulebook().forms[0]
        book = rulebook()
        assert not check(book, table(form, GOOD | {"nhom": "KCN A"}, without=["nhom"]))


class TestBounds:
    @pytest.mark.parametrize(
        ("key", "value", "expected", "say"),
        [
            ("cho_thue", -0.5, "am E9", 'Ô E9 (cột "Đã cho thuê") ghi -0,5, nhỏ hơn 0'),
            ("so_nguoi", 4, "nho_hon F9", 'Ô F9 (cột "Số người") ghi 4; cột này nhận giá trị từ 5 người trở lên'),
            (
                "dien_tich",
                1000.5,
                "lon_hon D9",
                'Ô D9 (cột "Diện tích") ghi 1.000,5; cột này nhận giá trị đến 1.000 ha',
            ),
        ],
    )
    def test_are_held_against_each_cell(self, key: str, value: object, expected: str, say: str) -> None:
        book = rulebook()
        (finding,) = check(book, table(book.forms[0], GOOD | {key: value}))
        assert (seen([finding]), finding.say) == ([expected], say)

    def test_above_is_an_exclusive_bound(self) -> None:
        book = rulebook()
        (finding,) = check(book, table(book.forms[0], GOOD | {"dien_tich": 0.0, "cho_thue": 0.0}))
        assert finding.say == 'Ô D9 (cột "Diện tích") ghi 0; cột này nhận giá trị lớn hơn 0 ha'

    @pytest.mark.parametrize(("key", "value"), [("cho_thue", 0.0), ("so_nguoi", 5), ("dien_tich", 1000.0)])
    def test_themselves_are_accepted(self, key: str, value: object) -> None:
        book = rulebook()
        assert not check(book, table(book.forms[0], GOOD | {key: value}))


def total(label: str = "Tổng cộng", row: int = 12, sheet: int = 0, **values: float) -> TotalRow:
    return TotalRow(sheet, row, label, {key: Decimal(str(value)) for key, value in values.items()})


class TestTotals:
    ROWS = (GOOD, GOOD | {"ten": "B", "dien_tich": 20.25, "so_nguoi": 40}, GOOD | {"ten": "C"})

    def told(self, *totals: TotalRow) -> list[str]:
        book = rulebook()
        return seen(check(book, replace(table(book.forms[0], *self.ROWS), totals=totals)))

    def test_that_add_up_are_silent(self) -> None:
        assert not self.told(total(dien_tich=45.25, cho_thue=30, so_nguoi=100))

    def test_that_do_not_add_up_name_both_numbers_and_the_difference(self) -> None:
        book = rulebook()
        held = replace(table(book.forms[0], *self.ROWS), totals=(total(dien_tich=62.25),))
        (finding,) = check(book, held)
        assert (finding.rule, finding.place.cell, finding.written) == ("tong_cong_sai", "D12", "62,25 ha")
        assert finding.say == (
            'Dòng "Tổng cộng" (dòng 12), cột D (Diện tích): ghi 62,25 ha, cộng các dòng được 45,25 ha (chênh 17 ha)'
        )

    def test_may_differ_by_the_rounding_of_their_rows(self) -> None:
        assert not self.told(total(dien_tich=45.3))
        assert self.told(total(dien_tich=45.31)) == ["tong_cong_sai D12"]

    def test_of_people_are_exact(self) -> None:
        assert self.told(total(so_nguoi=101)) == ["tong_cong_sai F12"]

    def test_of_a_column_with_an_unreadable_cell_are_passed_over(self) -> None:
        book = rulebook()
        held = replace(table(book.forms[0], *self.ROWS), totals=(total(dien_tich=62, so_nguoi=1),))
        held = replace(held, bad={"dien_tich": frozenset({(0, 10)})})
        assert seen(check(book, held)) == ["tong_cong_sai F12"]

    def test_of_a_group_are_not_taken_for_the_whole(self) -> None:
        group = total("Cộng KCN đang hoạt động", 11, dien_tich=32.75)
        assert not self.told(group, total("Tổng cộng (I+II)", 13, dien_tich=45.25))

    def test_of_a_group_that_fit_no_run_of_rows_are_asked_about(self) -> None:
        assert self.told(total("Cộng nhóm I", 11, dien_tich=33.9)) == ["cong_nhom_sai D11"]

    @pytest.mark.parametrize("label", ["Tổng cộng", "TỔNG SỐ", "Toàn tỉnh", "Cộng", "Tổng cộng I+II", "Tổng"])
    def test_of_the_whole_are_known_by_their_words(self, label: str) -> None:
        assert self.told(total(label, dien_tich=99)) == ["tong_cong_sai D12"]

    def test_of_the_last_plain_sum_are_the_whole(self) -> None:
        first = total("Cộng", 10, dien_tich=12.5)
        assert self.told(first, total("Cộng", 13, dien_tich=99)) == ["tong_cong_sai D13"]

    def test_are_those_of_their_sheet_or_of_all_sheets(self) -> None:
        book = rulebook()
        form = book.forms[0]
        both = beside(table(form, *self.ROWS), table(form, GOOD))
        assert not check(book, replace(both, totals=(total(sheet=1, dien_tich=12.5),)))
        assert not check(book, replace(both, totals=(total(sheet=1, dien_tich=57.75),)))
        assert seen(check(book, replace(both, totals=(total(sheet=1, dien_tich=45.25),)))) == ["tong_cong_sai D12"]
