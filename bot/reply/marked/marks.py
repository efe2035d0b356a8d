"""Which cells are marked, and the fixed words of the list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.language import nfc
from bot.model import Severity, letter_of, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.model import Finding

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

Cell = tuple[int, int]
"""Row and column, both counted from 1."""
Marks = dict[Cell, list["Finding"]]
"""The findings of one sheet, by cell."""

_RANK = {Severity.ERROR: 0, Severity.QUERY: 1, Severity.NOTE: 2}
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True)
class Words:
    """The fixed words of the list sheet and the notes; a ministry may hand in its own."""

    sheet: str = "Danh sách lỗi"
    columns: tuple[str, ...] = ("STT", "Mức độ", "Trang", "Ô", "Cột", "Nội dung", "Cách sửa")
    severities: Mapping[Severity, str] = field(
        default_factory=lambda: {
            Severity.ERROR: "Lỗi cần sửa",
            Severity.QUERY: "Cần giải trình",
            Severity.NOTE: "Ghi chú",
        }
    )
    fix: str = "Cách sửa"
    author: str = "Hệ thống tiếp nhận báo cáo"


def told(finding: Finding) -> str:
    """Return what is wrong in general, then what was seen here."""
    return finding.say if finding.say.startswith(finding.title) else f"{finding.title}. {finding.say}"


def rank(severity: Severity) -> int:
    """Return 0 for the worst."""
    return _RANK[severity]


def worst(findings: Iterable[Finding]) -> Severity:
    """Return the severity that colours a cell."""
    return min((one.severity for one in findings), key=rank)


def cell_of(address: str) -> Cell | None:
    """Return row and column of ``J14``, or None for what is no cell of a sheet."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return None
    row, column = int(match[2]), number_of(match[1])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def address_of(cell: Cell) -> str:
    """Return ``J14`` for (14, 10)."""
    return f"{letter_of(cell[1])}{cell[0]}"


def match_sheet(name: str, names: Sequence[str]) -> int | None:
    """Return the index of the sheet of that name: as written, or else as Excel compares names, or None."""
    if name in names:
        return names.index(name)
    folded = [nfc(one).casefold() for one in names]
    wanted = nfc(name).casefold()
    return folded.index(wanted) if wanted in folded else None


def marks_by_sheet(findings: Iterable[Finding], names: Sequence[str]) -> dict[int, Marks]:
    """Return sheet index → cell → findings; findings without a cell that exists are left to the list."""
    by_sheet: dict[int, Marks] = {}
    indices: dict[str, int | None] = {}
    for one in findings:
        cell = cell_of(one.place.cell)
        if one.place.sheet not in indices:
            indices[one.place.sheet] = match_sheet(one.place.sheet, names)
        index = indices[one.place.sheet]
        if cell is not None and index is not None:
            by_sheet.setdefault(index, {}).setdefault(cell, []).append(one)
    return by_sheet
