"""What is merged over several rows belongs to each of them; what is summed counts once."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from bot.check.load import load_rulebook
from bot.model import Rulebook
from tests.check.small import RULES
from tests.sheet import writers
from tests.sheet.forms import SMALL
from tests.sheet.grids import column, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Form, Problem, Table

SUMMED = replace(
    SMALL, columns=tuple(replace(one, sum=one.key in ("dien_tich_ha", "lao_dong")) for one in SMALL.columns)
)


def read_merged(
    rows: list[list[object]], merged: Mapping[str, object], form: Form = SUMMED
) -> tuple[Table, tuple[Problem, ...]]:
    """Return the table below the header in row 1, after the ranges of *merged* were merged around their values."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("S")
    header: list[object] = [one.title for one in form.columns]
    for number, row in enumerate([header, *rows]):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, place, cell)
    for area, value in merged.items():
        sheet.merge_range(area, value)
    book.close()
    return read(stream.getvalue(), form)


def test_names_certificates_days_years_and_shares_belong_to_every_merged_row() -> None:
    rows: list[list[object]] = [[1, "KCN A", None, None, None, 2], [None, None, None, None, None, 3]]
    merged = {
        "A2:A3": 1, "B2:B3": "KCN A", "C2:C3": "Nhà máy 1", "D2:D3": "27211000001", "E2:E3": 41105, "H2:H3": 2010,
        "I2:I3": 55.5, "J2:J3": "Đang hoạt động",
    }  # fmt: skip
    table, problems = read_merged(rows, merged)
    assert problems == ()
    assert column(table, "_row") == [2, 3]
    for key in ("tt", "kcn_kkt", "ten_du_an", "so_gcndt", "ngay_cap", "nam_sxkd", "ty_le", "tinh_trang"):
        first, second = column(table, key)
        assert first == second is not None, key


def test_a_summed_number_merged_over_two_rows_counts_once_and_nobody_asks_for_the_second() -> None:
    rows: list[list[object]] = [[1, "KCN A", "Nhà máy 1"], [2, "KCN A", "Nhà máy 2"], [None, "Tổng cộng"]]
    table, problems = read_merged(rows, {"F2:F3": 12.5, "G2:G3": 20})
    assert problems == ()
    assert column(table, "dien_tich_ha") == [12.5, None]
    assert column(table, "lao_dong") == [20, None]
    assert table.bad == {"dien_tich_ha": frozenset({(0, 3)}), "lao_dong": frozenset({(0, 3)})}


def test_a_number_that_is_not_summed_belongs_to_every_row() -> None:
    rows: list[list[object]] = [[1, "KCN A", "Nhà máy 1"], [2, "KCN A", "Nhà máy 2"]]
    table, _ = read_merged(rows, {"F2:F3": 12.5}, SMALL)
    assert column(table, "dien_tich_ha") == [12.5, 12.5]


def test_rows_that_hold_nothing_of_their_own_stay_blank_under_a_merged_name() -> None:
    rows: list[list[object]] = [[1, None, None, None, None, 2], [2], [3, None, None, None, None, 4], []]
    table, _ = read_merged(rows, {"B2:B5": "KCN A", "C2:C5": "Nhà máy"})
    assert column(table, "_row") == [2, 4]
    assert column(table, "ten_du_an") == ["Nhà máy"] * 2


def test_an_empty_merged_cell_leaves_its_rows_empty() -> None:
    rows: list[list[object]] = [[1, "KCN A", "Nhà máy 1"], [2, "KCN A", "Nhà máy 2"]]
    table, _ = read_merged(rows, {"F2:F3": ""})
    assert (column(table, "dien_tich_ha"), table.bad) == ([None, None], {})


def test_a_merged_cell_that_cannot_be_used_is_named_once_where_it_begins() -> None:
    rows: list[list[object]] = [[1, "KCN A", "Nhà máy 1"], [2, "KCN A", "Nhà máy 2"]]
    table, problems = read_merged(rows, {"E2:E3": "hôm qua"})
    assert [(one.notice, table.sheets[0].address(one.column, one.row)) for one in problems] == [("ngay_sai", "E2")]
    assert table.bad["ngay_cap"] == frozenset({(0, 2), (0, 3)})


def test_names_merged_beyond_the_first_thousand_rows_are_filled() -> None:
    rows: list[list[object]] = [[number, None, f"Nhà máy {number}", None, None, 1] for number in range(1, 2101)]
    table, _ = read_merged(rows, {"B2:B2101": "KCN A"})
    assert column(table, "kcn_kkt") == ["KCN A"] * 2100


@pytest.fixture(scope="module")
def violations() -> Form:
    files = {one.relative_to(RULES).as_posix(): one for one in RULES.rglob("*") if one.suffix in (".toml", ".csv")}
    book = load_rulebook({name: path.read_bytes() for name, path in files.items()})
    assert isinstance(book, Rulebook), "\n".join(map(str, book))
    return book.form("2012-kkt-kcn/III.3")


def test_one_project_with_two_violations_in_the_ministrys_form(violations: Form) -> None:
    keys = [one.key for one in violations.columns]
    letters = {key: chr(65 + place) for place, key in enumerate(keys)}
    first: list[object] = [one.example or None for one in violations.columns]
    second: list[object] = [None] * len(keys)
    for key in ("linh_vuc_vi_pham", "noi_dung_vi_pham"):
        second[keys.index(key)] = first[keys.index(key)]
    merged = {
        f"{letters[key]}2:{letters[key]}3": first[keys.index(key)]
        for key in ("tt", "ten_du_an", "so_gcndt")
        if key in letters
    }
    table, _ = read_merged([first, second], merged, violations)
    assert len(set(column(table, "so_gcndt"))) == 1
    assert None not in column(table, "so_gcndt")


def test_merged_cells_of_an_ods_are_repeated_as_those_of_an_xlsx() -> None:
    def cell(value: object, spans: str = "") -> str:
        return f'<table:table-cell office:value-type="string"{spans}><text:p>{value}</text:p></table:table-cell>'

    covered = "<table:covered-table-cell/>"
    keys = ("tt", "kcn_kkt", "ten_du_an", "dien_tich_ha")
    rows = (
        "".join(cell(SUMMED.column(key).title, ' table:number-rows-spanned="2"') for key in keys),
        covered * len(keys),
        cell(1) + cell("KCN Bắc Vinh", ' table:number-rows-spanned="2"') + cell("Nhà máy A") + cell("12,5"),
        cell(2) + covered + cell("Nhà máy B") + cell("7,5"),
    )
    data = writers.ods("".join(f"<table:table-row>{row}</table:table-row>" for row in rows))
    table, _ = read(data, SUMMED)
    assert column(table, "kcn_kkt") == ["KCN Bắc Vinh", "KCN Bắc Vinh"]
    assert column(table, "_row") == [3, 4]
