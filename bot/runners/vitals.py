"""The vital signs that lie outside the daemon's own threads: disk and ledger."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import structlog

from bot.model.health import Bounds, Vitals
from bot.runners.doctor import tell_problem

if TYPE_CHECKING:
    from datetime import datetime

    from bot.adapters.ledger import Ledger
    from bot.config import Config
    from bot.model.health import Work

log = structlog.get_logger(__name__)
_MIB = 2**20


def gather(
    ledger: Ledger, config: Config, works: tuple[Work, ...], now: datetime, ended: tuple[str, ...] = ()
) -> Vitals:
    """Return *works* with all else that says whether the daemon is well; a ledger that cannot be read is told."""
    undecided_for, trouble = 0.0, ""
    try:
        waiting = ledger.undecided_since()
        undecided_for = (now - waiting).total_seconds() if waiting else 0.0
    except Exception as problem:  # noqa: BLE001  who watches must go on whatever breaks
        trouble = tell_problem(problem)
        log.warning("the ledger could not be read", problem=trouble)
    free = shutil.disk_usage(config.store.folder).free
    return Vitals(works, undecided_for, free, trouble, ended)


def bounds_of(config: Config) -> Bounds:
    """Return from where on something is not well."""
    watch = config.watch
    # One sweep may fail for a passing reason; that two in a row did is worth a look.
    sweep = max(watch.sweep_minutes, 2 * config.mailbox.sweep_minutes)
    return Bounds(
        sweep=sweep * 60,
        send=watch.send_minutes * 60,
        job=watch.job_minutes * 60,
        undecided=watch.undecided_minutes * 60,
        stuck=watch.stuck_minutes * 60,
        disk=watch.disk_mib * _MIB,
    )
