"""A campaign that asks for two halves: the files of an annex, and the signed copy of its narrative."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.deadline import days_left
from bot.decide.halves import list_owed
from bot.model import Deadline, Decision, Obligation, Outcome, Outline, Section, SignedCopy, Standing, State
from bot.preview.campaign import CAMPAIGN, MID_JULY
from bot.preview.samples import NOW, decision
from bot.preview.wide import NGHE_AN, SEPTEMBER, WIDE, part

_NARRATIVES = {"BC-I": ("Báo cáo quy hoạch KCN", "I.1"), "BC-III": ("Báo cáo rà soát dự án", "III.1")}
_ANNEXES = {"BC-I": ("I.1", "I.2", "I.3", "I.4"), "BC-III": ("III.1", "III.2", "III.3")}
_DUES: dict[str, Deadline] = {"BC-I": MID_JULY, "BC-III": SEPTEMBER}


def _outline(narrative: str) -> Outline:
    name, beside = _NARRATIVES[narrative]
    return Outline(narrative, name, "", (Section("Kết quả", "kết quả"),), (name,), name, beside)


HALVES = replace(
    WIDE,
    campaigns=(replace(WIDE.campaigns[0], outlines=tuple(map(_outline, _NARRATIVES))),),
    obligations=tuple(
        Obligation(CAMPAIGN, form, NGHE_AN.code, _DUES[narrative], narrative)
        for narrative, forms in _ANNEXES.items()
        for form in (*forms, narrative)
    ),
)
SCAN = SignedCopy(CAMPAIGN, "BC-I", "BC 85 (ban ky).pdf", "e1" * 32, receipt="12-40-0029", received_at=NOW)
NUMBERED = replace(SCAN, number="85/BC-UBND", day=date(2012, 7, 9))


def standings(accepted: tuple[str, ...] = (), signed: SignedCopy | None = None) -> tuple[Standing, ...]:
    """Return where Nghệ An stands with those forms accepted, and with the signed copy of the first narrative."""
    return tuple(
        Standing(
            one,
            State.ACCEPTED if one.form in accepted else State.NOTHING,
            when=NOW if one.form in accepted else None,
            signed=signed if one.signed == "BC-I" else None,
        )
        for one in HALVES.obligations
    )


def _decided(outcome: Outcome, *accepted: str, signed: SignedCopy | None, sent: tuple[str, ...] = ()) -> Decision:
    owed = list_owed(standings(accepted, signed), HALVES, lambda deadline: days_left(deadline, NOW))
    copies = (signed,) if signed and (outcome is Outcome.SIGNED or signed.number) else ()
    return decision(outcome, *map(part, sent), owed=owed, signed=copies)


ANNEX = (*_ANNEXES["BC-I"], "BC-I")
HALVES_DECISIONS: dict[str, Decision] = {
    "reply_signed": _decided(Outcome.SIGNED, signed=SCAN),
    "reply_signed_after_its_files": _decided(Outcome.SIGNED, *ANNEX, signed=NUMBERED),
    "reply_accepted_with_signed_copy": _decided(Outcome.ACCEPTED, *ANNEX, signed=NUMBERED, sent=("I.1", "I.2")),
    "reply_accepted_without_signed_copy": _decided(Outcome.ACCEPTED, *ANNEX, signed=None, sent=("I.1", "I.2")),
    "reply_accepted_after_its_signed_copy": _decided(Outcome.ACCEPTED, "I.1", signed=SCAN, sent=("I.1",)),
}
