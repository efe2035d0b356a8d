"""Mails at which the connection broke: so that one of them never keeps all the others from being received."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.adapters.clock import retry_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.adapters.clock import Clock
    from bot.adapters.imap import Listed


class Suspects:
    """Remembers, as long as the daemon runs, which mails were being fetched when a connection broke.

    Most are innocent: they were in the same batch, or the line was bad. So nobody is given up; a suspect is fetched
    after all others and alone, and one that breaks the connection alone, while others come through, waits 1, 2, 4 …
    minutes, at most 4 hours. While nothing comes through it is the line, and nobody has to wait for its sake.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[Listed, tuple[int, datetime, int]] = {}
        """Mail → how often it broke a line that served others, when it is due, and how much had come through then."""
        self._came_through = 0

    def note(self, batch: Iterable[Listed]) -> None:
        """Note that the connection broke while *batch* was fetched."""
        for one in batch:
            times, _, came_through = self._known.get(one, (0, None, -1))
            times += came_through < self._came_through
            wait = retry_after(times - 1) if times > 1 else timedelta(0)
            self._known[one] = (times, self._clock.now() + wait, self._came_through)

    def clear(self, batch: Iterable[Listed]) -> None:
        """Note that *batch* was fetched, or is gone."""
        for one in batch:
            self._came_through += 1
            self._known.pop(one, None)

    def part(self, listed: Sequence[Listed]) -> tuple[list[Listed], list[Listed]]:
        """Return the mails without suspicion, and the suspects that are due for another try."""
        now = self._clock.now()
        clean = [one for one in listed if one not in self._known]
        return clean, [one for one in listed if one in self._known and self._known[one][1] <= now]
