"""A campaign of twenty forms by hand: annexes, zones, four deadlines, nothing to tell, an extension."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.language import VIETNAM
from bot.model import (
    Deadline,
    Decision,
    Form,
    Obligation,
    Outcome,
    Owed,
    Part,
    Reporter,
    SheetPlace,
    Standing,
    State,
)
from bot.preview.campaign import CAMPAIGN, MID_JULY, NOVEMBER, RULEBOOK
from bot.preview.findings import LEASED
from bot.preview.samples import decision
from bot.reply.digest import DigestFacts

SEPTEMBER = Deadline("trước ngày 30/9/2012", date(2012, 9, 30))
EXTENDED = Deadline("trước ngày 31/7/2012", date(2012, 7, 31), reason="Công văn số 12/BKHĐT ngày 10/7/2012 cho lùi hạn")
ZONES = {"VB": "ven biển", "CK": "cửa khẩu"}
FORMS = (
    *(f"I.{number}" for number in range(1, 5)),
    *(f"II.{number}-{zone}" for zone in ZONES for number in range(1, 7)),
    *(f"III.{number}" for number in range(1, 5)),
)
_NORTH, _CENTRE, _SOUTH = "Trung du và miền núi phía Bắc", "Bắc Trung Bộ và duyên hải miền Trung", "Đông Nam Bộ"
_PROVINCES = (
    ("02", "Hà Giang", _NORTH, "CK"),
    ("04", "Cao Bằng", _NORTH, "CK"),
    ("06", "Bắc Kạn", _NORTH, ""),
    ("10", "Lào Cai", _NORTH, "CK"),
    ("20", "Lạng Sơn", _NORTH, "CK"),
    ("22", "Quảng Ninh", _NORTH, "VB CK"),
    ("38", "Thanh Hóa", _CENTRE, "VB CK"),
    ("40", "Nghệ An", _CENTRE, "VB CK"),
    ("46", "Thừa Thiên Huế", _CENTRE, "VB CK"),
    ("48", "Đà Nẵng", _CENTRE, ""),
    ("70", "Bình Phước", _SOUTH, "CK"),
    ("75", "Đồng Nai", _SOUTH, ""),
    ("77", "Bà Rịa - Vũng Tàu", _SOUTH, ""),
)


def _owes(zones: str, form: str) -> bool:
    _, _, zone = form.partition("-")
    return not zone or zone in zones.split()


def _deadline(code: str, form: str) -> Deadline:
    if code == "40" and form == "II.6-VB":
        return EXTENDED
    return NOVEMBER if form == "III.4" else SEPTEMBER if form.startswith("III") else MID_JULY


def _form(form: str) -> Form:
    number, _, zone = form.partition("-")
    words = (ZONES[zone],) if zone else ()
    kind = f" của KKT {words[0]}" if words else ""
    title = f"Biểu {number}. Nội dung số {number}{kind}"
    return Form(form, CAMPAIGN, title, "", (), (), (), nil=form == "I.3", words=words)


REPORTERS = tuple(
    Reporter(
        code, name, f"Tỉnh {name}", f"Ban Quản lý các KCN tỉnh {name}", "tinh", region, (), (f"bql@tinh{code}.example",)
    )
    for code, name, region, _ in _PROVINCES
)
OBLIGATIONS = tuple(
    Obligation(CAMPAIGN, form, code, _deadline(code, form))
    for code, _, _, zones in _PROVINCES
    for form in FORMS
    if _owes(zones, form)
)
WIDE = replace(
    RULEBOOK,
    campaigns=(replace(RULEBOOK.campaigns[0], forms=FORMS, last_day=date(2013, 1, 4)),),
    forms=tuple(map(_form, FORMS)),
    reporters=REPORTERS,
    obligations=OBLIGATIONS,
)
NGHE_AN = WIDE.reporter("40")
ON_TIME = datetime(2012, 7, 13, 9, 14, tzinfo=VIETNAM)
AFTERWARDS = datetime(2012, 7, 23, 7, 30, tzinfo=VIETNAM)


def owed(now: datetime, *without: str, returned: dict[str, str] | None = None) -> tuple[Owed, ...]:
    """Return what Nghệ An still owes when it has sent the forms *without*."""
    return tuple(
        Owed(
            one,
            WIDE.form(f"{CAMPAIGN}/{one.form}").title,
            (one.deadline.day - now.date()).days if one.deadline else None,
            (returned or {}).get(one.form, ""),
        )
        for one in WIDE.owed_by("40")
        if one.form not in without
    )


def part(form: str, rows: int = 12, **changes: object) -> Part:
    """Return that form of one workbook, accepted."""
    values: dict[str, object] = {
        "campaign": CAMPAIGN,
        "form": form,
        "revision": 1,
        "sheets": (SheetPlace(f"Biểu {form}", {}, 8, rows),),
        **changes,
    }
    return Part("Bao cao Nghe An.xlsx", "d1" * 32, Outcome.ACCEPTED, **values)  # type: ignore[arg-type]


_ANNEX_1 = ("I.1", "I.2", "I.3", "I.4")
_NOTHING = part("I.3", 0, nil=True)
_LEASED_HERE = tuple(replace(one, place=replace(one.place, sheet="Biểu I.4")) for one in LEASED)
_RETURNED = replace(part("I.4"), verdict=Outcome.RETURNED, findings=_LEASED_HERE)
WIDE_DECISIONS: dict[str, Decision] = {
    "reply_accepted_many_forms": decision(
        Outcome.ACCEPTED,
        part("I.1"),
        part("I.2", revision=2),
        _NOTHING,
        part("I.4"),
        received_at=ON_TIME,
        owed=owed(ON_TIME, *_ANNEX_1),
    ),
    "reply_accepted_nil": decision(
        Outcome.ACCEPTED,
        _NOTHING,
        received_at=ON_TIME,
        owed=owed(ON_TIME, "I.3", returned={"I.1": "12-40-0019", "II.2-VB": "12-40-0021"}),
    ),
    "reply_returned_many_forms": decision(
        Outcome.RETURNED,
        part("I.1", late_days=8),
        part("I.2", late_days=8),
        _NOTHING,
        replace(_RETURNED, late_days=8),
        *(part(f"II.{number}-VB", late_days=8) for number in range(1, 6)),
        part("II.6-VB"),
        received_at=AFTERWARDS,
        owed=owed(AFTERWARDS, "I.1", "I.2", "I.3", *(f"II.{number}-VB" for number in range(1, 7))),
    ),
}

_SENT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "22": (_ANNEX_1[:3], ("I.4",)),
    "38": ((*_ANNEX_1, *FORMS[4:16]), ()),
    "40": ((*_ANNEX_1, *FORMS[4:9]), ("II.1-CK",)),
    "48": (_ANNEX_1, ()),
    "75": (("I.1",), ("I.2",)),
    "77": ((*_ANNEX_1, "III.1"), ()),
}
"""Code → what was accepted, what was returned; the others have sent nothing."""


def _standing(one: Obligation) -> Standing:
    accepted, returned = _SENT.get(one.reporter, ((), ()))
    when = datetime(2012, 7, 18, 9, 0, tzinfo=VIETNAM)
    if one.form in accepted:
        return Standing(one, State.NIL if one.form == "I.3" else State.ACCEPTED, when=when)
    return Standing(one, State.RETURNED, when=when) if one.form in returned else Standing(one)


WIDE_STANDINGS = tuple(map(_standing, OBLIGATIONS))
_FINISHED = {
    (one.obligation.reporter, one.obligation.form): datetime(2012, 7, 12 + place % 9, 9, 0, tzinfo=VIETNAM)
    for place, one in enumerate(WIDE_STANDINGS)
    if one.state in {State.ACCEPTED, State.NIL}
}
WIDE_DIGEST = DigestFacts(campaign=CAMPAIGN, week=date(2012, 7, 22), standings=WIDE_STANDINGS, finished=_FINISHED)
OPEN_DIGEST = replace(
    WIDE_DIGEST,
    standings=tuple(
        replace(one, obligation=replace(one.obligation, deadline=None))
        for one in WIDE_STANDINGS
        if one.obligation.form in {"I.1", "I.2"}
    ),
)
"""A letter that gives no date."""
