"""A sample of each mail that answers the orders of an officer of the ministry."""

from __future__ import annotations

from bot.model import Decision, Ending, Matter, Outcome, Refused, ToldOrder, Transcript, Verb, Why
from bot.preview.samples import DIGEST, NOW

HEARD = Decision(Outcome.ANSWERED, "12-00-0060", NOW, "", matter=Matter.ORDERS)
_OF_NGHE_AN = tuple(one for one in DIGEST.standings if one.obligation.reporter == "40")

TRANSCRIPTS = {
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
