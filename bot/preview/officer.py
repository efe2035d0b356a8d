"""A sample of each mail that answers the orders of an officer of the ministry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model import (
    Change,
    Decision,
    Ending,
    HeldLine,
    Matter,
    Outcome,
    Refused,
    State,
    ToldOrder,
    Transcript,
    Verb,
    Why,
)
from bot.preview.campaign import CAMPAIGN
from bot.preview.samples import DIGEST, NOW

HEARD = Decision(Outcome.ANSWERED, "12-00-0060", NOW, "", matter=Matter.ORDERS)
_OF_NGHE_AN = tuple(one for one in DIGEST.standings if one.obligation.reporter == "40")

_EXTENDED = ToldOrder(
    "GIA HẠN Nghệ An I.1 20/7 lý do chờ số liệu của KCN mới",
    Ending.ASKED,
    Verb.EXTEND,
    reporter="40",
    changes=(Change(CAMPAIGN, "I.1", "trước ngày 15/7/2012", "chậm nhất ngày 20/7/2012"),),
    reason="chờ số liệu của KCN mới",
)
_RULED = ToldOrder(
    "TRẢ LẠI 12-40-0057 lý do thiếu số liệu quý II",
    Ending.ASKED,
    Verb.RETURN,
    reporter="40",
    changes=(
        Change(
            CAMPAIGN,
            "III.4",
            "accepted",
            "returned",
            stands=(_OF_NGHE_AN[1], replace(_OF_NGHE_AN[1], state=State.RETURNED)),
        ),
    ),
    receipt="12-40-0057",
    revision=1,
    reason="thiếu số liệu quý II",
)
_ACCEPTED = replace(_RULED, text="CHẤP NHẬN 12-40-0031", verb=Verb.ACCEPT, receipt="12-40-0031", reason="")
_REGISTERED = ToldOrder(
    "DUYỆT NGƯỜI GỬI nam@hop-thu-rieng.example Nghệ An",
    Ending.ASKED,
    Verb.REGISTER,
    reporter="40",
    address="nam@hop-thu-rieng.example",
    mails=(HeldLine("12-00-0058", NOW, "Biểu I.1"),),
)
_DISMISSED = ToldOrder(
    "BỎ QUA ban-hang@quang-cao.example lý do thư quảng cáo",
    Ending.ASKED,
    Verb.DISMISS,
    mails=(HeldLine("12-00-0059", NOW, "Khuyến mại tháng 7", "ban-hang@quang-cao.example"),),
    reason="thư quảng cáo",
)
_EXPIRES = NOW + timedelta(hours=24)

_OWED = ("2012-kkt-kcn/I.1", "2012-kkt-kcn/III.4")
_REASONS: dict[Why, tuple[str, tuple[str, ...]]] = {
    Why.NO_FORMS: ("Nghệ An", _OWED),
    Why.NOT_OWED: ("I.9", ("Nghệ An", *_OWED)),
    Why.IN_SEVERAL: ("DM", ("2012-ccn-qd105/DM", "2022-ccn-nd68/DM")),
    Why.NO_SUCH_DAY: ("31/6", ()),
    Why.NO_REASON: ("", ()),
    Why.NOT_LATER: ("I.1", ("trước ngày 15/7/2012",)),
    Why.AFTER_CLOSE: (CAMPAIGN, ("4/1/2013", CAMPAIGN)),
    Why.NO_RECEIPT: ("12-40-9999", ()),
    Why.NOT_WAITING: ("ban-hang@quang-cao.example", ()),
    Why.NO_PART: ("12-40-0058", ("12-40-0057",)),
    Why.WHICH_PART: ("12-40-0057", ("I.1/1", "III.4/2")),
    Why.NO_SUCH_PART: ("12-40-0057", ("I.1/1",)),
    Why.ALREADY: ("12-40-0057", ("III.4", "accepted")),
    Why.NO_ADDRESS: ("*@tinh.example", ()),
    Why.RESERVED_ADDRESS: ("truong.phong@bo.example", ()),
    Why.KNOWN_ADDRESS: ("bql@nghean.example", ("Nghệ An",)),
    Why.TWICE: ("", ()),
    Why.WRONG_CODE: ("K7QM-3XTP", ()),
    Why.OTHERS_CODE: ("K7QM-3XTP", ()),
    Why.EXPIRED: ("K7QM-3XTP", ()),
    Why.USED: ("K7QM-3XTP", ()),
}
"""Each reason with what is named in it."""

TRANSCRIPTS = {
    "officer_confirm": Transcript((_EXTENDED, _RULED, _REGISTERED, _DISMISSED), code="K7QM-3XTP", expires_at=_EXPIRES),
    "officer_transcript_done": Transcript(
        (
            replace(_EXTENDED, ending=Ending.DONE),
            replace(_ACCEPTED, ending=Ending.REFUSED, refused=Refused(Why.CHANGED)),
            replace(_DISMISSED, ending=Ending.DONE),
            replace(_DISMISSED, ending=Ending.REFUSED, refused=Refused(Why.CHANGED)),
        )
    ),
    "officer_transcript_refused": Transcript(
        tuple(
            ToldOrder("…", Ending.REFUSED, Verb.EXTEND, Refused(why, named, known), reporter="40")
            for why, (named, known) in _REASONS.items()
        )
    ),
    "officer_transcript": Transcript(
        (
            ToldOrder("TRẠNG THÁI", Ending.SHOWN, Verb.STATUS, standings=DIGEST.standings),
            ToldOrder("trang thai Nghe An", Ending.SHOWN, Verb.STATUS, reporter="40", standings=_OF_NGHE_AN),
        )
    ),
    "officer_transcript_not_understood": Transcript(
        (
            ToldOrder("GIA HẠM Nghệ An", Ending.MISREAD, Verb.EXTEND),
            ToldOrder(
                "TRẠNG THÁI Nghệ Am",
                Ending.REFUSED,
                Verb.STATUS,
                Refused(Why.NO_REPORTER, "Nghệ Am", ("Nghệ An",)),
            ),
            ToldOrder("Đề nghị hệ thống xem giúp.", Ending.MISREAD),
        ),
        left_out=2,
    ),
    "officer_transcript_guide": Transcript((ToldOrder("HƯỚNG DẪN", Ending.SHOWN, Verb.GUIDE),)),
}
