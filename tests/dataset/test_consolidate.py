"""The consolidated table: the fold of what was accepted, with where each row came from."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.content import read_templates
from bot.check.load import load_rulebook
from bot.dataset import book
from bot.language import VIETNAM
from bot.model import Act, Outcome, Rulebook, Ruling, Shortlist
from bot.phrases import Phrases
from bot.runners.export import WORDS, TablesLost, gather, write_export
from tests.check.small import FORM, files
from tests.fixtures.accepted import FIRST_ROW, Store, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import Form
    from bot.runners.export import Gathered

NOW = datetime(2012, 12, 1, 9, 0, tzinfo=VIETNAM)
PHRASES = Phrases(read_templates(None), WORDS)
_LOADED = load_rulebook(files(FORM))
assert isinstance(_LOADED, Rulebook)
RULEBOOK = _LOADED
A = RULEBOOK.form("thu/A")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def gathered(store: Store, form: Form = A, *, today: bool = False, rulebook: Rulebook = RULEBOOK) -> Gathered:
    return gather(store.ledger, store.vault, rulebook, form, rulebook.campaign("thu"), NOW, today=today)


def written(given: Gathered, suffix: str) -> bytes:
    file = io.BytesIO()
    write_export(file, suffix, given, PHRASES, lambda: None)
    return file.getvalue()


def parquet(given: Gathered) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(written(given, ".parquet"))).to_pylist()
    return rows


def sheets(given: Gathered) -> dict[str, list[tuple[Any, ...]]]:
    opened = openpyxl.load_workbook(io.BytesIO(written(given, ".xlsx")))
    return {one.title: list(one.iter_rows(values_only=True)) for one in opened}


def links(sheet: Any) -> list[str | None]:
    """Return where the cells of a sheet point to, row by row."""
    return [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]


# -- the oracle ------------------------------------------------------------------------------------------------

_STEPS = st.lists(
    st.tuples(st.sampled_from(["01", "40"]), st.sampled_from(["accepted", "returned", *Act]), st.integers(0, 3)),
    max_size=12,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_the_table_is_the_fold_of_what_counts(
    steps: list[tuple[str, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = Store(tmp_path_factory.mktemp("fold"))
    sent: dict[str, list[dict[str, Any]]] = {"01": [], "40": []}
    for number, (reporter, what, size) in enumerate(steps):
        mine = sent[reporter]
        if what in ("accepted", "returned"):
            rows = [{"ten": f"Khu {number}.{at}", "dien_tich": Decimal(at)} for at in range(size)]
            receipt = store.send(reporter, A, rows_of(A, *rows), revision=len(mine) + 1, verdict=Outcome(what))
            mine.append({"receipt": receipt, "counts": what, "names": [row["ten"] for row in rows]})
        elif mine:
            chosen = mine[size % len(mine)]
            shown = store.ledger.show(chosen["receipt"])
            assert shown is not None
            ruling = Ruling(Act(what), "van-thu", NOW, "Thử", chosen["counts"])
            store.ledger.rule_on(shown.id, 0, ruling)
            chosen["counts"] = store.ledger.counts_as(Act(what))
    expected = [
        (reporter, last["receipt"], name)
        for reporter, mine in sent.items()
        for last in [one for one in mine if one["counts"] == "accepted"][-1:]
        for name in last["names"]
    ]
    found = gathered(store)
    assert [(row["ma_don_vi"], row["ma_bien_nhan"], row["ten"]) for row in parquet(found)] == expected
    assert {one.body.code for one in found.missing} == {
        reporter for reporter, mine in sent.items() if all(one["counts"] != "accepted" for one in mine)
    }
    store.ledger.close()


# -- rows ------------------------------------------------------------------------------------------------------


def test_each_row_says_where_it_came_from(store: Store) -> None:
    data = pa.concat_tables([rows_of(A, {"ten": "Khu Một"}), rows_of(A, {"ten": "Khu Hai"})])
    data = data.set_column(0, "_sheet", pa.array([0, 1], pa.int16()))
    receipt = store.send("40", A, data, sheets=("Trang một", "Trang 2"), revision=3)

    first, second = parquet(gathered(store))
    assert (first["don_vi"], first["lan_nop"], first["ma_bien_nhan"]) == ("Nghệ An", 3, receipt)
    assert (first["tep"], first["trang"], first["dong"]) == ("A lần 3.xlsx", "Trang một", FIRST_ROW)
    assert second["trang"] == "Trang 2"
    assert first["thoi_diem_nhan"] == datetime(2012, 11, 1, 10, 0)  # noqa: DTZ001  cells have no time zone


def test_every_cell_is_the_same_in_all_kinds_of_files(store: Store) -> None:
    row = {
        "ten": 'Khu <A> & "B"\ndòng hai',
        "dien_tich": Decimal("12.5"),
        "so_nguoi": 30,
        "nam": 2005,
        "ngay": date(2005, 7, 15),
    }
    store.send("40", A, rows_of(A, row, {"ten": "Khu trống"}))
    found = gathered(store)

    (kept, _), sheet = parquet(found), sheets(found)["A"]
    assert {key: kept[key] for key in row} == row
    shown = dict(zip(sheet[0], sheet[1], strict=True))
    assert shown["Tên khu"] == row["ten"]
    assert (shown["Diện tích (ha)"], shown["Số người"], shown["Năm"]) == (12.5, 30, 2005)
    assert shown["Ngày"] == datetime(2005, 7, 15)  # noqa: DTZ001
    assert dict(zip(sheet[0], sheet[2], strict=True))["Diện tích (ha)"] is None
    csv = written(found, ".csv")
    assert csv.startswith(b"\xef\xbb\xbf")
    assert '"Khu <A> & ""B""\ndòng hai"' in csv.decode("utf-8-sig")
    assert ',"12.5",' in csv.decode("utf-8-sig")


@pytest.mark.parametrize("payload", ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")'])
def test_threat_14_a_text_that_looks_like_a_formula_stays_a_text(store: Store, payload: str) -> None:
    store.send("40", A, rows_of(A, {"ten": payload}))
    found = gathered(store)

    opened = openpyxl.load_workbook(io.BytesIO(written(found, ".xlsx")))
    cells = [cell for sheet in opened for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    own = [cell for cell in cells if cell.value == payload]
    assert own
    assert all(cell.quotePrefix for cell in own)
    line = written(found, ".csv").decode("utf-8-sig").splitlines()[1]
    assert f"'{payload}".replace('"', '""') in line


def test_threat_15_what_xml_cannot_hold_costs_only_itself(store: Store) -> None:
    store.send("40", A, rows_of(A, {"ten": "a\x01b\x0bc _x0041_ d"}, {"ten": "x" * 40_000}))
    names = [row[4] for row in sheets(gathered(store))["A"][1:]]
    # Excel reads _xHHHH_ as a character (ECMA-376 part 1, 22.9.2.19); openpyxl leaves it as it stands.
    assert names[0] == "abc _x005F_x0041_ d"
    assert names[1] == "x" * 32_767


def test_a_table_kept_under_an_earlier_edition_of_its_form_is_read_as_far_as_it_goes(store: Store) -> None:
    old = rows_of(A, {"ten": "Khu Một", "so_nguoi": 30, "dien_tich": Decimal("1.5")})
    old = old.drop_columns(["nam"]).set_column(old.schema.get_field_index("so_nguoi"), "so_nguoi", pa.array(["30"]))
    store.send("40", A, old)

    (row,) = parquet(gathered(store))
    assert (row["ten"], row["so_nguoi"], row["nam"], row["dien_tich"]) == ("Khu Một", 30, None, Decimal("1.5"))


def test_a_lost_table_is_told_and_not_left_out(store: Store) -> None:
    receipt = store.send("40", A, rows_of(A, {"ten": "Khu Một"}))
    shown = store.ledger.show(receipt)
    assert shown is not None
    store.vault.path(shown.parts[0].table).unlink()

    with pytest.raises(TablesLost, match=receipt):
        gathered(store)


# -- the other sheets ------------------------------------------------------------------------------------------


def test_a_receipt_points_to_its_line_among_the_sources(store: Store) -> None:
    store.send("01", A, rows_of(A, {"ten": "Một"}))
    receipt = store.send("40", A, rows_of(A, {"ten": "Hai"}, {"ten": "Ba"}))

    opened = openpyxl.load_workbook(io.BytesIO(written(gathered(store), ".xlsx")))
    assert links(opened["A"]) == ["'Nguồn'!A2", "'Nguồn'!A3", "'Nguồn'!A3"]
    assert opened["Nguồn"]["A3"].value == receipt


def test_a_long_table_goes_on_upon_the_next_sheet(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_ROWS", 4)
    store.send("01", A, rows_of(A, {"ten": "1"}, {"ten": "2"}))
    store.send("40", A, rows_of(A, *({"ten": str(at)} for at in range(3, 8))))

    opened = openpyxl.load_workbook(io.BytesIO(written(gathered(store), ".xlsx")))
    names = [one for one in opened.sheetnames if one.startswith("A")]
    assert names == ["A", "A (2)", "A (3)"]
    assert [[row[4] for row in opened[one].iter_rows(min_row=2, values_only=True)] for one in names] == [
        ["1", "2", "3"],
        ["4", "5", "6"],
        ["7"],
    ]
    assert links(opened["A"]) == ["'Nguồn'!A2", "'Nguồn'!A2", "'Nguồn'!A3"]


def test_who_is_missing_stands_on_a_sheet_of_its_own(store: Store) -> None:
    store.send("01", A, rows_of(A, {"ten": "Một"}))
    returned = store.send("40", A, rows_of(A, {"ten": "Hai"}), verdict=Outcome.RETURNED)

    titles, row = sheets(gathered(store))["Chưa có"]
    told = dict(zip(titles, row, strict=True))
    assert (told["Đơn vị báo cáo"], told["Tình hình"], told["Thời hạn"]) == (
        "Nghệ An",
        "cần chỉnh sửa",
        "trước ngày 15/7/2012",
    )
    assert (told["Số ngày quá hạn"], told["Mã biên nhận"]) == (139, returned)


def test_sums_put_together_what_differs_only_in_accents(store: Store) -> None:
    form = replace(A, zone="ten", totals=("nhom",))
    store.send(
        "01", A, rows_of(A, *({"ten": "Một", "nhom": "Nhật Bản", "dien_tich": Decimal("1.5")} for _ in range(2)))
    )
    store.send("40", A, rows_of(A, {"ten": "Hai", "nhom": "NHAT BAN", "dien_tich": Decimal(2)}, {"ten": "Ba"}))

    found = sheets(gathered(store, form))
    assert [row[:3] for row in found["Theo nhóm"][1:]] == [("Nhật Bản", 3, 5), (None, 1, None)]
    assert [row[:4] for row in found["Theo khu"][1:]] == [
        ("Hà Nội", "Một", 2, 3),
        ("Nghệ An", "Ba", 1, None),
        ("Nghệ An", "Hai", 1, 2),
    ]
    assert [row[:4] for row in found["Theo đơn vị báo cáo"][1:]] == [("01", "Hà Nội", 2, 3), ("40", "Nghệ An", 2, 2)]


def test_what_the_ministry_looks_at_first_is_listed_with_every_reason(store: Store) -> None:
    form = replace(
        A,
        shortlist=(
            Shortlist("Chậm", "nhom = 'chậm'"),
            Shortlist("Có trong B", 'ten IN (SELECT ten FROM "thu/B")', ("thu/B",)),
        ),
    )
    store.send("01", A, rows_of(A, {"ten": "Một", "nhom": "chậm"}, {"ten": "Hai"}))
    store.send("40", A, rows_of(A, {"ten": "Một", "nhom": "chậm"}, {"ten": "Hai"}, {"ten": "Ba"}))
    store.send("40", replace(A, id="B"), rows_of(A, {"ten": "Hai"}, {"ten": "Một"}), campaign="thu")

    rows = sheets(gathered(store, form))["Xem xét khi kiểm tra"][1:]
    assert [(row[0], row[2], row[5]) for row in rows] == [
        ("Chậm", "Hà Nội", "Một"),
        ("Chậm; Có trong B", "Nghệ An", "Một"),
        ("Có trong B", "Nghệ An", "Hai"),
    ]


def test_a_merged_province_keeps_its_rows_and_counts_for_the_body_of_today(store: Store) -> None:
    one, other = RULEBOOK.reporters
    later = replace(RULEBOOK, reporters=(replace(one, successor="40"), other))
    store.send("01", A, rows_of(A, {"ten": "Một", "dien_tich": Decimal(1)}))
    store.send("40", A, rows_of(A, {"ten": "Hai", "dien_tich": Decimal(2)}))

    found = gathered(store, today=True, rulebook=later)
    assert [(row["don_vi"], row["don_vi_hien_nay"]) for row in parquet(found)] == [
        ("Hà Nội", "Nghệ An"),
        ("Nghệ An", "Nghệ An"),
    ]
    assert [row[:4] for row in sheets(found)["Theo đơn vị hiện nay"][1:]] == [("40", "Nghệ An", 2, 3)]
