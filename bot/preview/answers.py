"""A sample of each answer to words: what a person has said about an earlier mail, and what he has asked for."""

from __future__ import annotations

from dataclasses import replace

from bot.model import (
    Answered,
    Effect,
    Finding,
    Help,
    Matter,
    Nil,
    Noted,
    Outcome,
    Part,
    Settled,
    Severity,
    Standing,
    State,
)
from bot.preview.campaign import CAMPAIGN
from bot.preview.findings import LEASED, PAUSED, finding
from bot.preview.samples import NOW, checked_part, decision, owed
from bot.reply.findings import number_parts

_CERTIFIED = finding(
    "L25",
    rule="nam_hoat_dong_truoc_nam_thanh_lap",
    severity=Severity.QUERY,
    title="Năm đi vào hoạt động trước năm thành lập",
    say="KCN Nam Cấm đi vào hoạt động năm 2003, trước năm thành lập 2004",
    fix="Kiểm tra lại hai năm, hoặc cho biết lý do",
    column="Năm đi vào hoạt động",
)
_PROJECTS = owed("III.4", 143)
_REASON = "được thành lập theo Quyết định số 421/QĐ-TTg ngày 12/4/2012"


def _asked(*findings: Finding) -> Answered:
    """Return the mail that told these findings."""
    parts: tuple[Part, ...] = number_parts([checked_part(*findings)])
    verdict = parts[0].verdict
    return Answered("reply:1", f"reply_{verdict}", "", 31, "", "12-40-0031", verdict, CAMPAIGN, parts)


_QUERIES, _BOTH = _asked(PAUSED, _CERTIFIED), _asked(*LEASED, PAUSED, _CERTIFIED)
_SAID = {"outcome": Outcome.ANSWERED, "receipt": "12-40-0036", "matter": Matter.NOTED}
_EARLIER = Settled(CAMPAIGN, "I.1", Outcome.ACCEPTED, 1, "", "12-40-0031", NOW)
_STANDINGS = (
    Standing(owed("I.1", 5).obligation, State.ACCEPTED, 2, NOW, queries=1, receipt="12-40-0031"),
    Standing(_PROJECTS.obligation, State.RETURNED, 1, NOW, errors=12, receipt="12-40-0033"),
)

ANSWERS = {
    "answer_noted": decision(
        **_SAID,  # type: ignore[arg-type]
        about=_QUERIES,
        noted=(Noted(1, _REASON, Effect.EXPLAINED), Noted(2, "đúng như hồ sơ, xem giấy phép", Effect.EXPLAINED)),
        owed=(_PROJECTS,),
    ),
    "answer_noted_in_part": decision(
        **_SAID,  # type: ignore[arg-type]
        about=_BOTH,
        noted=(
            Noted(1, "số liệu đúng như hợp đồng", Effect.IS_ERROR),
            Noted(2, _REASON, Effect.EXPLAINED),
            Noted(7, "dự án tạm dừng", Effect.UNKNOWN),
        ),
        owed=(owed("I.1", 5, "12-40-0031"), _PROJECTS),
    ),
    "answer_noted_doubt": decision(
        **_SAID,  # type: ignore[arg-type]
        about=_BOTH,
        noted=(
            Noted(1, "diện tích cho thuê gồm cả đất dịch vụ", Effect.DOUBTED),
            Noted(2, "văn bản số 85/TTg-KTN đã cho phép", Effect.DOUBTED),
            Noted(3, "đã sửa", Effect.CORRECTED),
        ),
        owed=(owed("I.1", 5, "12-40-0031"),),
    ),
    "answer_blanks": decision(
        Outcome.ANSWERED,
        matter=Matter.BLANKS,
        receipt="12-40-0042",
        help=Help(Matter.BLANKS, _STANDINGS, wanted=((CAMPAIGN, "I.1"), (CAMPAIGN, "III.4"))),
        owed=(owed("I.1", 5), _PROJECTS),
    ),
    "answer_blanks_none": decision(
        Outcome.ANSWERED, matter=Matter.BLANKS, receipt="12-40-0042", help=Help(Matter.BLANKS, _STANDINGS)
    ),
    "answer_status": decision(
        Outcome.ANSWERED, matter=Matter.STATUS, receipt="12-40-0043", help=Help(Matter.STATUS, _STANDINGS)
    ),
    "answer_guide": decision(
        Outcome.ANSWERED,
        matter=Matter.GUIDE,
        receipt="12-40-0044",
        help=Help(Matter.GUIDE, _STANDINGS),
        owed=(_PROJECTS,),
    ),
    "answer_nil": decision(
        Outcome.ANSWERED,
        matter=Matter.NIL,
        receipt="12-40-0040",
        nil=Nil("Kỳ này không phát sinh.", which=((CAMPAIGN, "I.1"), (CAMPAIGN, "III.4"))),
        owed=(owed("I.1", 5), _PROJECTS),
    ),
    "answer_nil_of_forms_with_figures": decision(
        Outcome.ANSWERED,
        matter=Matter.NIL,
        receipt="12-40-0040",
        nil=Nil("Biểu I.1, III.4: không phát sinh", unable=((CAMPAIGN, "III.4"),), kept=(_EARLIER,)),
        owed=(_PROJECTS,),
    ),
    "reply_accepted_nil_by_mail": decision(
        Outcome.ACCEPTED,
        Part("", "", Outcome.ACCEPTED, campaign=CAMPAIGN, form="III.4", revision=1, nil=True),
        receipt="12-40-0041",
        nil=Nil("Biểu III.4: không phát sinh", ((CAMPAIGN, "III.4"),)),
        owed=(owed("I.1", 5),),
    ),
    "reply_trial": decision(
        Outcome.TRIAL,
        checked_part(*LEASED, PAUSED, revision=0),
        would_be=Outcome.RETURNED,
        receipt="12-40-0038",
        owed=(owed("I.1", 5), _PROJECTS),
    ),
    "reply_trial_accepted": decision(
        Outcome.TRIAL, checked_part(revision=0), would_be=Outcome.ACCEPTED, receipt="12-40-0039", owed=(owed("I.1", 5),)
    ),
    "reply_accepted_explained": replace(
        decision(Outcome.ACCEPTED, checked_part(), owed=(_PROJECTS,), receipt="12-40-0037"),
        about=_BOTH,
        noted=(Noted(2, _REASON, Effect.EXPLAINED), Noted(3, "theo giấy phép", Effect.EXPLAINED)),
    ),
}
