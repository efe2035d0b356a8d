"""Tables that come as a web page, as XML or as text are read like those of a workbook, each cell at its address."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.model import RefusalReason, Unreadable
from bot.sheet.content import Kind, kind_of
from bot.sheet.workbook import Limits, Merge, read_workbook
from tests.sheet import writers
from tests.sheet.forms import SMALL
from tests.sheet.grids import column, opened, read
from tests.sheet.test_legacy import written_in_tcvn3
from tests.sheet.test_second_look import HEADER, ROW, cells

TEXTS = [list(map(str, HEADER)), ["" if one is None else str(one) for one in ROW]]


def html(rows: list[list[str]], tag: str = "td") -> str:
    body = "".join("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in row) + "</tr>" for row in rows)
    return f"<html><head><title>Biểu</title></head><body><table border=1>{body}</table></body></html>"


# ---------------------------------------------------------------------------------------------- delimited text


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimited_text_is_a_workbook_whatever_its_mark_and_coding(mark: str, coding: str) -> None:
    text = "\r\n".join(mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in TEXTS)
    table, _ = read(text.encode(coding), SMALL)
    assert column(table, "ten_du_an") == ["Nhà máy A"]
    assert [float(one) for one in column(table, "dien_tich_ha")] == [12.5]


def test_delimited_text_in_tcvn3_is_read_and_said_to_be_converted() -> None:
    text = "\n".join(written_in_tcvn3(";".join(row)) for row in TEXTS).encode("latin-1")
    table, problems = read(text, SMALL)
    assert column(table, "ten_du_an") == ["Nhà máy A"]
    assert [one.evidence["bang_ma"] for one in problems if one.notice == "bang_ma_cu"] == ["TCVN3 (ABC)"]


def test_the_mark_that_excel_declares_is_no_row_and_no_guess() -> None:
    assert cells(b'sep=,\r\n"1,5",x\r\n2;3,y') == {"A1": "1,5", "B1": "x", "A2": "2;3", "B2": "y"}


def test_only_digits_without_any_separator_become_numbers() -> None:
    seen = cells(b"12;012;1.234;-7;1234567890123456\n;;;;x")
    assert seen == {"A1": 12, "B1": "012", "C1": "1.234", "D1": -7, "E1": "1234567890123456", "E2": "x"}


def test_a_line_break_in_a_quoted_cell_is_none_between_rows() -> None:
    assert cells(b'a;"b\nc"\nd;e') == {"A1": "a", "B1": "b\nc", "A2": "d", "B2": "e"}


@pytest.mark.parametrize(
    "data", [b"Kinh gui,\nDe nghi xem xet.\nTran trong", b"mot dong", b"a;b\0c;d\ne;f", b'x;"y\nz']
)
def test_text_without_a_table_is_refused(data: bytes) -> None:
    told = read_workbook(data, Limits())
    assert isinstance(told, Unreadable)
    assert told.reason is RefusalReason.WRONG_TYPE


# ---------------------------------------------------------------------------------------------------- web pages


def test_a_web_page_called_xls_is_a_workbook() -> None:
    table, _ = read(html(TEXTS).encode(), SMALL)
    assert column(table, "kcn_kkt") == ["KCN Bắc Vinh"]
    assert opened(html(TEXTS).encode()).sheets[0].name == "Biểu"


def test_titles_stay_above_their_table_and_spans_become_merged_cells() -> None:
    page = (
        "<h2>Biểu I.1</h2><div><p>Đơn vị: ha</p></div><table><tr><th rowspan=2>TT</th><th colspan='2'>Diện tích</th>"
        "</tr><tr><th>Tổng</th><th>Cho&nbsp;thuê</th></tr><tr><td>1</td><td>2</td><td>3<br>4</td></tr></table>"
    ).encode()
    assert cells(page) == {
        "A1": "Biểu I.1", "A2": "Đơn vị: ha", "A3": "TT", "B3": "Diện tích", "B4": "Tổng", "C4": "Cho thuê", "A5": "1",
        "B5": "2", "C5": "3\n4",
    }  # fmt: skip
    assert opened(page).sheets[0].merged == (Merge(2, 0, 3, 0), Merge(2, 1, 2, 2))


def test_the_exact_number_that_excel_keeps_beside_the_text_counts() -> None:
    row = b'<td x:num="1234.567">1.235</td><td x:num>12.5</td><td x:num>1.234,5</td>'
    assert cells(b"<table><tr>" + row + b"</tr></table>") == {"A1": 1234.567, "B1": 12.5, "C1": "1.234,5"}


def test_a_page_with_all_its_files_in_one_is_read() -> None:
    page = html([["a", "bó"]]).replace("=", "=3D").encode().replace("ó".encode(), b"=C3=B3")
    archive = (
        b'MIME-Version: 1.0\nX-Document-Type: Workbook\nContent-Type: multipart/related; boundary="--x"\n\n----x\n'
        b'Content-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n'
        + page
        + b"\n----x--"
    )
    assert cells(archive) == {"A1": "a", "B1": "bó"}


def test_a_span_of_a_billion_reserves_nothing() -> None:
    page = b"<table><tr><td rowspan=99999999 colspan=99999999>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    assert cells(page)["A1"] == "a"


def test_a_page_without_a_table_is_named_as_one() -> None:
    assert read_workbook(b"<html><p>a</p></html>", Limits()) == Unreadable(RefusalReason.WRONG_TYPE, "trang web (HTML)")


# ----------------------------------------------------------------------------------------------- XML 2003, flat ODS


def test_excel_xml_2003_keeps_types_places_merges_errors_and_uncalculated_formulas() -> None:
    data = writers.spreadsheetml(
        '<Row ss:Index="3"><Cell ss:Index="2" ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">Tên</Data>'
        '</Cell><Cell><Data ss:Type="Number">1.5</Data></Cell></Row><Row><Cell ss:Index="5"><Data ss:Type="DateTime">'
        '2012-07-15T00:00:00.000</Data></Cell></Row><Row><Cell><Data ss:Type="Boolean">1</Data></Cell><Cell '
        'ss:Formula="=R1C1"/><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row>'
    )
    assert kind_of(data) is Kind.EXCEL_XML
    assert cells(data) == {
        "B3": "Tên", "D3": 1.5, "E4": datetime(2012, 7, 15), "A5": True, "B5": "=R1C1", "C5": "#N/A",  # noqa: DTZ001
    }  # fmt: skip
    assert opened(data).sheets[0].merged == (Merge(2, 1, 3, 2),)


def test_flat_opendocument_keeps_types_places_and_repeated_cells() -> None:
    data = writers.flat_ods(
        '<table:table-row table:number-rows-repeated="2"/><table:table-row><table:table-cell '
        'table:number-columns-repeated="2"/><table:table-cell office:value-type="date" office:date-value="2012-07-15"/>'
        '<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="2"/>'
        '<table:table-cell office:value-type="string"><text:p>Tên</text:p><text:p>dự án</text:p></table:table-cell>'
        '</table:table-row><table:table-row table:number-rows-repeated="1048573"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert kind_of(data) is Kind.FLAT_ODS
    assert cells(data) == {"C3": date(2012, 7, 15), "D3": 7, "E3": 7, "F3": "Tên\ndự án"}


@pytest.mark.parametrize(
    "data",
    [
        writers.spreadsheetml("<Row><Cell></Row>"),
        writers.flat_ods("<table:table-row>"),
        writers.spreadsheetml("")[:-30],
    ],
)
def test_broken_xml_is_damaged(data: bytes) -> None:
    assert read_workbook(data, Limits()) == Unreadable(RefusalReason.DAMAGED)


def test_entities_are_not_resolved_and_two_far_cells_are_too_large() -> None:
    bomb = writers.spreadsheetml('<Row><Cell><Data ss:Type="String">&x;</Data></Cell></Row>').replace(
        b"<Workbook", b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]><Workbook', 1
    )
    assert cells(bomb) == {"A1": "&x;"}
    far = writers.spreadsheetml(
        "<Row><Cell><Data>a</Data></Cell></Row>"
        '<Row ss:Index="1048576"><Cell ss:Index="16384"><Data>b</Data></Cell></Row>'
    )
    assert read_workbook(far, Limits()) == Unreadable(RefusalReason.TOO_LARGE, "1.048.576 dòng × 16.384 cột")


def test_markup_is_bounded_in_bytes_and_in_cells() -> None:
    assert read_workbook(html(TEXTS).encode(), Limits(markup=100)) == Unreadable(RefusalReason.TOO_LARGE, "0 MB")
    assert read_workbook(html(TEXTS).encode(), Limits(written=5)) == Unreadable(RefusalReason.TOO_LARGE, "hơn 5 ô")
