"""Two cells in opposite corners of a sheet must be refused before the reader reserves what lies between."""

from __future__ import annotations

import pytest

from bot.model import RefusalReason, Unreadable
from bot.sheet.extent import Extent, widest_extent
from bot.sheet.workbook import Limits, Workbook, read_workbook
from tests.flow.bombs import cell, far_apart, make_sheet

LIMIT = Limits().cells
PADDING = f"<!--{'x' * 100_000}-->"


def row(*places: str) -> str:
    return f"<row>{''.join(cell(place) for place in places)}</row>"


def test_a_workbook_with_only_its_two_corners_filled_is_too_large_and_told_so() -> None:
    assert len(far_apart()) < 2048
    told = read_workbook(far_apart(), Limits())
    assert told == Unreadable(RefusalReason.TOO_LARGE, "1.048.576 dòng × 16.384 cột")


@pytest.mark.parametrize("dimension", ["", "A1", "A1:B2"])
def test_a_small_sheet_is_looked_through_whatever_it_claims(dimension: str) -> None:
    assert widest_extent(make_sheet(row("A1", "XFD1048576"), dimension=dimension), LIMIT) == Extent(1048576, 16384)


def test_a_large_sheet_is_looked_through_where_it_claims_too_much() -> None:
    far = row("B2") + PADDING + row("K1048576")
    assert widest_extent(make_sheet(far, dimension="B2:K1048576"), LIMIT) == Extent(1048575, 10)
    assert widest_extent(make_sheet(far, dimension="A1"), LIMIT) is None  # not believed to be worth a full look


def test_a_cell_on_the_border_between_two_pieces_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sheet.extent._PIECE", 16)
    assert widest_extent(make_sheet(row("A1", "XFD1048576")), LIMIT) == Extent(1048576, 16384)


@pytest.mark.parametrize(
    "empty",
    ['<c r="XFD1048576" s="1"/>', '<c r="XFD1048576" s="1"></c>', '<c r="XFD1048576" t="s"><v/></c>'],
)
def test_cells_that_are_only_formatted_do_not_count(empty: str) -> None:
    formatted = make_sheet(f"{row('A1', 'B1')}<row>{empty}</row>", dimension="A1:XFD1048576")
    assert isinstance(read_workbook(formatted, Limits()), Workbook)


@pytest.mark.parametrize("far", ['<x:c r="XFD1048576" t="inlineStr">\n <x:is><x:t>a</x:t></x:is></x:c>',
                                 '<c s="3" r="XFD1048576"><f>A1</f><v>2</v></c>'])  # fmt: skip
def test_filled_cells_are_seen_in_every_spelling(far: str) -> None:
    assert widest_extent(make_sheet(row("A1") + far), LIMIT) == Extent(1048576, 16384)


def test_a_large_honest_sheet_and_a_file_that_is_no_zip_have_nothing_to_be_refused_for() -> None:
    rows = "".join(row(f"A{number}", f"AG{number}") for number in range(1, 3000))
    assert widest_extent(make_sheet(rows, dimension="A1:AG2999"), LIMIT) is None
    assert widest_extent(b"PK\x03\x04 broken", LIMIT) is None
