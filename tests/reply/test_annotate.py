from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from bot.adapters.content import read_templates
from bot.model import Finding, Place, Severity
from bot.reply.annotate import mark_workbook
from bot.reply.marked.marks import Entry
from bot.reply.marked.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openpyxl.workbook import Workbook

CORPORA = Path(__file__).parents[3] / "shared" / "corpora" / "sheet"
RED, YELLOW, BLUE = "FFFFC7CE", "FFFFEB9C", "FFDDEBF7"
LIST = "Danh sách lỗi"
TINY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def found(
    cell: str, sheet: str = "Biểu I.1", severity: Severity = Severity.ERROR, *, say: str = "Sai.", fix: str = "Sửa."
) -> Finding:
    return Finding("quy_tac", severity, "Tiêu đề", say, fix, Place(sheet, cell, 0, "Cột"))


WORDS = Words(read_templates(None))


def mark(data: bytes, findings: Sequence[Finding], file: str = "a.xlsx") -> bytes:
    """Mark with the numbers that a mail would give: errors, then queries, each by itself."""
    weights = (Severity.ERROR, Severity.QUERY)
    numbered = sorted((one for one in findings if one.severity in weights), key=lambda one: weights.index(one.severity))
    entries = [Entry(next((at for at, of in enumerate(numbered, 1) if of is one), 0), one) for one in findings]
    marked = mark_workbook(data, entries, WORDS, file=file, receipt="12-40-0031")
    assert marked is not None
    return marked.data


def opened(data: bytes) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of features it drops; they are compared by hash here
        return load_workbook(io.BytesIO(data))


def fill(book: Workbook, sheet: str, cell: str) -> str:
    return str(book[sheet][cell].fill.fgColor.rgb)


