"""The rules as configured: read, loaded, and narrowed to what this mailbox collects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.content import read_contacts, read_rules
from bot.check.load import Mistake, load_rulebook

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.config import Config
    from bot.model import Rulebook


CONFIGURATION = "cấu hình"
"""Named in place of a file where the mistake is not in rules/ at all."""


class RulesBroken(Exception):  # noqa: N818  it carries the clerk's mistakes, it is not our failure
    """``rules/`` cannot be used; ``mistakes`` holds each with its file and line."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(f"{len(mistakes)} mistakes in rules")
        self.mistakes = mistakes


def load_configured(config: Config) -> Rulebook:
    """Return the rulebook of the configured mailbox; raises RulesBroken, and OSError for a file that is not there."""
    rules, contacts = read_rules(config.content.rules), read_contacts(config.content.contacts)
    loaded = load_followed(rules, contacts, config.ministry.campaigns)
    if isinstance(loaded, tuple):
        raise RulesBroken(loaded)
    return loaded


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
        return (Mistake(CONFIGURATION, 0, said),)
    return rulebook.following(campaigns)
