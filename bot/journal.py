"""The log on stderr: one line for each thing that happened, for a person or a machine, and about no person.

It holds numbers, receipts and hashes. What a mail server answers, or what an exception says, may name who wrote or
quote what was written; so addresses are made unreadable in every line, and a failure is told by its kind and place.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from types import TracebackType
    from typing import Any

    from structlog.typing import WrappedLogger

Level = str
_ADDRESS = re.compile(r"[^\s@<>()\[\]\"':;,=/\\]+@(?=[^\s@<>()\[\]\"':;,=/\\])")
_HIDDEN = "…@"
"""The domain stays: it tells the operator which server is meant."""
_OUR_NUMBERS = frozenset({"message_id"})
"""Looks like an address, and is the name of a mail of ours."""


def write_journal(*, level: Level = "info", as_json: bool = False) -> None:
    """Send the log to stderr from now on; *as_json* writes one object on each line, with event, level and time (UTC).

    What libraries log through :mod:`logging`, from warnings upwards, goes the same way.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=as_json),
            _tell_failure,
            _hide_addresses,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
            if as_json
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for one in [handler for handler in root.handlers if isinstance(handler, _FromLibraries)]:
        root.removeHandler(one)
    root.addHandler(_FromLibraries(logging.WARNING))


def tell_problem(problem: BaseException) -> str:
    """Return kind and places of *problem* and its causes in one line, without what it may quote.

    The text is told where it is known to quote nobody: that of the system's errors, and of our own exceptions.
    """
    told = []
    seen: set[int] = set()
    one: BaseException | None = problem
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        told.append(f"{type(one).__name__}{_text(one)} [{' > '.join(_places(one.__traceback__))}]")
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return " <- ".join(told)


def _text(problem: BaseException) -> str:
    if type(problem).__module__.startswith("bot."):
        return f": {' '.join(str(problem).split())}"
    return f": {problem.strerror}" if isinstance(problem, OSError) and problem.strerror else ""


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places


def _tell_failure(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the failure that is being handled, or is given as ``exc_info``, under the key ``failure``."""
    told = event.pop("exc_info", None)
    problem = told[1] if isinstance(told, tuple) else told if isinstance(told, BaseException) else None
    if told is True:
        problem = sys.exc_info()[1]
    if problem is not None:
        event["failure"] = tell_problem(problem)
    return event


def _hide_addresses(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key not in _OUR_NUMBERS:
            event[key] = _hidden(value)
    return event


def _hidden(value: object) -> object:
    if isinstance(value, str):
        return _ADDRESS.sub(_HIDDEN, value)
    if isinstance(value, Mapping):
        return {_hidden(key): _hidden(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_hidden(one) for one in value]
    return value if isinstance(value, (bool, int, float)) or value is None else _hidden(str(value))


class _FromLibraries(logging.Handler):
    """Takes what libraries log: their fixed words, and never what they fill in."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand *record* to our own log."""
        log = structlog.get_logger(record.name)
        log.log(record.levelno, str(record.msg), library=record.name, exc_info=record.exc_info)
