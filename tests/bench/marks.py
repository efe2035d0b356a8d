"""The marked copy of a workbook with one error in a hundred rows, against the bare calamine read of the workbook."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.adapters.content import read_templates
from bot.model import Finding, Place, Severity
from bot.reply.annotate import mark_workbook
from bot.reply.marked.marks import Entry
from bot.reply.marked.words import Words
from tests.bench.intake import read_bare, seconds_of
from tests.fixtures.workbooks import PROJECT_FIRST_ROW, make_projects_workbook

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Marking:
    """What was measured for one size."""

    rows: int
    bare: float
    """Seconds, median."""
    marking: float
    """Seconds, median."""

    @property
    def ratio(self) -> float:
        """Return how many bare reads the marked copy takes."""
        return self.marking / self.bare


def measure_marking(rows: int, repeats: int, progress: Callable[[str], None]) -> Marking:
    """Measure both in turns, *repeats* times, in one run."""
    progress(f"making a workbook of {rows:,} rows")
    workbook, words = make_projects_workbook(rows), Words(read_templates(None))
    entries = [Entry(1, _found(f"Q{row}")) for row in range(PROJECT_FIRST_ROW, PROJECT_FIRST_ROW + rows, 100)]
    bare, marking = [], []
    for number in range(repeats + 1):
        progress(f"{rows:,} rows, round {number}")
        bare.append(seconds_of(lambda: read_bare(workbook)))
        marking.append(seconds_of(lambda: _mark(workbook, entries, words)))
    # The first round warms both sides up and is not counted.
    return Marking(rows, statistics.median(bare[1:]), statistics.median(marking[1:]))


def _mark(workbook: bytes, entries: list[Entry], words: Words) -> None:
    if mark_workbook(workbook, entries, words, file="a.xlsx", receipt="12-40-0031") is None:
        raise RuntimeError("the workbook could not be marked")


def _found(cell: str) -> Finding:
    say, fix = f"Ô {cell} đang ghi chữ", "Đề nghị chỉ ghi số trong ô; ví dụ cách ghi đúng: 1.234,5."
    place = Place("Biểu III.4", cell, 1, "Diện tích đất thuê (ha)")
    return Finding("khong_phai_so", Severity.ERROR, "Cột số đang ghi chữ", say, fix, place)
