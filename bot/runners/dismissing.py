"""Held mail that is nobody's report: which is meant. Both doors, terminal and mail, ask here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Refused, Why

if TYPE_CHECKING:
    from bot.adapters.ledger import HeldMail, Ledger


def mails_to_dismiss(meant: str, ledger: Ledger) -> tuple[HeldMail, ...] | Refused:
    """Return the mails that would wait no longer, the latest first, or why there is none; nothing is kept here.

    Args:
        meant: the receipt of one, or the address of a sender: then all of his that wait.
        ledger: holds the mails that wait.
    """
    if "@" in meant:
        return ledger.held_from(meant) or Refused(Why.NOT_WAITING, meant)
    shown = ledger.show(meant)
    if shown is None:
        return Refused(Why.NO_RECEIPT, meant)
    mail = ledger.held_one(shown.id)
    if mail is None or mail.is_dismissed:
        return Refused(Why.NOT_WAITING, shown.receipt)
    return (mail,)
