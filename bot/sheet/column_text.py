"""Columns of text, of identifiers, and of values from a list."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bot.language import fold
from bot.sheet.column import Filled, Notes, as_text, positions
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
        self._hash_seen = False

    def add(self, values: Sequence[Cell]) -> None:
        """Take the next cells."""
        try:
            # One look at all texts together tells whether any of them needs a second one.
            together = "\n".join(values)  # type: ignore[arg-type]
        except TypeError:
            values = _as_texts(values)
            together = "\n".join(values)
        data = pa.array([value or None for value in values] if "" in values else values, pa.string())
        if not together.isascii():
            if not unicodedata.is_normalized("NFC", together):
                data = pc.utf8_normalize(data, "NFC")
            if "\u00a0" in together:
                data = pc.replace_substring(data, "\u00a0", " ")
        self._hash_seen = self._hash_seen or "#" in together
        self._chunks.append(pc.utf8_trim_whitespace(data))

    def texts(self) -> pa.ChunkedArray:
        """Return all texts, error values of Excel set aside."""
        data = pa.chunked_array(self._chunks, pa.string())
        unusable = pc.equal(data, "")
        if self._hash_seen:
            broken = pc.is_in(data, pa.array(sorted(ERROR_VALUES)))
            for position in positions(broken):
                self._notes.refuse(position, "loi_excel", data[position].as_py())
            unusable = pc.or_(unusable, broken)
        return pc.if_else(unusable, pa.scalar(None, pa.string()), data) if pc.any(unusable).as_py() else data

    def finish(self) -> Filled:
        """Return all cells that were taken."""
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


class ChoiceReader(TextReader):
    """Values of a list, compared by their folded words and kept as the list writes them."""

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self._values = {fold(alias): one.value for one in column.choices for alias in one.aliases}
        self._values |= {fold(one.value): one.value for one in column.choices}
        self._allowed = "; ".join(one.value for one in column.choices)

    def finish(self) -> Filled:
        """Return all cells that were taken."""
        written = self.texts().combine_chunks().dictionary_encode()
        distinct = written.dictionary.to_pylist()
        official = [self._values.get(fold(text)) for text in distinct]
        strange = [code for code, text in enumerate(distinct) if official[code] is None and fold(text)]
        if strange:
            for position in positions(pc.is_in(written.indices, pa.array(strange, written.indices.type))):
                text = distinct[written.indices[position].as_py()]
                self._notes.refuse(position, "ngoai_danh_muc", text, danh_muc=self._allowed)
        return self._notes.filled(pc.take(pa.array(official, pa.string()), written.indices))
