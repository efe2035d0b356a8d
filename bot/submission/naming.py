"""Which province a file names: it must be the sender's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.language import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Reporter

_BEFORE = r"\b(?:tinh|thanh pho|tp)\s+"


def other_reporter(text: str, sender: Reporter, reporters: Sequence[Reporter]) -> Reporter | None:
    """Return the reporter that *text* names after "tỉnh" or "thành phố", if it is not *sender* and the only one.

    A text that names the sender too, or several others, proves nothing: then the answer is None.
    """
    folded = fold(text)
    if _is_named(sender, folded):
        return None
    named = [one for one in reporters if one.code != sender.code and _is_named(one, folded)]
    longest = [one for one in named if not any(fold(one.name) in fold(other.name) for other in named if other != one)]
    return longest[0] if len(longest) == 1 else None


def _is_named(reporter: Reporter, folded: str) -> bool:
    names = {fold(reporter.name), *(fold(alias) for alias in reporter.aliases)}
    return any(len(name) > 3 and re.search(f"{_BEFORE}{re.escape(name)}\\b", folded) for name in names)
