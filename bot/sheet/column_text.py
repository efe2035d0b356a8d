"""Columns of text, of identifiers, and of values from a list."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bot.language import fold, one_line
from bot.sheet.column import Filled, Notes, as_text, positions
from bot.sheet.grid import Uncalculated
from bot.sheet.slips import nearest_choice
from bot.sheet.value import ERROR_VALUES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Column
    from bot.sheet.workbook import Cell


class TextReader:
    """Text and identifiers: composed (NFC), trimmed, null where nothing is left."""

    def __init__(self, column: Column) -> None:
        self._notes = Notes(column)
        self._chunks: list[pa.Array] = []
        self._is_identifier = column.type == "identifier"
        self._hash_seen = False
        self._formulas: list[int] = []
        self._blanks: list[tuple[int, str, str]] = []
        """Position, text and trimmed text of identifiers that have blanks around them."""
        self._taken = 0

    def add(self, values: Sequence[Cell]) -> None:
        """Take the next cells."""
        try:
            # One look at all texts together tells whether any of them needs a second one.
            together = "\n".join(values)  # type: ignore[arg-type]
        except TypeError:
            values = _as_texts(values)
            together = "\n".join(values)
        if "=" in together:
            self._formulas += [at for at, one in enumerate(values, self._taken) if isinstance(one, Uncalculated)]
        start, self._taken = self._taken, self._taken + len(values)
        # An empty text leaves two line breaks side by side, or one at an end: found faster than by comparing each.
        if "\n\n" in together or together[:1] == "\n" or together[-1:] in ("\n", ""):
            values = [value or None for value in values]  # type: ignore[misc]
        data = pa.array(values, pa.string())
        if not together.isascii():
            if not unicodedata.is_normalized("NFC", together):
                data = pc.utf8_normalize(data, "NFC")
            if "\u00a0" in together:
                data = pc.replace_substring(data, "\u00a0", " ")
        self._hash_seen = self._hash_seen or "#" in together
        trimmed = pc.utf8_trim_whitespace(data)
        if self._is_identifier and not trimmed.equals(data):
            self._blanks += [
                (start + at, data[at].as_py(), trimmed[at].as_py()) for at in positions(pc.not_equal(data, trimmed))
            ]
        self._chunks.append(trimmed)

    def texts(self) -> pa.ChunkedArray:
        """Return all texts, error values of Excel set aside."""
        data = pa.chunked_array(self._chunks, pa.string())
        unusable = pc.equal(data, "")
        if self._hash_seen:
            broken = pc.is_in(data, pa.array(sorted(ERROR_VALUES)))
            for position in positions(broken):
                self._notes.refuse(position, "loi_excel", data[position].as_py())
            unusable = pc.or_(unusable, broken)
        if self._formulas:
            self._refuse_formulas(data)
            unusable = pc.or_(unusable, pa.array([at in self._notes.bad for at in range(len(data))]))
        data = pc.if_else(unusable, pa.scalar(None, pa.string()), data) if pc.any(unusable).as_py() else data
        return self._without_shortened(data) if self._is_identifier else data

    def _refuse_formulas(self, data: pa.ChunkedArray) -> None:
        for position in self._formulas:
            self._notes.refuse(position, "cong_thuc_chua_tinh", data[position].as_py())

    def _without_shortened(self, data: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return identifiers without those that have lost digits, which no checking can find again."""
        shortened = pc.match_substring_regex(data, r"(?i)^\d([.,]\d+)?E\+\d{1,2}$")
        if not pc.any(shortened).as_py():
            return data
        for position in positions(shortened):
            self._notes.refuse(position, "day_so_rut_gon", data[position].as_py())
        return pc.if_else(shortened, pa.scalar(None, pa.string()), data)

    def finish(self) -> Filled:
        """Return all cells that were taken."""
        for position, text, trimmed in self._blanks:
            if trimmed:
                self._notes.say(position, "khoang_trang_thua", text, trimmed)
        return self._notes.filled(self.texts())


