"""Looks at everything the daemon needs, and says how to mend what is not well. Changes nothing on the servers.

Each module looks at one field and offers its points; here stands the order in which they are looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.sign_in import SignInRefused
from bot.runners.doctor.machine import ARCHIVES, CHILDREN
from bot.runners.doctor.officers import OFFICERS
from bot.runners.doctor.point import Examined, Point
from bot.runners.doctor.receiving import KEYS, MAILBOX, SIGN_IN, points_of_latest
from bot.runners.doctor.registers import TEMPLATES, find_template_mistakes, points_of_registers
from bot.runners.doctor.review import points_of_review
from bot.runners.doctor.sending import ALARM, PEOPLE, SMTP
from bot.runners.doctor.store import DISK, LEDGER, STORE
from bot.runners.doctor.trouble import tell_ledger, tell_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from bot.config import Config

__all__ = ["Examined", "examine", "find_template_mistakes", "tell_ledger", "tell_problem"]

_AT_HOME: tuple[Point, ...] = (TEMPLATES, DISK, LEDGER, MAILBOX)
_OUTSIDE: tuple[Point, ...] = (SMTP, ALARM, PEOPLE, ARCHIVES, CHILDREN)


def examine(config: Config, day: date | None = None) -> Iterator[Examined]:
    """Yield what is found, point by point, as it is found; one that breaks never hides the next.

    Only the reporters that exist on *day* (today) are counted.
    """
    registers = points_of_registers(day or SystemClock().now().date())
    tokens = (SIGN_IN,) if config.provider else ()
    signed = (KEYS,) if config.authentication.dkim else ()
    far = (STORE,) if config.store.vault_url is not None else ()
    officers = (OFFICERS,) if config.ministry.officers else ()
    outside = (*_OUTSIDE, *officers, *signed, *far, *points_of_review(config))
    for name, look, cure in (*registers, *tokens, *_AT_HOME, *points_of_latest(), *outside):
        yield _look(name, look, cure, config)


def _look(name: str, look: Callable[[Config], Examined], cure: str, config: Config) -> Examined:
    try:
        return look(config)
    except SignInRefused as problem:
        return Examined(name, False, str(problem), problem.cure)
    except Exception as problem:  # noqa: BLE001  the runner's edge: what nobody foresaw is told like all else
        return Examined(name, False, tell_problem(problem), cure)
