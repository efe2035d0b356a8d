"""What a test does with a daemon and its watch."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.adapters.clock import Pause, SimulatedClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.daemon import Daemon
    from bot.daemon.watch import Watch
    from bot.model.health import Health, Ill


MINUTE = timedelta(minutes=1)
PATIENCE = 20.0


def later(clock: SimulatedClock, minutes: float) -> None:
    clock.move_to(clock.now() + minutes * MINUTE)


def try_once(daemon: Daemon, round_: Callable[[], float], name: str) -> None:
    """Do a round in a thread of that name, as the daemon does."""
    thread = threading.Thread(target=daemon.try_round, args=(round_, Pause(daemon.stop)), name=name)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def look(watch: Watch) -> Health:
    """Look once, and wait until the operator was told what has to be told directly."""
    health = watch.look()
    if watch._carrier is not None:
        watch._carrier.join(PATIENCE)
    return health


def ills(watch: Watch) -> list[tuple[Ill, str]]:
    return [(one.ill, one.cause) for one in look(watch).troubles]
