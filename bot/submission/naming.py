"""Which province a file names: it must be the sender's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.language import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.model import Reporter

_BEFORE = re.compile(r"\b(?:tinh|thanh pho|tp) ")
_SHORTEST = 3
"""``Huế`` has three letters; two (``QN``, ``ĐN``) may mean several provinces."""


def other_reporter(text: str, sender: Reporter, reporters: Sequence[Reporter], day: date) -> Reporter | None:
    """Return the reporter that *text* names after "tỉnh" or "thành phố", if it is not *sender* and the only one.

    A text that names the sender too, or several others, proves nothing: then the answer is None. Only bodies of *day*
    count; the name of a province that was merged away means the body in which it now lies.
    """
    named = _named(text, reporters, day)
    if any(body.code == sender.code for body in named.values()):
        return None
    longest = {body.code: body for name, body in named.items() if not any(name in one for one in named if one != name)}
    return next(iter(longest.values())) if len(longest) == 1 else None


def _named(text: str, reporters: Sequence[Reporter], day: date) -> dict[str, Reporter]:
    """Return each name that *text* mentions, with the body that it means on *day*."""
    folded = fold(text)
    tails = [f"{folded[found.end() :]} " for found in _BEFORE.finditer(folded)]
    if not tails:
        return {}
    known = {one.code: one for one in reporters}
    named: dict[str, Reporter] = {}
    # A body's own name goes before the same name of one that it has followed.
    for reporter in sorted(reporters, key=lambda one: not one.exists(day)):
        body = reporter.body_on(day, known)
        if body is not None:
            for name in {fold(one) for one in (reporter.name, *reporter.aliases)}:
                if len(name) >= _SHORTEST and any(tail.startswith(f"{name} ") for tail in tails):
                    named.setdefault(name, body)
    return named
