"""The ministry's word on a part: which is meant, and what it would change. Both doors, terminal and mail, ask here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Change, Outcome, PartRuling, Refused, Ruling, Why

if TYPE_CHECKING:
    from datetime import datetime

    from bot.adapters.ledger import Ledger, Shown, ShownPart
    from bot.model import Act, Rulebook

_JUDGED = frozenset({Outcome.ACCEPTED, Outcome.RETURNED})


@dataclass(frozen=True, slots=True)
class Deciding:
    """What a ruling would change."""

    shown: Shown
    part: ShownPart
    ruling: PartRuling
    change: Change


def decide_on(
    receipt: str,
    ruled: tuple[Act, str, str],
    ledger: Ledger,
    rulebook: Rulebook,
    now: datetime,
    *,
    form: str = "",
    revision: int | None = None,
) -> Deciding | Refused:
    """Return what a ruling on the message of that receipt would change, or why there is none; nothing is kept here.

    Args:
        receipt: as it stands in the reply.
        ruled: what is ruled, by whom, and why.
        ledger: holds the message.
        rulebook: with what was granted.
        now: the instant of the ruling.
        form: which form of the message; may be empty where it holds one.
        revision: which revision, where it holds two files of one form.
    """
    act, who, note = ruled
    if not note:
        return Refused(Why.NO_REASON)
    shown = ledger.show(receipt.strip())
    if shown is None:
        return Refused(Why.NO_RECEIPT, receipt)
    part = _part_of(shown, form, revision)
    if isinstance(part, Refused):
        return part
    after = ledger.counts_as(act)
    if after == part.counts_as:
        return Refused(Why.ALREADY, shown.receipt, (part.form, part.counts_as))
    ruling = Ruling(act, who, now, note, part.counts_as)
    owed = rulebook.obligation(part.campaign, part.form, shown.reporter)
    stands = None
    if owed is not None:
        (was,), (will,) = ledger.standing((owed,)), ledger.standing_after(shown.id, part.ordinal, ruling, (owed,))
        stands = was, will
    change = Change(part.campaign, part.form, part.counts_as, after, stands=stands)
    return Deciding(shown, part, PartRuling(shown.id, part.ordinal, ruling), change)


def _part_of(shown: Shown, form: str, revision: int | None) -> ShownPart | Refused:
    """Return the part that is meant: the only form of the message, or the one that is named."""
    judged = [one for one in shown.parts if one.form and one.verdict in _JUDGED]
    if not judged:
        earlier = next((one.earlier for one in shown.parts if one.earlier), "")
        return Refused(Why.NO_PART, shown.receipt, (earlier,) if earlier else ())
    wanted = form.strip().casefold()
    named = [one for one in judged if wanted in ("", one.form.casefold()) and revision in (None, one.revision)]
    if len(named) == 1:
        return named[0]
    known = tuple(f"{one.form}/{one.revision}" for one in judged)
    return Refused(Why.WHICH_PART if named else Why.NO_SUCH_PART, shown.receipt, known)
