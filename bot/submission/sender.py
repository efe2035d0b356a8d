"""Which reporter an address may speak for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Reporter


def find_reporter(address: str, reporters: Sequence[Reporter]) -> Reporter | None:
    """Return the reporter that registered *address*, or its whole domain (``*@domain``); an exact address wins."""
    domain = f"*@{address.rpartition('@')[2]}"
    by_domain = None
    for reporter in reporters:
        if address in reporter.addresses:
            return reporter
        if domain in reporter.addresses:
            by_domain = reporter
    return by_domain
