"""A signed column that a province splits into "tăng" and "giảm" is one value: tăng less giảm."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.model import Form
from tests.sheet.forms import SMALL, column
from tests.sheet.grids import Grid, read, xlsx
from tests.sheet.grids import column as values

I_4 = Form(
    id="I.4",
    campaign="2012-kkt-kcn",
    title="Biểu I.4",
    source="test",
    rules=(),
    row_key=("ten_kcn",),
    sequence="tt",
    columns=(
        column("tt", "TT"),
        column("ten_kcn", "Tên KCN", required=True),
        column("duoc_duyet", "Diện tích quy hoạch được duyệt", "decimal", unit="ha", required=True),
        replace(
            column(
                "dieu_chinh",
                "Diện tích điều chỉnh tăng (+), giảm (−)|Diện tích tăng|Diện tích giảm"
                "|Diện tích điều chỉnh > Tăng|Diện tích điều chỉnh > Giảm",
                "decimal",
                unit="ha",
            ),
            sum=True,
        ),
        column("de_nghi", "Diện tích đề nghị đến năm 2020", "decimal", unit="ha", required=True),
    ),
)
LEFT: list[object] = ["TT", "Tên KCN", "Diện tích quy hoạch được duyệt"]


def grid(more: str, less: str, *cells: tuple[object, object]) -> Grid:
    rows = [[number, f"KCN {number}", 100, *pair, 100] for number, pair in enumerate(cells, 1)]
    return [[*LEFT, more, less, "Diện tích đề nghị đến năm 2020"], *rows]


def test_growth_less_shrinkage_whatever_sign_the_shrinkage_has() -> None:
    cells = [(58.2, None), (None, 91.8), (None, -91.8), (10, 4), (0, 0), (None, None), ("-", "12,5")]
    table, _ = read(xlsx({"S": grid("Diện tích tăng (ha)", "Diện tích giảm (ha)", *cells)}), I_4)
    assert values(table, "dieu_chinh") == [
        Decimal("58.2"), Decimal("-91.8"), Decimal("-91.8"), 6, 0, None, Decimal("-12.5"),
    ]  # fmt: skip
    assert table.sheets[0].address("dieu_chinh", 2) == "D2"
    assert [(one.letter, one.written, one.column) for one in table.understood] == [
        ("E", "Diện tích giảm (ha)", "Diện tích điều chỉnh tăng (+), giảm (−)")
    ]


def test_the_two_may_stand_in_any_order_and_under_one_heading() -> None:
    table, _ = read(xlsx({"S": grid("Diện tích giảm", "Diện tích tăng", (5, 2))}), I_4)
    assert values(table, "dieu_chinh") == [-3]
    rows: Grid = [
        [*LEFT, "Diện tích điều chỉnh", None, "Diện tích đề nghị đến năm 2020"],
        [None, None, None, "Tăng", "Giảm"],
        [1, "KCN 1", 100, None, 30, 70],
    ]
    for merged in (("D1:E1", "A1:A2", "B1:B2", "C1:C2", "F1:F2"), ()):
        table, _ = read(xlsx({"S": rows}, merged=merged), I_4)
        assert values(table, "dieu_chinh") == [-30]


def test_a_column_of_shrinkage_alone_is_negative() -> None:
    rows: Grid = [[*LEFT, "Diện tích giảm", "Diện tích đề nghị đến năm 2020"], [1, "KCN 1", 100, 30, 70]]
    table, _ = read(xlsx({"S": rows}), I_4)
    assert values(table, "dieu_chinh") == [-30]


def test_the_signed_column_itself_is_left_as_it_is() -> None:
    rows: Grid = [[*LEFT, "Diện tích tăng (+), giảm (−)", "Diện tích đề nghị đến năm 2020"], [1, "K", 100, -30, 70]]
    form = replace(
        I_4,
        columns=tuple(
            replace(one, header=(*one.header, "Diện tích tăng, giảm")) if one.key == "dieu_chinh" else one
            for one in I_4.columns
        ),
    )
    assert values(read(xlsx({"S": rows}), form)[0], "dieu_chinh") == [-30]


def test_the_row_of_totals_is_read_the_same_way() -> None:
    rows: Grid = [
        *grid("Diện tích tăng", "Diện tích giảm", (10, None), (None, 4)),
        [None, "Tổng cộng", 200, 10, 4, 200],
    ]
    table, _ = read(xlsx({"S": rows}), I_4)
    assert table.totals[0].values["dieu_chinh"] == 6


@pytest.mark.parametrize(("cells", "cell"), [(("chưa rõ", None), "D2"), ((None, "chưa rõ"), "E2")])
def test_a_cell_that_cannot_be_read_is_named_where_it_stands(cells: tuple[object, object], cell: str) -> None:
    table, [problem] = read(xlsx({"S": grid("Diện tích tăng", "Diện tích giảm", cells)}), I_4)
    assert problem.notice == "khong_phai_so"
    assert (problem.cell or table.sheets[0].address(problem.column, problem.row)) == cell
    assert table.bad == {"dieu_chinh": frozenset({(0, 2)})}
    assert values(table, "dieu_chinh") == [None]


def test_a_form_without_such_a_column_is_untouched() -> None:
    header: list[object] = ["TT", "KCN/KKT", "Tên dự án", "Diện tích đất thuê", "Lao động tăng", "Lao động giảm"]
    table, problems = read(xlsx({"S": [header, [1, "KCN A", "X", 1, 2, 3]]}), SMALL)
    assert (values(table, "dien_tich_ha"), problems) == ([1], ())