def note(book: Workbook, sheet: str, cell: str) -> str:
    comment = book[sheet][cell].comment
    return "" if comment is None else str(comment.text)


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def rewritten(data: bytes, changes: dict[str, Callable[[str], str | bytes | None]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            content = changes[name](text.decode()) if name in changes else text
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def made(fill_in: Callable[[Any, Any], None], name: str = "Biểu I.1") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill_in(book, book.add_worksheet(name))
    return out.getvalue()


@pytest.fixture(scope="module")
def plain() -> bytes:
    def fill_in(book: Any, sheet: Any) -> None:
        money = book.add_format({"num_format": "#,##0.00", "bold": True, "border": 1, "bg_color": "#00FF00"})
        for row in range(3, 9):
            sheet.write_row(row, 0, [row, f"KCN {row}", row * 1.5], money)

    return made(fill_in)


@pytest.fixture(scope="module")
def rich() -> bytes:
    def fill_in(book: Any, sheet: Any) -> None:
        sheet.write_row("A1", [1, 2, 3])
        sheet.write_formula("D1", "=SUM(A1:C1)", None, 6)
        sheet.merge_range("A3:C4", "gộp")
        sheet.set_column("B:B", 33)
        sheet.data_validation("A5:A9", {"validate": "list", "source": ["có", "không"]})
        sheet.conditional_format("A1:C1", {"type": "data_bar", "data_bar_2010": True})
        sheet.write_comment("B1", "Ghi chú của tỉnh", {"author": "Nghệ An"})
        sheet.insert_image("F2", "a.png", {"image_data": io.BytesIO(TINY_PNG)})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='Biểu I.1'!$A$1:$C$1"})
        sheet.insert_chart("F8", chart)
        sheet.print_area("A1:D9")
        book.define_name("tong", "='Biểu I.1'!$D$1")
        hidden = book.add_worksheet("O'Brien 2")
        hidden.write("A1", "ẩn")
        hidden.hide()
        hidden.repeat_rows(0)

    return made(fill_in)


def test_an_error_is_red_a_query_yellow_and_a_remark_blue(plain: bytes) -> None:
    findings = [found("A4"), found("B5", severity=Severity.QUERY), found("C6", severity=Severity.NOTE)]
    book = opened(mark(plain, findings))
    assert [fill(book, "Biểu I.1", cell) for cell in ("A4", "B5", "C6")] == [RED, YELLOW, BLUE]


def test_only_the_fill_of_a_marked_cell_changes(plain: bytes) -> None:
    before, after = opened(plain)["Biểu I.1"], opened(mark(plain, [found("C6")]))["Biểu I.1"]
    cell, old = after["C6"], before["C6"]
    assert (cell.value, cell.number_format) == (7.5, "#,##0.00")
    assert (repr(cell.font), repr(cell.border)) == (repr(old.font), repr(old.border))
    assert repr(after["C7"].fill) == repr(before["C7"].fill)


def test_the_note_says_what_is_wrong_and_how_to_fix_it(plain: bytes) -> None:
    book = opened(mark(plain, [found("C6", say="Đang ghi chữ.", fix="Ghi số, ví dụ 2005.")]))
    assert note(book, "Biểu I.1", "C6") == "Lỗi cần sửa: Tiêu đề. Đang ghi chữ.\nCách sửa: Ghi số, ví dụ 2005."


def test_several_findings_at_a_cell_make_one_note_and_the_worst_colours_it(plain: bytes) -> None:
    findings = [found("C6", severity=Severity.QUERY, say="Hỏi.", fix=""), found("C6", say="Sai.", fix="")]
    book = opened(mark(plain, findings))
    assert note(book, "Biểu I.1", "C6") == "Lỗi cần sửa: Tiêu đề. Sai.\nCần giải trình: Tiêu đề. Hỏi."
    assert fill(book, "Biểu I.1", "C6") == RED


@pytest.mark.parametrize("cell", ["A1", "B2", "D5", "AA5", "C12", "XFD1048576"])
def test_a_cell_that_is_not_in_the_sheet_is_put_in_at_its_place(plain: bytes, cell: str) -> None:
    book = opened(mark(plain, [found(cell), found("B6")]))
    assert (fill(book, "Biểu I.1", cell), fill(book, "Biểu I.1", "B6")) == (RED, RED)
    assert book["Biểu I.1"]["B6"].value == "KCN 5"


def test_a_mark_under_a_merged_cell_moves_to_the_cell_that_shows(rich: bytes) -> None:
    book = opened(mark(rich, [found("B4", say="Dưới ô gộp.")]))
    assert fill(book, "Biểu I.1", "A3") == RED
    assert "Dưới ô gộp." in note(book, "Biểu I.1", "A3")


def test_the_list_comes_first_with_errors_first_and_a_link_to_each_cell(rich: bytes) -> None:
    findings = [
        found("A1", severity=Severity.QUERY, say="Hỏi."),
        found("A1", "O'Brien 2", say="Trang ẩn.", fix="Xóa."),
        found("", say="Thiếu cột."),
    ]
    book = opened(mark(rich, findings))
    sheet = book[LIST]
    assert book.sheetnames == [LIST, "Biểu I.1", "O'Brien 2"]
    assert book.active is sheet
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(max_col=9)]
    assert [row[0] for row in rows[:4]] == [
        "Kết quả kiểm tra tệp “a.xlsx”",
        "Mã biên nhận: 12-40-0031. Số thứ tự dưới đây là số thứ tự trong thư trả lời.",
        (
            "Lỗi: 2 nội dung, còn phải sửa ở 2 chỗ (ô tô đỏ); cần giải trình: 1 nội dung ở 1 chỗ (ô tô vàng). "
            "Bấm vào địa chỉ ở cột Ô để đến đúng chỗ."
        ),
        "",
    ]
    assert rows[4:] == [
        ["STT", "Mức độ", "Trang", "Ô", "Cột", "Nội dung", "Cách sửa", "Đang ghi", "Bản này ghi"],
        [1, "Lỗi cần sửa", "O'Brien 2", "A1", "Cột", "Tiêu đề. Trang ẩn.", "Xóa.", "", ""],
        [2, "Lỗi cần sửa", "Biểu I.1", "", "Cột", "Tiêu đề. Thiếu cột.", "Sửa.", "", ""],
        [3, "Cần giải trình", "Biểu I.1", "A1", "Cột", "Tiêu đề. Hỏi.", "Sửa.", "", ""],
    ]
    links = {cell.coordinate: cell.hyperlink.location for (cell,) in sheet["D6:D8"] if cell.hyperlink}
    assert links == {"D6": "'O''Brien 2'!A1", "D8": "'Biểu I.1'!A1"}


def test_the_list_is_frozen_below_its_header_and_prints_on_the_width_of_a_page(plain: bytes) -> None:
    sheet = opened(mark(plain, [found("A4")]))[LIST]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A6", "$5:$5")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["F6"].alignment.wrap_text


def test_everything_else_is_the_senders_byte_for_byte(rich: bytes) -> None:
    marked = mark(rich, [found("A1"), found("B9")])
    before, after = parts(rich), parts(marked)
    assert {name for name in before if before[name] != after[name]} == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
    }  # fmt: skip
    assert set(after) - set(before) == {"xl/worksheets/sheet3.xml"}
    old, new = part(rich, "xl/worksheets/sheet1.xml"), part(marked, "xl/worksheets/sheet1.xml")
    for element in ("<f>SUM(A1:C1)</f>", "<cols>", "<mergeCells", "<conditionalFormatting", "<dataValidations", "<ext"):
        assert (element in old, element in new) == (True, True), element


