"""To which addresses of a reporter a mail goes that nobody asked for, and who gets a copy of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.reply.compose import is_writable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from bot.model import Reporter


MAX_COPIES = 5
"""So many further contacts get a copy of a reply: a list that somebody let grow must not make a mass mail."""


def recipients(
    bodies: Iterable[Reporter], day: date, unreachable: Collection[str] = (), *, escalated: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses of To and of Cc; both are empty where nobody can be written to.

    The head of an office gets a copy of what is *escalated*, and is written to where no one else is left.

    Args:
        bodies: the reporter, and the one that followed it where it was merged.
        day: on which the mail is written; an address whose days are over gets none.
        unreachable: addresses from which a mail of ours came back.
        escalated: something is long overdue.
    """
    known = [(one, body) for body in bodies for one in body.addresses_on(day)]
    usable = {one: one in body.heads for one, body in known if _is_usable(one) and one not in unreachable}
    staff = tuple(one for one, is_head in usable.items() if not is_head)
    heads = tuple(one for one, is_head in usable.items() if is_head)
    if not staff:
        return heads, ()
    return staff, heads if escalated else ()


def copies(reporter: Reporter, sender: str, day: date, unreachable: Collection[str] = ()) -> tuple[str, ...]:
    """Return the other contacts of *reporter* that get a copy of an answer to *sender*: no heads, five at most."""
    others = (one for one in reporter.addresses_on(day) if one != sender and one not in reporter.heads)
    return tuple(one for one in dict.fromkeys(others) if _is_usable(one) and one not in unreachable)[:MAX_COPIES]


def _is_usable(address: str) -> bool:
    return is_writable(address) and "*" not in address
