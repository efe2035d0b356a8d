"""The rules as configured: read, loaded, and narrowed to what this mailbox collects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.check.load import Mistake, load_rulebook

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.model import Rulebook


def load_followed(
    rules: Mapping[str, bytes], contacts: bytes | None, campaigns: Collection[str]
) -> Rulebook | tuple[Mistake, ...]:
    """Return the rulebook of a mailbox that collects *campaigns* (all where none is named), or every mistake.

    A campaign that the rules do not have is a mistake of the configuration.
    """
    rulebook = load_rulebook(rules, contacts)
    if isinstance(rulebook, tuple):
        return rulebook
    known = {one.family for one in rulebook.campaigns}
    unknown = sorted(set(campaigns) - known)
    if unknown:
        said = (
            f"[ministry] campaigns nêu đợt không có trong rules/: {', '.join(unknown)}; có: {', '.join(sorted(known))}"
        )
        return (Mistake("cấu hình", 0, said),)
    return rulebook.following(campaigns)
