"""A sample of each mail about what the marked copy has put right: offered, agreed to, and nothing to agree to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.model import Agreed, Answered, Consent, Matter, Outcome, Severity
from bot.preview.campaign import CAMPAIGN
from bot.preview.findings import LEASED, PAUSED, finding
from bot.preview.samples import checked_part, decision, owed
from bot.reply.findings import number_parts

_YEAR = replace(
    finding(
        "L18",
        rule="so_viet_sai",
        title="Số ghi lẫn chữ hoặc thừa dấu",
        say='Ô L18 ghi "2OO5"; có thể hiểu là 2005',
        fix="Đề nghị ghi 2005 nếu hiểu như vậy là đúng.",
        column="Năm đi vào hoạt động",
        written="2OO5",
    ),
    repair=2005,
)
_AREA = replace(
    finding(
        "I19",
        rule="don_vi_khac",
        title="Số ghi theo đơn vị tính khác với cột",
        say='Ô I19 ghi "855.000 m²", trong khi cột tính theo ha; đổi ra được 85,5 ha',
        fix="Đề nghị ghi 85,5 nếu đơn vị ghi trong ô là đúng.",
        column="Diện tích đất công nghiệp có thể cho thuê",
        written="855.000 m²",
    ),
    repair=Decimal("85.5"),
)
_TYPED = replace(
    finding(
        "J20",
        rule="so_dang_chu",
        severity=Severity.NOTE,
        title="Số lưu dạng chữ đã được đọc thành số",
        say='Ô J20 lưu số dưới dạng chữ ("1.204,5") và đã được đọc thành số',
        fix="Không phải sửa nếu số đọc được là đúng.",
        written="1.204,5",
    ),
    repair=Decimal("1204.5"),
)
_FORMAL = (_YEAR, _AREA, _TYPED)
_OWED = (owed("I.1", 5, "12-40-0031"),)
_ABOUT = Answered(
    "reply:1", "reply_returned", "", 31, "", "12-40-0031", Outcome.RETURNED, CAMPAIGN,
    number_parts([checked_part(*_FORMAL)]),
)  # fmt: skip
_NOWHERE = {"outcome": Outcome.ANSWERED, "receipt": "12-40-0041", "matter": Matter.AGREEMENT}

AGREEMENTS = {
    "reply_returned_slips": decision(Outcome.RETURNED, checked_part(*_FORMAL), owed=_OWED),
    "reply_returned_slips_and_more": decision(Outcome.RETURNED, checked_part(*_FORMAL, *LEASED), owed=_OWED),
    "reply_accepted_agreed": decision(
        Outcome.ACCEPTED,
        checked_part(*(replace(one, severity=Severity.NOTE) for one in _FORMAL), PAUSED, revision=2),
        receipt="12-40-0040",
        about=_ABOUT,
        agreed=Agreed(Consent.APPLIED, "12-40-0031"),
    ),
    "answer_agreement": decision(**_NOWHERE, about=_ABOUT, agreed=Agreed(Consent.NOTHING, "12-40-0031"), owed=_OWED),  # type: ignore[arg-type]
    "answer_agreement_unknown": decision(**_NOWHERE, agreed=Agreed(Consent.UNKNOWN), owed=_OWED),  # type: ignore[arg-type]
    "answer_agreement_settled": decision(
        **_NOWHERE,  # type: ignore[arg-type]
        about=_ABOUT,
        agreed=Agreed(Consent.SETTLED, "12-40-0031", "12-40-0040"),
    ),
    "answer_agreement_superseded": decision(
        **_NOWHERE,  # type: ignore[arg-type]
        about=_ABOUT,
        agreed=Agreed(Consent.SUPERSEDED, "12-40-0031", "12-40-0039"),
        owed=_OWED,
    ),
    "answer_agreement_gone": decision(
        **_NOWHERE,  # type: ignore[arg-type]
        about=_ABOUT,
        agreed=Agreed(Consent.GONE, "12-40-0031"),
        owed=_OWED,
    ),
}