def test_what_counts_sheets_is_shifted_by_the_new_first_one(rich: bytes) -> None:
    book = opened(mark(rich, [found("A1")]))
    assert str(book["Biểu I.1"].print_area) == "'Biểu I.1'!$A$1:$D$9"
    assert book["O'Brien 2"].print_title_rows == "$1:$1"
    assert book["O'Brien 2"].sheet_state == "hidden"
    assert book.defined_names["tong"].attr_text == "'Biểu I.1'!$D$1"
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == [LIST]


def test_the_senders_own_comments_stay_and_ours_are_added(rich: bytes) -> None:
    book = opened(marked := mark(rich, [found("A1", say="Mới."), found("B1", say="Thêm.")]))
    assert note(book, "Biểu I.1", "B1").startswith("Ghi chú của tỉnh")
    assert "Thêm." in note(book, "Biểu I.1", "B1")
    assert "Mới." in note(book, "Biểu I.1", "A1")
    assert part(marked, "xl/drawings/vmlDrawing1.vml").count('ObjectType="Note"') == 2


def test_a_marked_copy_that_comes_back_loses_its_old_marks(plain: bytes) -> None:
    first = mark(plain, [found("A4", say="Cũ."), found("B5")])
    book = opened(second := mark(first, [found("B5", say="Còn.")]))
    assert book.sheetnames == [LIST, "Biểu I.1"]
    assert [cell.value for cell in book[LIST]["F"][5:]] == ["Tiêu đề. Còn."]
    assert (fill(book, "Biểu I.1", "A4"), note(book, "Biểu I.1", "A4")) == ("00000000", "")
    assert (fill(book, "Biểu I.1", "B5"), note(book, "Biểu I.1", "B5").count("Lỗi")) == (RED, 1)
    assert part(second, "xl/drawings/vmlDrawing1.vml").count('ObjectType="Note"') == 1
    assert note(opened(mark(second, [])), "Biểu I.1", "B5") == ""


def test_a_sheet_of_the_senders_with_the_lists_name_stays_beside_it() -> None:
    marked = mark(made(lambda _, sheet: sheet.write("A1", "của tôi"), LIST.upper()), [found("A1", LIST.upper())])
    assert opened(marked).sheetnames == [f"{LIST} (2)", LIST.upper()]


