"""How much we answer: so many replies to one address and to all, whoever asks, so that no loop of mails can last.

No list of marks knows every robot (of 864 real notices and automatic replies 14 bear none), so this is the last guard
and has no exception: what counts is what was sent or may have been sent, not why. Reminders and digests are no answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.addresses import with_ascii_domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.model import Handed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPISODE = DAY
"""A silence that breaks out again within that time is the same one."""
ALARM = "alert_operator"
STRANGER = "held"
UNASKED = frozenset({"reminder", "digest"})
"""What nobody asked for: no cap counts it, and it is sent at most once, where an answer is sent at least once."""
_NOTHING_CAME = frozenset(
    {
        STRANGER,
        "receipt",
        "reply_duplicate",
        "answer_noted",
        "answer_blanks",
        "answer_status",
        "answer_guide",
        "refuse_no_attachment",
        "refuse_link_only",
    }
)
"""Answers to mails that brought nothing that has to be settled: above the cap of an hour they are dropped for good."""
_STRANGERS = 3
"""Neutral mails to unknown senders get at most a third of what all get, so that a flood of them silences nobody."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that is answered."""

    hour: int
    """Mails to one address."""
    day: int
    all: int
    """Mails to all addresses in an hour."""


@dataclass(frozen=True, slots=True)
class Go:
    """The mail may go, but for a copy to those who have had enough."""

    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withhold:
    """The mail may not go now."""

    address: str
    """Who has had enough, as a plain address; empty where all have together."""
    until: datetime | None = None
    """When it may be asked again; None drops it for good."""

    @property
    def is_silence(self) -> bool:
        """Return whether somebody must hear of it: an answer is lost, or everybody waits."""
        return self.until is None or not self.address


def plain_address(address: str) -> str:
    """Return the address under which mails are counted: small letters, no ``+tag``, the domain in ASCII (IDNA)."""
    local, _, domain = with_ascii_domain(address.strip().casefold()).rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain.rstrip('.')}"


def may_go(kind: str, to: Sequence[str], handed: Handed, caps: Caps, now: datetime) -> Go | Withhold:
    """Say whether a mail of that *kind* may be handed over now.

    The first of *to* is the one who is answered and decides; the others get copies, which are left out above the caps.
    """
    if kind in UNASKED:
        return Go(tuple(to))
    answers = [(at, of) for at, of in handed.all if of != ALARM]
    if kind == STRANGER and sum(of == STRANGER for _, of in answers) >= max(1, caps.all // _STRANGERS):
        return Withhold("")
    if kind != ALARM and len(answers) >= caps.all:
        return Withhold("", _free_at([at for at, _ in answers], caps.all, now))
    within = {one: handed.to.get(plain_address(one), ()) for one in to}
    first = within[to[0]]
    if len(first) >= caps.day:
        return Withhold(plain_address(to[0]))
    lately = _of_last_hour(first, now)
    if len(lately) >= caps.hour:
        return Withhold(plain_address(to[0]), None if kind in _NOTHING_CAME else _free_at(lately, caps.hour, now))
    return Go(
        tuple(
            one
            for one, earlier in within.items()
            if one == to[0] or (len(earlier) < caps.day and len(_of_last_hour(earlier, now)) < caps.hour)
        )
    )


def _of_last_hour(instants: Sequence[datetime], now: datetime) -> list[datetime]:
    return [one for one in instants if one > now - HOUR]


def _free_at(instants: Sequence[datetime], cap: int, now: datetime) -> datetime:
    """Return when one more may go; it is asked again within the hour, because a clock may have run ahead."""
    return min(instants[len(instants) - cap] + HOUR, now + HOUR)
