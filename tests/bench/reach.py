"""How far several machines go: a simulated day of mail through one that receives and sends, and many that decide.

Arrivals, sizes and the two servers' answers are assumed, as they stand below; what a mail costs is measured by
``tests.bench share``. Four stations in a row, first come first served: fetching (one), deciding (many), sending (one),
and the database, of which only the use is reckoned.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HOUR = 3600.0
_DAY = (8 * _HOUR, 17 * _HOUR)
_LAST_HOUR = 0.4
"""Share of a deadline's mails that come in the last hour before it."""
_SIZES = ((300, 0.90), (3_000, 0.09), (13_000, 0.01))
"""Rows of a form, and its share; the largest that was really sent had 13,266."""
_FETCHING = 0.09
"""Seconds for one mail: our own work, and the mail server's answers to fetch and move."""
_SENDING = 0.26
"""Seconds in which one mail is handed to a provider."""
_DATABASE_CORES = 4
_SOON = 15 * 60.0
"""Of a hundred senders 99 are to have their answer so soon."""
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of processor time, as measured."""

    deciding: float
    """A mail with a form of few rows."""
    row: float
    """Each further row."""
    database: float


@dataclass(frozen=True, slots=True)
class Reach:
    """How far so many children go."""

    children: int
    mails: int
    """Most mails on the day of a deadline of which 99 in 100 are answered soon."""
    rows: int
    bottleneck: str
    used: float
    """Share of the last hour for which the bottleneck is at work."""


def how_far(children: int, costs: Costs, seed: int = 1) -> Reach:
    """Return the busiest day that *children* all together, on whatever machines, can bear."""
    low, high = 1, _MOST
    while high - low > max(1, low // 100):
        middle = (low + high) // 2
        low, high = (middle, high) if _late(_play(middle, children, costs, seed)[0]) <= _SOON else (low, middle)
    _, busy, rows = _play(low, children, costs, seed)
    bottleneck = max(busy, key=lambda name: busy[name])
    return Reach(children, low, rows, bottleneck, min(1.0, busy[bottleneck]))


def _play(mails: int, children: int, costs: Costs, seed: int) -> tuple[list[float], dict[str, float], int]:
    """Return how long each sender waits, how busy each station is in the last hour, and the rows of all mails."""
    chance = Random(seed)
    arrivals, sizes = sorted(_arrivals(mails, chance)), _sizes(mails, chance)
    thinking = [costs.deciding + max(0, rows - _SIZES[0][0]) * costs.row for rows in sizes]
    fetched = list(_one_by_one(arrivals, _FETCHING))
    decided = list(_by_many(fetched, thinking, children))
    order = sorted(range(mails), key=decided.__getitem__)
    sent = dict(zip(order, _one_by_one([decided[one] for one in order], _SENDING), strict=True))
    late = sum(one >= _DAY[1] - _HOUR for one in arrivals)
    busy = {
        "fetching": late * _FETCHING / _HOUR,
        "deciding": late * sum(thinking) / mails / children / _HOUR,
        "sending": late * _SENDING / _HOUR,
        "database": late * costs.database / _DATABASE_CORES / _HOUR,
    }
    return [sent[one] - arrivals[one] for one in range(mails)], busy, sum(sizes)


def _arrivals(mails: int, chance: Random) -> Iterator[float]:
    for _ in range(mails):
        rushed = chance.random() < _LAST_HOUR
        yield chance.uniform(_DAY[1] - _HOUR if rushed else _DAY[0], _DAY[1])


def _sizes(mails: int, chance: Random) -> list[int]:
    return chance.choices([rows for rows, _ in _SIZES], [share for _, share in _SIZES], k=mails)


def _one_by_one(comes: Sequence[float], takes: float) -> Iterator[float]:
    free = 0.0
    for one in comes:
        free = max(one, free) + takes
        yield free


def _by_many(comes: Sequence[float], takes: Sequence[float], many: int) -> Iterator[float]:
    free = [0.0] * many
    for one, seconds in zip(comes, takes, strict=True):
        over = max(one, free[0]) + seconds
        heapq.heapreplace(free, over)
        yield over


def _late(waits: list[float]) -> float:
    return sorted(waits)[len(waits) * 99 // 100]
