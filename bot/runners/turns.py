"""Which message is next, and who has to wait: within one process, or among all that share a ledger."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.adapters.claims import Claims
    from bot.adapters.clock import Clock
    from bot.adapters.ledger import Ledger, Undecided

_AHEAD = 64
"""How many messages are read at once, where nobody else takes them."""
_LOOK = 0.02
"""Seconds after which it is looked again whether others have opened what stands before; doubled each time …"""
_LONGEST_LOOK = 0.5
"""… up to this."""


class Stop(Protocol):
    """What tells to leave: a ``threading.Event``, or several of them."""

    def is_set(self) -> bool:
        """Return whether to leave after the message in hand."""

    def wait(self, timeout: float) -> bool:
        """Wait so many seconds, or less where it is set meanwhile; return whether it is."""


class Stopped(Exception):  # noqa: N818  the message waits for the next start
    """The daemon is stopping."""


class GivenBack(Exception):  # noqa: N818  somebody else decides the message, or we do so later
    """The message is not ours any more, or an earlier one has to be taken first."""


class Line(Protocol):
    """The undecided messages, as one process takes them."""

    def next(self, without: Collection[int]) -> Undecided | None:
        """Return the first in line that is due, in nobody's hands, and not among *without*; None where none is."""

    def wait(self, message: Undecided, key: str) -> None:
        """Wait until no earlier message may be of the same *key*: a reporter, or the address of a stranger.

        Raises Stopped, GivenBack.
        """

    def leave(self, message: Undecided) -> None:
        """Note that the message is settled, or has failed, or is left for later."""


@dataclass(slots=True)
class Turns:
    """Keeps the messages of one reporter in the order in which they entered, whoever finishes first.

    Their numbers do not say that order: an old mail that somebody moves into the inbox has a high number and an early
    date. Whoever is waited for must have been begun earlier, or all threads could come to wait for one not begun.
    """

    _changed: threading.Condition = field(default_factory=threading.Condition)
    _open: dict[int, str | None] = field(default_factory=dict)
    """Message → its reporter, None until it has been opened; in the order of entering."""

    def enter(self, message: int) -> None:
        """Note that the message is under way."""
        with self._changed:
            self._open[message] = None

    def under_way(self) -> set[int]:
        """Return the messages that have entered and not left."""
        with self._changed:
            return set(self._open)

    def wait(self, message: int, reporter: str) -> None:
        """Wait until no earlier message may be of the same reporter."""
        with self._changed:
            self._open[message] = reporter
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._is_preceded(message, reporter))

    def leave(self, message: int) -> None:
        """Note that the message is settled, or has failed."""
        with self._changed:
            self._open.pop(message, None)
            self._changed.notify_all()

    def _is_preceded(self, message: int, reporter: str) -> bool:
        for one, of in self._open.items():
            if one == message:
                return False
            if of is None or (reporter and of == reporter):
                return True
        return False


class OwnLine:
    """The line of a process that works alone: it remembers itself what is under way."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._turns = Turns()
        self._lock = threading.Lock()
        self._read: deque[Undecided] = deque()

    def next(self, without: Collection[int]) -> Undecided | None:
        """Return the next message, as :class:`Line` says."""
        with self._lock:
            if not self._read:
                # What is under way is asked first: whatever leaves after that is decided, put off, or among *without*.
                taken = self._turns.under_way()
                self._read.extend(self._ledger.undecided(self._clock.now(), _AHEAD, taken | set(without)))
            if not self._read:
                return None
            message = self._read.popleft()
            self._turns.enter(message.id)
            return message

    def wait(self, message: Undecided, key: str) -> None:
        """Wait as :class:`Line` says."""
        self._turns.wait(message.id, key)

    def leave(self, message: Undecided) -> None:
        """Note as :class:`Line` says."""
        self._turns.leave(message.id)


class SharedLine:
    """The line of all who share a ledger: messages are claimed there one by one, and turns are told there too.

    Who claims a message opens it at once. If an earlier one is of the same reporter, the message is given back with
    what is known of it, and comes again when it has its turn: nobody is idle because a province sends ten mails in a
    row. Waited for are only earlier ones that others are just opening; the first in line waits for nobody, so somebody
    always gets on. If what has to come first is in nobody's hands (its worker died, or it came late), the message is
    given back too, and the earlier one is taken instead.
    """

    def __init__(self, ledger: Ledger, claims: Claims, clock: Clock, stop: Stop) -> None:
        self._ledger, self._claims, self._clock, self._stop = ledger, claims, clock, stop
        self._without: frozenset[int] = frozenset()

    def next(self, without: Collection[int]) -> Undecided | None:
        """Return the next message, as :class:`Line` says."""
        self._without = frozenset(without)
        return self._claims.next(self._clock.now(), self._without)

    def wait(self, message: Undecided, key: str) -> None:
        """Wait as :class:`Line` says."""
        if not self._ledger.take_turn(message.id, key):
            raise GivenBack
        pause, was_free = _LOOK, False
        while (ahead := self._ledger.ahead(message, key, self._clock.now(), self._without)) is not None:
            # What was free the last time too is not just being claimed.
            if ahead.is_known or (was_free and not ahead.in_hands):
                raise GivenBack
            was_free = not ahead.in_hands
            if self._stop.wait(pause):
                raise Stopped
            pause = min(pause * 2, _LONGEST_LOOK)

    def leave(self, message: Undecided) -> None:
        """Note as :class:`Line` says: what is not decided may be taken by others."""
        self._claims.leave(message.id)
