"""Which reporter is meant by what a person of the ministry calls it: a code, a name, an alias."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.language import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.model import Reporter

_KINDS = ("tinh ", "thanh pho ", "tp ")
_MOST_WORDS = 14


def reporter_called(words: str, reporters: Sequence[Reporter], day: date) -> Reporter | tuple[Reporter, ...]:
    """Return the reporter of that code, name or alias that exists on *day*, or followed such a one.

    Accents, case and "tỉnh" before a name do not count. Where nobody is called so, the nearest are returned instead.
    """
    bodies = sorted(reporters, key=lambda one: one.exists(day))
    known = {fold(word): one for one in bodies for word in (*one.aliases, one.full_name, one.name)}
    plain = words.strip()
    found = next((one for one in bodies if one.code == plain), None) or _of_name(fold(plain), known)
    if found is None:
        near = get_close_matches(fold(plain), known, n=3)
        return tuple(dict.fromkeys(known[one] for one in near))
    by_code = {one.code: one for one in reporters}
    while found.until is not None and found.until < day and found.successor:
        found = by_code[found.successor]
    return found


def first_called(words: str, reporters: Sequence[Reporter], day: date) -> tuple[Reporter, str] | list[Reporter]:
    """Return the reporter whom the first of *words* name, as many of them as possible, and the rest of the words.

    Where they name nobody, the reporters that are nearest to the first words.
    """
    parts = words.replace(",", " ").split()
    for count in range(min(len(parts), _MOST_WORDS), 0, -1):
        found = reporter_called(" ".join(parts[:count]), reporters, day)
        if not isinstance(found, tuple):
            return found, " ".join(parts[count:])
    near = (reporter_called(" ".join(parts[:count]), reporters, day) for count in (2, 3, 1) if count <= len(parts))
    return list(next((one for one in near if isinstance(one, tuple) and one), ()))


def _of_name(key: str, known: dict[str, Reporter]) -> Reporter | None:
    without = next((key.removeprefix(kind) for kind in _KINDS if key.startswith(kind)), key)
    return known.get(key) or known.get(without)
