"""What is wrong in a configuration, told to the operator by key: pydantic's and tomllib's English is never shown."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    import tomllib
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_WHOLE = "phải là số nguyên, không đặt trong ngoặc kép"
_NUMBER = "phải là số, không đặt trong ngoặc kép"
_TEXT = "phải là chữ, đặt trong ngoặc kép"
_LIST = 'phải là danh sách, ghi như ["a@tinh.example", "b@tinh.example"]'
_KINDS = {
    "missing": "thiếu giá trị bắt buộc",
    "string_too_short": "không được để trống",
    "path": "phải là đường dẫn, đặt trong ngoặc kép",
    "date": "phải là ngày, ghi như 2026-01-31",
    "time": "phải là giờ trong ngày từ 00:00 đến 23:59, ghi như 08:00:00",
    "timezone": "phải là giờ Việt Nam, không ghi múi giờ",
    "bool": "phải là true hoặc false, không đặt trong ngoặc kép",
    "int": _WHOLE,
    "float": _NUMBER,
    "finite": _NUMBER,
    "string": _TEXT,
    "tuple": _LIST,
    "list": _LIST,
    "literal_error": "chỉ nhận {expected}",
    "greater_than": "phải lớn hơn {gt:g}",
    "greater_than_equal": "phải từ {ge:g} trở lên",
    "less_than": "phải nhỏ hơn {lt:g}",
    "less_than_equal": "nhiều nhất là {le:g}",
}
"""By pydantic's kind of error; a kind that is not here is looked up by its first word."""
_SECRETS = frozenset({"password", "passwd", "pass", "pwd", "secret", "mat_khau", "matkhau", "token"})
_PLACE = re.compile(r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL)
_BACKSLASH = "dấu \\ trong ngoặc kép phải ghi hai lần, hoặc dùng '…' thay cho \"…\""
_SYNTAX = (
    ("Invalid value", "giá trị ghi chưa đúng: chữ phải đặt trong ngoặc kép, giờ ghi như 08:00:00"),
    ("Expected '='", "thiếu dấu = sau tên tham số"),
    ("Expected newline", "sau giá trị còn chữ thừa: chữ phải đặt trong ngoặc kép, giờ ghi như 08:00:00"),
    ("Invalid statement", "dòng này không phải [mục] và cũng không phải tham số = giá trị"),
    ("Invalid initial character for a key", "tên tham số ghi chưa đúng"),
    ("Invalid date or datetime", "ngày giờ không có thật, hoặc ghi chưa đúng: ngày ghi 2026-01-31, giờ ghi 08:00:00"),
    ("Duplicate", "tham số này được ghi hai lần"),
    ("Cannot overwrite", "tham số này được ghi hai lần"),
    ("Cannot declare", "mục này được ghi hai lần"),
    ("Invalid hex value", _BACKSLASH),
    ("Unescaped", _BACKSLASH),
    ("Unterminated string", "thiếu dấu ngoặc kép đóng"),
    ("Illegal character", "có ký tự không được phép; thường là thiếu dấu ngoặc kép đóng"),
    ("Unclosed array", "danh sách thiếu dấu ] đóng"),
    ("Expected ']'", "tên mục thiếu dấu ] đóng"),
)


class ConfigMistakes(Exception):  # noqa: N818  it carries a list for the operator, it is not our failure
    """The configuration cannot be used; ``mistakes`` holds one sentence for each wrong key."""

    def __init__(self, path: Path, mistakes: tuple[str, ...]) -> None:
        super().__init__(f"{path}: {'; '.join(mistakes)}")
        self.path = path
        self.mistakes = mistakes


def tell_syntax(problem: tomllib.TOMLDecodeError) -> str:
    """Return where the file stops to be TOML, and why; the line itself is not quoted, it may hold a secret."""
    found = _PLACE.match(str(problem))
    what = found["what"] if found else ""
    where = f" ở dòng {found['line']}, cột {found['column']}" if found and found["line"] else " ở cuối tệp"
    why = next((say for begin, say in _SYNTAX if what.startswith(begin)), "cách ghi chưa đúng")
    return f"sai cú pháp TOML{where}: {why}"


def tell_mistakes(problem: ValidationError, config: type[BaseModel]) -> tuple[str, ...]:
    """Return one sentence for each mistake that pydantic found in *config*, never quoting a value."""
    return tuple(f"{_key(error['loc'])}: {_why(error, config)}" for error in problem.errors(include_input=False))


def _key(steps: tuple[int | str, ...]) -> str:
    names = ".".join(step for step in steps if isinstance(step, str))
    numbers = "".join(f", giá trị thứ {step + 1}" for step in steps if isinstance(step, int))
    return names + numbers


def _why(error: ErrorDetails, config: type[BaseModel]) -> str:
    kind, steps = error["type"], error["loc"]
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown(config, [str(step) for step in steps])
    if kind == "missing" and len(steps) == 1:
        return f"thiếu mục bắt buộc [{steps[0]}]"
    if kind.startswith(("model", "dict")):
        return f"phải là một mục, ghi [{_key(steps)}] trên một dòng riêng"
    sentence = _KINDS.get(kind) or _KINDS.get(kind.split("_", maxsplit=1)[0], "giá trị không hợp lệ")
    if kind == "literal_error":
        return sentence.format(expected=context["expected"].replace("'", '"').replace(" or ", " hoặc "))
    return sentence.format(**context) if "{" in sentence else sentence


def _unknown(config: type[BaseModel], steps: list[str]) -> str:
    """Say that there is no such key, and which one may be meant."""
    *above, key = steps
    if key.lower() in _SECRETS:
        return "mật khẩu không ghi trong tệp cấu hình; hãy dùng password_env hoặc password_file"
    section = config
    for step in above:
        section = _section(section, step)
    what = "tham số" if above else "mục"
    near = get_close_matches(key.lower(), section.model_fields, 1, 0.6)
    if near:
        return f"không có {what} này; có phải {near[0]}?"
    homes = [".".join(path) for path, other in _walk(config) if key in other.model_fields and path]
    if homes:
        return f"không có {what} này ở đây; {key} thuộc mục {' hoặc '.join(f'[{home}]' for home in homes)}"
    return f"không có {what} này; xem config.example.toml"


def _section(model: type[BaseModel], name: str) -> type[BaseModel]:
    """Return the section of that name, also one that may be left out."""
    kind = model.model_fields[name].annotation
    return next(one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, BaseModel))


def _sections(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    kinds = {name: field.annotation for name, field in model.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, BaseModel)}


def _walk(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    yield path, model
    for name, section in _sections(model).items():
        yield from _walk(section, (*path, name))