HOSTILE = (
    '=HYPERLINK("http://evil.example","x")', "=cmd|'/C calc'!A0", "+1+1", "-1", "@SUM(A1)", "\t=1",
    "</t></is></c><c><f>1+1</f></c>", "<b>&amp;]]>", "a\x00b\x0bc\x1bd", "x\r\ny", "\u202excod.exe", "\ud800", "\ufffe",
    "_x000D_ _x0041_", "đ" * 40_000, "𝒳" * 20_000, '"\'><!--', "&#x0;&nbsp;",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(plain: bytes, text: str) -> None:
    finding = Finding("r", Severity.ERROR, text, text, text, Place("Biểu I.1", "B5", 5, text))
    book = opened(marked := mark(plain, [finding, found("A4", text)], file=text))
    assert all(cell.data_type != "f" for row in book[LIST].iter_rows() for cell in row)
    assert "<f>" not in part(marked, "xl/worksheets/sheet2.xml")
    assert all(len(str(cell.value or "").encode("utf-16-le")) <= 2 * 32_767 for cell in book[LIST]["F"])
    assert fill(book, "Biểu I.1", "B5") == RED
    assert note(book, "Biểu I.1", "B5")


def test_odd_spellings_of_a_sheet_are_marked_all_the_same() -> None:
    data = made(lambda _, sheet: sheet.write("B2", 7))
    rows = {
        "no addresses": "<row><c><v>1</v></c></row><row><c><v>6</v></c><c><v>7</v></c></row>",
        "apostrophes": "<row r = '2' spans='2:2'><c t='n' r='B2'><v>7</v></c></row>",
        "bare row": "<row r='1'/><row r='2'><c r='A2'/><c r='B2'><v>7</v></c></row>",
        "CDATA": "<row r='2'><c r='B2' t='inlineStr'><is><t><![CDATA[<row r=\"9\">]]></t></is></c></row>",
        "comment": "<!-- <row r='2'/> --><row r='2'><c r='B2'><v>7</v></c></row>",
        "nothing": "",
    }
    for name, xml in rows.items():
        text = f'<worksheet xmlns="{MAIN}"><sheetData>{xml}</sheetData></worksheet>'
        for spelled in (text, text.replace("<sheetData></sheetData>", "<sheetData/>")):
            odd = rewritten(data, {"xl/worksheets/sheet1.xml": lambda _, spelled=spelled: spelled})  # type: ignore[misc]
            book = opened(mark(odd, [found("B2"), found("C4")]))
            assert [fill(book, "Biểu I.1", cell) for cell in ("B2", "C4", "A2")] == [RED, RED, "00000000"], name


def test_a_prefixed_and_a_utf16_sheet_are_marked() -> None:
    data = made(lambda _, sheet: sheet.write("B2", 7))
    prefixed = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="B2"><x:v>7</x:v></x:c></x:row>'
    prefixed += "</x:sheetData></x:worksheet>"
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{prefixed}'.encode("utf-16")
    for sheet in (prefixed, wide):
        odd = rewritten(data, {"xl/worksheets/sheet1.xml": lambda _, sheet=sheet: sheet})  # type: ignore[misc]
        book = opened(mark(odd, [found("B2"), found("A1")]))
        assert book["Biểu I.1"]["B2"].value == 7
        assert [fill(book, "Biểu I.1", cell) for cell in ("B2", "A1")] == [RED, RED]


def test_a_strict_workbook_is_marked_in_its_own_namespaces(plain: bytes) -> None:
    def strict(text: str) -> str:
        text = text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        return text.replace("schemas.openxmlformats.org/officeDocument/2006", "purl.oclc.org/ooxml/officeDocument")

    sheets = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml")
    names = (*sheets, "_rels/.rels", "xl/_rels/workbook.xml.rels")
    marked = mark(rewritten(plain, dict.fromkeys(names, strict)), [found("B5")])
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/comments1.xml", "xl/workbook.xml"):
        assert MAIN not in part(marked, name)
    relations = part(marked, "xl/worksheets/_rels/sheet1.xml.rels")
    assert "purl.oclc.org/ooxml/officeDocument/relationships/comments" in relations


def test_a_workbook_without_styles_gets_some(plain: bytes) -> None:
    changes: dict[str, Callable[[str], str | bytes | None]] = {
        "xl/styles.xml": lambda _: None,
        "[Content_Types].xml": lambda text: _without(text, "/xl/styles.xml"),
        "xl/_rels/workbook.xml.rels": lambda text: _without(text, '"styles.xml"'),
        "xl/worksheets/sheet1.xml": lambda text: text.replace(' s="1"', ""),
    }
    assert fill(opened(mark(rewritten(plain, changes), [found("B5")])), "Biểu I.1", "B5") == RED


def _without(text: str, words: str) -> str:
    at = text.index(words)
    return text[: text.rindex("<", 0, at)] + text[text.index(">", at) + 1 :]


def test_what_is_no_workbook_of_parts_gives_none(plain: bytes) -> None:
    doctype = '<!DOCTYPE x [<!ENTITY a "b">]>'
    entity = {"xl/worksheets/sheet1.xml": lambda text: text.replace("<worksheet", doctype + "<worksheet")}
    disorder = {"xl/worksheets/sheet1.xml": lambda text: text.replace('<row r="9"', '<row r="2"')}
    cases = (b"", b"PK\3\4", b"\xd0\xcf\x11\xe0", plain[:900], rewritten(plain, {"xl/workbook.xml": lambda _: None}))
    for data in (*cases, rewritten(plain, entity), rewritten(plain, disorder)):
        assert mark_workbook(data, [Entry(1, found("B5"))], WORDS, file="a.xlsx") is None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_a_marked_copy(rich: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(mark(rich, [found("A1"), found("B1"), found("C9", say="Ô trống.")]))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)})
    with zipfile.ZipFile(tmp_path / "a.ods") as archive:
        content = archive.read("content.xml").decode()
    assert 'table:name="Danh sách lỗi"' in content
    assert content.count("<office:annotation ") == 3
    assert "Ô trống." in content
    assert "Object 1" in content


