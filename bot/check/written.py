"""How the TOML files of rules/ are read: what does not fit becomes a sentence at its line."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import tomli
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.check.lines import index_lines, line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from bot.check.lines import Path
    from bot.check.mistakes import Mistakes

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class WrittenTable(BaseModel):
    """What all tables have in common: no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Shape = TypeVar("Shape", bound=BaseModel)


class Sheet:
    """One TOML file while it is read: knows its lines, and where its mistakes go."""

    def __init__(self, file: str, data: bytes, mistakes: Mistakes) -> None:
        self.file = file
        self._mistakes = mistakes
        self._data = data
        self._text = ""
        self._lines: Mapping[Path, int] | None = None

    def wrong(self, path: Path, say: str) -> None:
        """Keep a mistake at the line of *path*."""
        if self._lines is None:  # only a file with mistakes is walked through for its lines
            self._lines = index_lines(self._text)
        self._mistakes.add(self.file, line_of(self._lines, path), say)

    def parse(self) -> dict[str, Any] | None:
        """Return what the file holds, or None after its mistake was kept."""
        try:
            self._text = self._data.decode("utf-8-sig")
            return tomli.loads(self._text, parse_float=Decimal)
        except UnicodeDecodeError as error:
            self._mistakes.add(self.file, self._data.count(b"\n", 0, error.start) + 1, "Tệp không ghi bằng mã UTF-8")
        except tomli.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else self._text.count("\n") + 1
            self._mistakes.add(self.file, line, f"Không đọc được TOML: {error}")
        return None

    def fit(self, values: Mapping[str, Any], shape: type[Shape]) -> Shape | None:
        """Return *values* as *shape*, or None after their mistakes were kept."""
        try:
            return shape.model_validate(values)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                self.wrong(tuple(one["loc"]), _sentence(one))
        return None

    def read(self, shape: type[Shape]) -> Shape | None:
        """Return the file as *shape*, or None after its mistakes were kept."""
        values = self.parse()
        return None if values is None else self.fit(values, shape)


_SENTENCES: dict[str, Callable[[str, Any], str]] = {
    "extra_forbidden": lambda key, _: f"Không có khóa nào tên là {key}",
    "missing": lambda key, _: f"Thiếu khóa {key}",
    "string_too_short": lambda key, _: f"Khóa {key} đang để trống",
    "too_short": lambda key, _: f"Khóa {key} phải có ít nhất một mục",
    "string_pattern_mismatch": lambda key, _: f"Khóa {key} chỉ gồm chữ thường không dấu, chữ số và dấu gạch dưới",
    "string_type": lambda key, _: f"Khóa {key} phải là chữ, đặt trong ngoặc kép",
    "bool_type": lambda key, _: f"Khóa {key} phải là true hoặc false",
    "date_type": lambda key, _: f"Khóa {key} phải là ngày, ví dụ 2012-07-15",
    "tuple_type": lambda key, _: f"Khóa {key} phải là danh sách trong ngoặc vuông",
    "enum": lambda key, context: f"Khóa {key} phải là một trong: {_list(context)}",
    "literal_error": lambda key, context: f"Khóa {key} phải là một trong: {_list(context)}",
}


def _sentence(error: ErrorDetails) -> str:
    key = next((str(one) for one in reversed(error["loc"]) if isinstance(one, str)), "")
    say = _SENTENCES.get(error["type"])
    return say(key, error.get("ctx")) if say else f"Khóa {key} ghi không đúng kiểu: {error['msg']}"


def _list(context: dict[str, Any] | None) -> str:
    return str((context or {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
