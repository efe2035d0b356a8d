"""How a difference between two verdicts is printed: which finding comes, goes, or weighs otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from bot.console import VERDICTS

if TYPE_CHECKING:
    from rich.console import Console

    from bot.model import Outcome
    from bot.runners.rules_try import Change, PartChange, Weight

_MOST_LINES = 20
"""So many findings of one part are printed."""
_WEIGHTS = {"error": "lỗi", "query": "cần giải trình", "note": "ghi chú"}


def print_part_change(name: str, part: PartChange, console: Console) -> None:
    """Print what changes about one part of the message *name*."""
    console.print(f"[bold]{escape(name)}[/], {escape(part.form or part.file)}: {_turn(part)}")
    for change in part.findings[:_MOST_LINES]:
        console.print(f"    {_told(change)}", markup=False)
    if len(part.findings) > _MOST_LINES:
        console.print(f"    … và {len(part.findings) - _MOST_LINES} phát hiện khác")
    if part.uncounted:
        console.print(f"    số phát hiện thay đổi {part.uncounted:+}; quá nhiều để so từng ô")


def _turn(part: PartChange) -> str:
    if not part.turns:
        return f"{_verdict(part.after)}, kết luận không đổi"
    return f"{_verdict(part.before)} → {_verdict(part.after)}"


def _verdict(outcome: Outcome | None) -> str:
    if outcome is None:
        return "[dim]không có[/]"
    words, style = VERDICTS[outcome]
    return f"[{style}]{words}[/]"


def _told(change: Change) -> str:
    sign = "−" if change.after is None else "+" if change.before is None else "±"
    weights = " → ".join(_weight(one) for one in (change.before, change.after) if one)
    place = f"trang {change.sheet}, {change.cell}" if change.cell else f"trang {change.sheet}"
    return f"{sign} {change.rule} ({weights}), {place}: {change.say}"


def _weight(weight: Weight) -> str:
    return _WEIGHTS[weight.severity.value] + (", đang thử" if weight.trial else "")