def _as_texts(values: Sequence[Cell]) -> list[str]:
    """Return cells as people see them; whole numbers, as in a column of running numbers, in one sweep."""
    if set(map(type, values)) == {float}:
        try:
            whole = pa.array(values, pa.float64()).cast(pa.int64())
        except pa.ArrowInvalid:
            # There is a fraction among them, or a number beyond 64 bits: they are written one by one.
            return [as_text(value) for value in values]
        return list(whole.cast(pa.string()).to_pylist())
    return [as_text(value) for value in values]


class ChoiceReader:
    """Values of a list, compared by their folded words and kept as the list writes them."""

    def __init__(self, column: Column) -> None:
        self._notes = Notes(column)
        self._official = _Official(column)
        self._allowed = "; ".join(one.value for one in column.choices)
        self._chunks: list[pa.Array] = []
        self._taken = 0

    def add(self, values: Sequence[Cell]) -> None:
        """Take the next cells."""
        self._chunks.append(pa.array([self._official[value] for value in values], pa.string()))
        if self._official.told:
            for position, value in enumerate(values, self._taken):
                if value in self._official.told:
                    self._tell(position, value)
        self._taken += len(values)

    def _tell(self, position: int, cell: Cell) -> None:
        official = self._official[cell]
        if official is None:
            self._refuse(position, cell)
        else:
            notice = "gan_danh_muc" if cell in self._official.near else "ten_khac_danh_muc"
            self._notes.say(position, notice, one_line(as_text(cell)), official, hieu_la=official)

    def _refuse(self, position: int, cell: Cell) -> None:
        if as_text(cell).strip().upper() in ERROR_VALUES:
            self._notes.refuse(position, "loi_excel", cell)
        elif isinstance(cell, Uncalculated):
            self._notes.refuse(position, "cong_thuc_chua_tinh", cell)
        else:
            self._notes.refuse(position, "ngoai_danh_muc", one_line(as_text(cell)), danh_muc=self._allowed)

    def finish(self) -> Filled:
        """Return all cells that were taken."""
        return self._notes.filled(pa.chunked_array(self._chunks, pa.string()))


_MARKS = frozenset({"x", "X", "×", "✓", "✔", "√", "☑", "☒", "✗", "v", "V", "+", "●", "•", "■", "\u00fc", "\u00fe"})
"""How people tick a box; the last two are the ticks of the font Wingdings."""
_SIGNS = _MARKS | {"0", "1"}
"""Answers that are no words: one stands for another as a capital for a small letter."""
_EMPTY = frozenset(" \t\r\n\u00a0\u200b-–—−_.…,;*'\"")
"""Characters that say nothing, as in a cell that was only cleaned or dashed."""
_YES = frozenset({"co", "da co", "dat", "da dat", "roi", "dung"})


def _marked_value(values: dict[str, str]) -> str | None:
    """Return what a tick means in a list: the one value that says yes; None where no or several ones do."""
    said = {value for words, value in values.items() if words in _YES}
    return said.pop() if len(said) == 1 else None


class _Official(dict["Cell", "str | None"]):
    """Cell → value of the list, worked out once for each wording; None for an empty cell and for a strange one."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._values = {fold(alias): one.value for one in column.choices for alias in one.aliases}
        self._values |= {fold(one.value): one.value for one in column.choices}
        self._marked = _marked_value(self._values)
        self.told: set[Cell] = set()
        """What something must be said about: strange wordings, near ones, and those that the list writes otherwise."""
        self.near: set[Cell] = set()

    def __missing__(self, cell: Cell) -> str | None:
        text = as_text(cell)
        words = fold(text)
        value = self._values.get(words)
        if value is not None:
            # Case, accents and the sign of a tick are the sender's own; another name is not.
            if text.strip() not in _SIGNS and (words != fold(value) or text != text.strip()):
                self.told.add(cell)
        elif text.strip() in _MARKS:
            value = self._marked
        elif (value := self._nearest(cell)) is not None:
            self.near.add(cell)
        if (value is None and not _EMPTY.issuperset(text)) or cell in self.near:
            self.told.add(cell)
        self[cell] = value
        return value

    def _nearest(self, cell: Cell) -> str | None:
        """Return the value of which *cell* misspells a wording; several wordings of one value are one."""
        if not isinstance(cell, str) or isinstance(cell, Uncalculated):
            return None
        wording = nearest_choice(cell, self._values)
        return None if wording is None else self._values[wording]