SAMPLE = sorted(CORPORA.rglob("*.xls[xm]"))[::5] if CORPORA.exists() else []


@pytest.mark.skipif(not SAMPLE, reason="the corpora are not beside the project")
def test_workbooks_of_every_writer_keep_their_values_and_get_their_marks() -> None:
    """A fifth of the corpora; those that openpyxl itself cannot open are not for this test."""
    tried = 0
    for path in SAMPLE:
        data = path.read_bytes()
        before = _opened_or_none(data)
        if before is None or len(data) > 300_000:
            continue
        tried += 1
        findings = [
            found(cell, sheet.title) for sheet in before.worksheets for cell in ("A1", "B3", f"C{sheet.max_row + 3}")
        ]
        after = opened(mark(data, findings))
        assert after.sheetnames[1:] == before.sheetnames, path.name
        for sheet in before.worksheets:
            assert _values(sheet) == _values(after[sheet.title]), (path.name, sheet.title)
            shown = f"C{sheet.max_row + 3}"
            assert fill(after, sheet.title, shown) == RED, (path.name, sheet.title)
            assert note(after, sheet.title, shown), (path.name, sheet.title)
    assert tried > 20


def _opened_or_none(data: bytes) -> Workbook | None:
    try:
        book = opened(data)
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except Exception:  # noqa: BLE001 - openpyxl raises of every kind for what it does not know
        return None
    # It takes dialogs and macro sheets for worksheets, but they have no cells that one could mark.
    plain = not any("dialogsheets/" in name or "macrosheets/" in name for name in names)
    return book if book.worksheets and plain else None


def _values(sheet: Any) -> dict[str, object]:
    """Only written cells; array formulas are objects that compare by identity."""
    cells = {key: cell.value for key, cell in sheet._cells.items() if cell.value is not None}
    return {key: getattr(value, "text", value) if hasattr(value, "ref") else value for key, value in cells.items()}
