"""Mails of ours that a person looks at before they leave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_FAMILIES = ("refuse", "answer")


class Fate(StrEnum):
    """What a person made of a mail."""

    APPROVED = "approved"
    REFUSED = "refused"
    UNCHANGED = "unchanged"
    """A draft that was sent with the very words and files that we wrote."""
    CHANGED = "changed"
    DELETED = "deleted"
    """A draft that is gone, and was not sent."""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A mail that waits for a person's word."""

    number: int
    """Of the outbox: by it a person names the mail."""
    kind: str
    to: tuple[str, ...]
    subject: str
    since: datetime
    raw: str
    """SHA-256 of its bytes in the vault."""
    receipt: str
    """Of the message that it answers; empty for what answers none."""
    outdated: bool
    """A later mail of ours speaks of all its forms to the same reporter."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What people made of the mails of one kind that left, or leave, in one way."""

    kind: str
    way: str
    """``approve`` or ``drafts``."""
    waiting: int
    """For a word, or among the drafts."""
    fates: dict[Fate, int]

    @property
    def as_written(self) -> int:
        """Return how many left as we wrote them."""
        return self.fates.get(Fate.APPROVED, 0) + self.fates.get(Fate.UNCHANGED, 0)

    @property
    def judged(self) -> int:
        """Return of how many it is known what a person made of them."""
        return sum(self.fates.values())

    @property
    def rate(self) -> int:
        """Return how many of a hundred of these left as we wrote them."""
        return round(100 * self.as_written / self.judged) if self.judged else 0


def in_families(reviewed: Iterable[Reviewed]) -> tuple[Reviewed, ...]:
    """Return the same figures with all refusals counted as one kind, and all answers to words as another."""
    found: dict[tuple[str, str], Reviewed] = {}
    for one in reviewed:
        family = next((begin for begin in _FAMILIES if one.kind.startswith(f"{begin}_")), one.kind)
        own = found.get((family, one.way), Reviewed(family, one.way, 0, {}))
        fates = {fate: own.fates.get(fate, 0) + one.fates.get(fate, 0) for fate in (*own.fates, *one.fates)}
        found[family, one.way] = Reviewed(family, one.way, own.waiting + one.waiting, fates)
    return tuple(found.values())
