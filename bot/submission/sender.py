"""Which reporter an address may speak for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.addresses import with_ascii_domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.model import Reporter


def find_reporter(address: str, reporters: Sequence[Reporter], day: date) -> Reporter | None:
    """Return the body of *day* for which *address* speaks; an exact address wins over a whole domain (``*@domain``).

    An address speaks only in its own days, and who is shut out does not speak by his domain.
    A domain in Vietnamese letters and its ASCII form are the same, whichever of them is registered or written from.
    Who was registered for a body that has ceased speaks for the one that followed it. None for an unknown address.
    """
    known = {one.code: one for one in reporters}
    plain = with_ascii_domain(address)
    for wanted in (plain, f"*@{plain.rpartition('@')[2]}"):
        for reporter in reporters:
            if plain != wanted and plain in map(with_ascii_domain, reporter.shut_out):
                continue
            if wanted in map(with_ascii_domain, reporter.addresses_on(day)):
                body = reporter.body_on(day, known)
                if body is not None:
                    return body
    return None
