"""How the CSV files of rules/ are read: each line knows its number, and what does not fit becomes a sentence there."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.language import nfc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.check.mistakes import Mistakes

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a CSV file: its cells by column name, composed and stripped."""

    file: str
    number: int
    """Counted from 1; the line on which the row ends."""
    cells: Mapping[str, str]
    mistakes: Mistakes

    def wrong(self, say: str) -> None:
        """Keep a mistake at this line."""
        self.mistakes.add(self.file, self.number, say)

    def text(self, column: str) -> str:
        """Return a cell; empty also where the file has no such column."""
        return self.cells.get(column, "")

    def names(self, column: str) -> tuple[str, ...]:
        """Return the wordings of a cell that lists several, separated by ``|``."""
        return tuple(one.strip() for one in self.text(column).split("|") if one.strip())

    def day(self, column: str) -> date | None:
        """Return a cell's date, written ``2025-07-01``; None where it is empty, or wrong (which is then kept)."""
        written = self.text(column)
        if not written:
            return None
        try:
            return date.fromisoformat(written)
        except ValueError:
            self.wrong(f'Cột {column} ghi "{written}", phải là ngày có thật dạng 2025-07-01')
            return None

    def decimal(self, column: str) -> Decimal | None:
        """Return a cell's number; None where it is empty, or wrong (which is then kept)."""
        written = self.text(column)
        if written and not _NUMBER.fullmatch(written):
            self.wrong(f'Cột {column} ghi "{written}", phải là số viết liền, dấu chấm trước phần lẻ, ví dụ 18611.8')
            return None
        return Decimal(written) if written else None

    def require(self, columns: Sequence[str]) -> bool:
        """Keep a mistake for each of *columns* that is empty; return whether none is."""
        empty = [one for one in columns if not self.text(one)]
        for one in empty:
            self.wrong(f"Thiếu giá trị ở cột {one}")
        return not empty


def read_lines(file: str, data: bytes, needed: Sequence[str], mistakes: Mistakes) -> Iterator[Line]:
    """Yield the lines below the header row of a CSV file that has at least the columns *needed*."""
    try:
        reader = csv.reader(io.StringIO(nfc(data.decode("utf-8-sig")), newline=""), strict=True)
        header = [one.strip() for one in next(reader, [])]
        if missing := [name for name in needed if name not in header]:
            mistakes.add(file, 1, f"Thiếu cột {', '.join(missing)}")
            return
        for row in reader:
            if len(row) == len(header):
                cells = dict(zip(header, (one.strip() for one in row), strict=True))
                yield Line(file, reader.line_num, cells, mistakes)
            elif any(one.strip() for one in row):
                mistakes.add(file, reader.line_num, f"Dòng có {len(row)} ô, dòng tiêu đề có {len(header)} ô")
    except UnicodeDecodeError as error:
        mistakes.add(file, data.count(b"\n", 0, error.start) + 1, "Tệp không ghi bằng mã UTF-8")
    except csv.Error as error:
        mistakes.add(file, reader.line_num, f"Không đọc được CSV: {error}")
