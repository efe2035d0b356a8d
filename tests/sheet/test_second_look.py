"""What the fast reader cannot see is seen: error cells, formulas without a value, old fonts, mild damage."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlwt

from bot.model import RefusalReason, Unreadable, letter_of
from bot.sheet import found
from bot.sheet.workbook import Limits, Uncalculated, read_workbook
from tests.flow.bombs import make_sheet
from tests.sheet import writers
from tests.sheet.forms import SMALL
from tests.sheet.grids import column, opened, read, xlsx
from tests.sheet.test_legacy import written_in_tcvn3

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parents[3] / "shared" / "corpora" / "sheet"
WITH_SAMPLES = pytest.mark.skipif(not SAMPLES.exists(), reason="the shared corpora are not beside this checkout")
HEADER: list[object] = [one.title for one in SMALL.columns]
ROW: list[object] = [
    1, "KCN Bắc Vinh", "Nhà máy A", "27212000123", "15/7/2010", 12.5, 100, 2011, 80.5, "Đang hoạt động", None,
]  # fmt: skip


def cells(data: bytes, sheet: int = 0) -> dict[str, object]:
    """Return the filled cells of one sheet by their addresses."""
    one = opened(data).sheets[sheet]
    return {
        f"{letter_of(one.first_column + place + 1)}{number}": cell
        for chunk in one.chunks(size=2)
        for number, row in enumerate(chunk.rows, chunk.first)
        for place, cell in enumerate(row)
        if cell != ""
    }


def raw(xml: str) -> dict[str, object]:
    return cells(make_sheet(xml))


# ------------------------------------------------------------------------------------------------- error cells


@pytest.mark.parametrize(
    "cell",
    ['<c r="C3" t="e"><f>A1/0</f><v>#DIV/0!</v></c>', '<c r="C3" s="4" t="e"><v>#DIV/0!</v></c>',
     '<c t="e" r="C3"><v>#DIV/0!</v></c>'],
)  # fmt: skip
def test_an_error_cell_is_not_blank(cell: str) -> None:
    assert raw(f'<row r="2"><c r="B2"><v>1</v></c></row><row r="3">{cell}</row>') == {"B2": 1, "C3": "#DIV/0!"}


def test_an_error_cell_under_a_prefix_is_seen_too() -> None:
    sheet = make_sheet('<x:row r="1"><x:c r="A1" t="e"><x:v>#REF!</x:v></x:c></x:row>')
    prefixed = writers.changed(
        sheet,
        {"<worksheet xmlns=": "<x:worksheet xmlns:x=", "</worksheet>": "</x:worksheet>", "sheetData": "x:sheetData"},
        parts=["sheet1.xml"],
    )
    assert cells(prefixed) == {"A1": "#REF!"}


def test_cells_on_the_border_between_two_pieces_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = "".join(f'<row r="{row}"><c r="A{row}" t="e"><v>#N/A</v></c><c r="B{row}"><f>1</f></c></row>' for row in
                     range(1, 60))  # fmt: skip
    for size in (1, 7, 64, 997):
        monkeypatch.setattr("bot.sheet.package._PIECE", size)
        assert raw(errors) == {f"A{row}": "#N/A" for row in range(1, 60)} | {f"B{row}": "=1" for row in range(1, 60)}


def test_an_error_in_a_column_of_numbers_is_told_with_its_cell() -> None:
    book = xlsx({"A": [HEADER, [*ROW[:5], 987654, *ROW[6:]]]})
    broken = writers.changed(book, {"<v>987654</v>": "<v>#REF!</v>", 'r="F2" t="n"': 'r="F2" t="e"'}, ["sheet1.xml"])
    table, problems = read(broken, SMALL)
    assert [(one.notice, one.column, one.row, one.written) for one in problems if one.column == "dien_tich_ha"] == [
        ("loi_excel", "dien_tich_ha", 2, "#REF!")
    ]
    assert table.bad["dien_tich_ha"] == {(0, 2)}


def test_error_cells_of_opendocument_are_not_blank() -> None:
    row = (
        '<table:table-row><table:table-cell office:value-type="float" office:value="2"><text:p>2</text:p>'
        '</table:table-cell><table:table-cell table:formula="of:=1/0" office:value-type="string" '
        'office:string-value=""><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>'
    )
    assert cells(writers.ods(row)) == {"A1": 2, "B1": "#DIV/0!"}
    assert cells(writers.flat_ods(row)) == {"A1": 2, "B1": "#DIV/0!"}


@WITH_SAMPLES
@pytest.mark.parametrize("kind", ["xls", "xlsx", "xlsb"])
def test_every_kind_of_excel_error_is_seen_in_every_kind_of_workbook(kind: str) -> None:
    data = (SAMPLES / "sheetjs" / f"ErrorTypes.{kind}").read_bytes()
    seen = set(map(str, cells(data).values()))
    assert {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"} <= seen


# -------------------------------------------------------------------------------- formulas that were never calculated


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>"])
def test_a_formula_without_a_value_is_a_value_of_its_own(value: str) -> None:
    seen = raw(f'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1&amp;"x"</f>{value}</c></row>')
    assert seen == {"A1": 1, "B1": '=A1&"x"'}
    assert isinstance(seen["B1"], Uncalculated)


def test_a_formula_with_a_value_or_with_an_empty_text_is_what_it_gives() -> None:
    assert raw('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>') == {"A1": 2}


def test_a_formula_outside_the_cells_that_hold_values_keeps_its_place() -> None:
    seen = raw('<row r="3"><c r="C3"><v>1</v></c></row><row r="5"><c r="A5"><f>C3</f></c><c r="E5"><f>C3</f></c></row>')
    assert seen == {"C3": 1, "A5": "=C3", "E5": "=C3"}
    assert raw('<row r="2"><c r="B2"><f>1</f></c></row>') == {"B2": "=1"}


def test_formulas_without_values_are_told_in_columns_of_every_type() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    sheet.append(ROW)
    sheet.append([2, "KCN Bắc Vinh", "Nhà máy B", *["=A1"] * 8])
    stream = io.BytesIO()
    book.save(stream)
    _, problems = read(stream.getvalue(), SMALL)
    told = {one.column for one in problems if one.notice == "cong_thuc_chua_tinh" and one.row == 3}
    assert told == {one.key for one in SMALL.columns[3:]}


# ------------------------------------------------------------------------------------------------------ old fonts


def test_texts_in_an_old_font_are_read_as_the_font_shows_them_headers_and_cells() -> None:
    texts: list[Any] = [written_in_tcvn3(str(title)) for title in HEADER]
    row: list[Any] = [written_in_tcvn3(one) if isinstance(one, str) else one for one in ROW]
    table, problems = read(writers.in_fonts([texts, row], ".VnTime", ".VnTimeH"), SMALL)
    assert column(table, "kcn_kkt") == ["KCN Bắc Vinh"]
    assert column(table, "tinh_trang") == ["Đang hoạt động"]
    told = [one for one in problems if one.notice == "bang_ma_cu"]
    assert {one.evidence["bang_ma"] for one in told} == {"TCVN3 (ABC)"}
    assert {one.cell: one.repair for one in told} == {
        **{f"{letter}1": str(title).upper() for letter, title in zip("CDEFGHIJK", HEADER[2:], strict=True)},
        "B2": "KCN Bắc Vinh",
        "C2": "Nhà máy A",
        "J2": "Đang hoạt động",
    }


def test_a_word_that_the_letters_alone_cannot_tell_is_told_by_its_font() -> None:
    assert cells(writers.in_fonts([["Hoà Chí Minh"]], "VNI-Times")) == {"A1": "Hồ Chí Minh"}
    assert cells(writers.in_fonts([["Hoà Bình"]], "Times New Roman")) == {"A1": "Hoà Bình"}


def test_unicode_cells_beside_an_old_font_stay_as_they_are() -> None:
    rows = [["C«ng ty"], ["Công ty Việt Á"], ["Hoà Bình"]]
    assert list(cells(writers.in_fonts(rows, ".VnTime")).values()) == ["Công ty", "Công ty Việt Á", "Hoà Bình"]


def test_old_texts_in_a_unicode_font_are_told_by_their_letters() -> None:
    texts: list[Any] = [written_in_tcvn3(str(title)) for title in HEADER]
    row: list[Any] = [written_in_tcvn3(one) if isinstance(one, str) else one for one in ROW]
    table, _ = read(xlsx({"A": [texts, row]}), SMALL)
    assert column(table, "ten_du_an") == ["Nhà máy A"]


def test_an_xls_in_an_old_font_is_read_as_the_font_shows_it() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    sheet.write(0, 0, "Hoà Chí Minh", xlwt.easyxf("font: name VNI-Times"))
    sheet.write(1, 0, "Hoà Bình")
    stream = io.BytesIO()
    book.save(stream)
    assert cells(stream.getvalue()) == {"A1": "Hồ Chí Minh", "A2": "Hoà Bình"}


def test_a_unicode_workbook_is_not_said_to_be_converted() -> None:
    _, problems = read(xlsx({"A": [HEADER, ROW]}), SMALL)
    assert "bang_ma_cu" not in {one.notice for one in problems}


# ----------------------------------------------------------------------------------- short, strict, damaged, panicking


def test_a_strict_workbook_is_read_whole() -> None:
    book = writers.strict(xlsx({"A": [HEADER, ROW]}))
    table, _ = read(book, SMALL)
    assert column(table, "ten_du_an") == ["Nhà máy A"]


def test_a_wrong_dimension_loses_no_row() -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, 400))
    assert len(cells(make_sheet(rows, dimension="A1"))) == 399


def test_hidden_rows_are_read() -> None:
    assert raw('<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>') == {
        "A1": 1, "A2": 2,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_what_the_fast_reader_cannot_read_the_second_one_does(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(data: bytes) -> Iterator[found.Found]:
        raise found.UnreadError

    monkeypatch.setattr("bot.sheet.workbook.read_fast", refuse)
    from tests.sheet.test_workbook import xls

    data = xls([["x", 1.5]], 4, 2) if kind == "xls" else xlsx({"A": [["x", 1.5]]}, at=(5, 3), merged=["C7:D8"])
    assert cells(data) == {"C5": "x", "D5": 1.5}
    assert [(one.top, one.left) for one in opened(data).sheets[0].merged] == ([] if kind == "xls" else [(6, 2)])


def test_a_panic_of_the_fast_reader_is_no_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(stream: object) -> None:
        raise PanicException

    monkeypatch.setattr("bot.sheet.found.CalamineWorkbook.from_object", panic, raising=False)
    monkeypatch.setattr("bot.sheet.found.CalamineWorkbook", type("Broken", (), {"from_object": staticmethod(panic)}))
    assert read_workbook(writers.ods("<table:table-row/>"), Limits()) == Unreadable(RefusalReason.DAMAGED)


@WITH_SAMPLES
def test_an_xls_that_claims_all_of_its_sheet_is_refused_before_memory_is_reserved() -> None:
    told = read_workbook((SAMPLES / "poi-spreadsheet" / "51535.xls").read_bytes(), Limits())
    assert told == Unreadable(RefusalReason.TOO_LARGE, "65.536 dòng × 256 cột")
