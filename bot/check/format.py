"""The keys that the files of rules/ may hold, read from the shapes that the loader itself uses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from bot.check.written_campaign import WrittenCampaign
from bot.check.written_form import WrittenForm, WrittenLike, WrittenNotices
from bot.check.written_registers import WrittenCalendar, WrittenParameters
from bot.check.written_registers import WrittenException as WrittenDays

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOTS: tuple[type[BaseModel], ...] = (
    WrittenCampaign, WrittenForm, WrittenLike, WrittenNotices, WrittenParameters, WrittenCalendar,
)  # fmt: skip
_NAMES: dict[type[BaseModel], str] = {WrittenDays: "days"}
"""Tables of files of different kinds that bear the same name."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key that a file of ``rules/`` may hold."""

    name: str
    required: bool
    allowed: tuple[str, ...] = ()
    """The only values that it may have; empty where they are free."""


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The keys that stand together: those of a file, of ``[contact]``, of ``[[column]]``."""

    name: str
    keys: tuple[Key, ...]


def key_tables() -> tuple[KeyTable, ...]:
    """Return every key of the format, by the tables in which they stand."""
    found: dict[str, KeyTable] = {}
    for shape in _ROOTS:
        for one in _walk(shape):
            found.setdefault(one.name, one)
    return tuple(found.values())


def _walk(shape: type[BaseModel]) -> Iterator[KeyTable]:
    """Yield the keys of *shape*, then of the tables in it."""
    inner: list[type[BaseModel]] = []
    keys = []
    for name, field in shape.model_fields.items():
        leaves = tuple(_leaves(field.annotation))
        inner += [one for one in leaves if isinstance(one, type) and issubclass(one, BaseModel)]
        allowed = tuple(value for one in leaves for value in _allowed(one))
        keys.append(Key(name, field.is_required(), allowed))
    yield KeyTable(_NAMES.get(shape, shape.__name__.removeprefix("Written").lower()), tuple(keys))
    for one in inner:
        yield from _walk(one)


def _leaves(annotation: Any) -> Iterator[Any]:  # an annotation may be anything
    if get_origin(annotation) is Literal or not get_args(annotation):
        yield annotation
        return
    for one in get_args(annotation):
        yield from _leaves(one)


def _allowed(leaf: Any) -> tuple[str, ...]:
    if get_origin(leaf) is Literal:
        return tuple(map(str, get_args(leaf)))
    return tuple(leaf) if isinstance(leaf, type) and issubclass(leaf, StrEnum) else ()
