"""How cells of our workbooks look: each look is put together once."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from openpyxl.styles import Border, PatternFill

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.styles import Alignment, Font

NO_FRAME, NO_FILL = Border(), PatternFill()


class Looks:
    """The looks of one workbook. The library compares fonts and borders anew for each cell that is given one.

    That costs more than all the rest of a workbook, so a cell gets the number under which the library knows a look.
    Parts are told apart by identity: they are to be constants of the caller's.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int, int, str], tuple[object, ...]] = {}

    def dress(
        self,
        cell: Cell,
        font: Font,
        alignment: Alignment,
        border: Border = NO_FRAME,
        fill: PatternFill = NO_FILL,
        number_format: str = "General",
    ) -> None:
        """Give *cell* that look."""
        look = (id(font), id(alignment), id(border), id(fill), number_format)
        if look not in self._known:
            cell.font, cell.alignment, cell.border, cell.fill = font, alignment, border, fill
            cell.number_format = number_format
            # The parts are kept beside the style, so that nothing else can take their identity.
            self._known[look] = (copy(cell._style), font, alignment, border, fill)  # type: ignore[attr-defined]  # the stubs leave it out
        cell._style = copy(self._known[look][0])  # type: ignore[attr-defined]
