"""A decision for each reply, and the facts of the other mails, in the small campaign."""

from __future__ import annotations

from datetime import datetime

from bot.language import VIETNAM
from bot.model import (
    CellChange,
    Changes,
    Decision,
    Finding,
    Heading,
    HeldReason,
    Obligation,
    Outcome,
    Owed,
    Part,
    Progress,
    RefusalReason,
    Remark,
    RowChange,
    Settled,
    Severity,
    SheetPlace,
    Standing,
    State,
    Understanding,
)
from bot.preview.campaign import CAMPAIGN, FORM_1, FORM_34, PERIODIC, RULEBOOK
from bot.preview.files import FILE, HEADER_ROW, ROWS, SHEET
from bot.preview.findings import LEASED, NOTES, PAUSED, TOTAL, YEARS, many_findings
from bot.reply.board_lines import LifeLine, ReviewLine
from bot.reply.digest import DigestFacts, Frequent, Kept, Said
from bot.reply.notices import AlertFacts

NOW = datetime(2012, 7, 10, 9, 14, tzinfo=VIETNAM)
SHA = "5f" * 32
RECEIPT = "12-40-0031"

HEADING = Heading(
    sender="bql@nghean.example",
    sender_name="Ban Quản lý KKT Đông Nam",
    subject="Báo cáo Biểu I.1 tỉnh Nghệ An",
    message_id="<20120710.1@nghean.example>",
    references=("<20120620.7@baocao.example>",),
)


def _obligation(reporter: str, form: str) -> Obligation:
    return next(one for one in RULEBOOK.owed_by(reporter) if one.form == form)


def owed(form: str, days_left: int, returned: str = "") -> Owed:
    """Return an open obligation of Nghệ An."""
    return Owed(_obligation("40", form), RULEBOOK.form(f"{CAMPAIGN}/{form}").title, days_left, returned)


OWED_1, OWED_34 = owed(FORM_1, 5), owed(FORM_34, 143)


def decision(outcome: Outcome, *parts: Part, **changes: object) -> Decision:
    """Return a decision on a mail of Nghệ An."""
    values: dict[str, object] = {
        "receipt": RECEIPT,
        "received_at": NOW,
        "rules": RULEBOOK.hash,
        "reporter": "40",
        "campaign": CAMPAIGN,
        "parts": parts,
        **changes,
    }
    return Decision(outcome, **values)  # type: ignore[arg-type]


SHEET_1 = SheetPlace(SHEET, {}, HEADER_ROW, ROWS)


def checked_part(*findings: Finding, **changes: object) -> Part:
    """Return form I.1 with these findings: returned when one of them is an error."""
    values: dict[str, object] = {
        "campaign": CAMPAIGN,
        "form": FORM_1,
        "revision": 1,
        "sheets": (SHEET_1,),
        "findings": findings,
        **changes,
    }
    verdict = Outcome.RETURNED if any(one.severity is Severity.ERROR for one in findings) else Outcome.ACCEPTED
    return Part(FILE, "c1" * 32, verdict, **values)  # type: ignore[arg-type]


def accepted_part(**changes: object) -> Part:
    """Return form III.4 as accepted, with two sheets."""
    values: dict[str, object] = {
        "campaign": CAMPAIGN,
        "form": FORM_34,
        "revision": 2,
        "sheets": (SheetPlace("DDI", {}, 6, 1212), SheetPlace("FDI", {}, 6, 31)),
        "understood": (Understanding("DDI", "Q", "DT thuê (ha)", "Diện tích đất thuê"),),
        **changes,
    }
    return Part("Bieu III.4 Nghe An.xlsx", "c2" * 32, Outcome.ACCEPTED, **values)  # type: ignore[arg-type]


def refused_part(reason: RefusalReason, file: str = FILE, **changes: object) -> Part:
    """Return a file that was refused."""
    return Part(file, "c3" * 32, Outcome.REFUSED, reason, **changes)  # type: ignore[arg-type]


def duplicate_part(form: str, earlier: str) -> Part:
    """Return a file whose content was settled under that receipt."""
    file = f"Bieu {form} Nghe An.xlsx"
    return Part(file, "c1" * 32, Outcome.DUPLICATE, campaign=CAMPAIGN, form=form, revision=2, earlier=earlier)


_DETAILS = {
    RefusalReason.WRONG_TYPE: "tệp PDF",
    RefusalReason.TOO_LARGE: "tệp 42 MB, giới hạn 35 MB",
    RefusalReason.AMBIGUOUS_FORM: "Biểu I.1. Tình hình hoạt động của các KCN; Biểu III.4. Cơ sở dữ liệu các dự án",
    RefusalReason.OLD_VERSION: "mẫu kèm theo Công văn số 1100/BKHĐT-QLKKT",
    RefusalReason.WRONG_PERIOD: "Cả năm 2013",
    RefusalReason.SAME_FORM_TWICE: "Biểu I.1; Biểu I.1 (2)",
    RefusalReason.OTHER_REPORTER: "Hà Tĩnh",
    RefusalReason.OTHER_MINISTRY: "Biểu DM (Bộ Công Thương)",
}
_MEANT = {
    **dict.fromkeys(
        (
            RefusalReason.EMPTY_FORM,
            RefusalReason.OLD_VERSION,
            RefusalReason.WRONG_PERIOD,
            RefusalReason.SAME_FORM_TWICE,
            RefusalReason.OTHER_REPORTER,
        ),
        ((CAMPAIGN, FORM_1),),
    ),
    RefusalReason.AMBIGUOUS_FORM: ((CAMPAIGN, FORM_1), (CAMPAIGN, FORM_34)),
}
"""Campaign and form of what a refused file was probably meant to be."""


_TWINS = "Biểu II.1. Danh mục các dự án trong KKT ven biển; Biểu II.1. Danh mục các dự án trong KKT cửa khẩu"


def refused(reason: RefusalReason, name: str = "", detail: str = "") -> Decision:
    """Return a refusal for that reason, of the file *name* and with *detail* where they are not the usual ones."""
    meant = _MEANT.get(reason, ())
    place: dict[str, object] = {"campaign": meant[0][0], "form": meant[0][1]} if len(meant) == 1 else {}
    file = "Bieu I.1 Nghe An.pdf" if reason is RefusalReason.WRONG_TYPE else FILE
    part = refused_part(reason, name or file, detail=detail or _DETAILS.get(reason, ""), forms=meant, **place)
    parts = () if reason is RefusalReason.NO_ATTACHMENT else (part,)
    return decision(Outcome.REFUSED, *parts, reason=reason, owed=(OWED_1, OWED_34))


def _wrong_period() -> Decision:
    """Return a refusal of January: the year's report is headed with the year that has just begun."""
    asked = (PERIODIC.campaigns[0].id, FORM_1)
    named = refused_part(
        RefusalReason.WRONG_PERIOD, detail=_DETAILS[RefusalReason.WRONG_PERIOD], campaign=asked[0], form=asked[1],
        forms=(asked,),
    )  # fmt: skip
    obligation = next(one for one in PERIODIC.owed_by("40") if one.form == FORM_1)
    open_now = Owed(obligation, PERIODIC.title(*asked), 23)
    return decision(
        Outcome.REFUSED, named, reason=RefusalReason.WRONG_PERIOD, campaign=asked[0], owed=(open_now,),
        received_at=datetime(2013, 1, 8, 9, 14, tzinfo=VIETNAM),
    )  # fmt: skip


WRONG_PERIOD = _wrong_period()


CHANGES = Changes(
    added=("KCN Hoàng Mai",),
    added_count=1,
    removed=("KCN Bắc Vinh (mở rộng)", "KCN Thọ Lộc"),
    removed_count=2,
    changed=(
        RowChange("KCN Nam Cấm", CellChange("Diện tích đất công nghiệp đã cho thuê", "ha", "120", "102")),
        RowChange("KCN Bắc Vinh", CellChange("Năm đi vào hoạt động", "", "ô trống", "2005")),
    ),
    changed_count=7,
    sums=(CellChange("Diện tích thành lập", "ha", "1.204,5", "1.187,5"),),
)


def settled(revision: int, receipt: str) -> Settled:
    """Return an accepted revision of form I.1."""
    return Settled(CAMPAIGN, FORM_1, Outcome.ACCEPTED, revision, "c0" * 32, receipt, NOW)


UNMARKED = "reply_returned_unmarked"
"""A file that cannot be marked."""

DECISIONS: dict[str, Decision] = {
    "reply_accepted": decision(Outcome.ACCEPTED, accepted_part(), owed=(OWED_1,), documents=("CV 128 BQL.pdf",)),
    "reply_accepted_all_done": decision(Outcome.ACCEPTED, accepted_part(understood=())),
    "reply_accepted_with_remarks": decision(
        Outcome.ACCEPTED,
        accepted_part(
            understood=(),
            remarks=(
                Remark("macros", "", "Bieu III.4.xlsm"),
                Remark("hidden_rows", "DDI", "12–15, 40"),
                Remark("hidden_columns", "DDI", "F"),
                Remark("copied_sheet", "DDI (2)", "DDI"),
            ),
        ),
    ),
    "reply_accepted_with_query": decision(
        Outcome.ACCEPTED,
        checked_part(PAUSED, *NOTES, late_days=3),
        received_at=datetime(2012, 7, 18, 8, 5, tzinfo=VIETNAM),
        owed=(owed(FORM_34, 135),),
    ),
    "reply_returned": decision(
        Outcome.RETURNED, checked_part(*LEASED, *YEARS, TOTAL, PAUSED, *NOTES), owed=(OWED_1, OWED_34)
    ),
    "reply_returned_many": decision(Outcome.RETURNED, checked_part(*many_findings(), PAUSED), owed=(OWED_1, OWED_34)),
    UNMARKED: decision(Outcome.RETURNED, checked_part(*many_findings(), PAUSED), owed=(OWED_1, OWED_34)),
    "reply_returned_several": decision(
        Outcome.RETURNED,
        checked_part(*LEASED, PAUSED),
        accepted_part(),
        refused_part(RefusalReason.ENCRYPTED, "Phu luc II.xlsx"),
        owed=(OWED_1,),
    ),
    "reply_returned_only_unread": decision(
        Outcome.RETURNED, accepted_part(), refused_part(RefusalReason.DAMAGED, "Bieu I.1.xls"), owed=(OWED_1,)
    ),
    "reply_returned_third_time": decision(
        Outcome.RETURNED,
        checked_part(LEASED[0], TOTAL, PAUSED, revision=3, progress=Progress(2, 12, 2, 1, CHANGES)),
        owed=(OWED_1, OWED_34),
        receipt="12-40-0049",
    ),
    "reply_returned_after_accepted": decision(
        Outcome.RETURNED,
        checked_part(*LEASED, revision=3, progress=Progress(2, 0, 0, 2, CHANGES), counts=settled(2, "12-40-0044")),
        owed=(OWED_34,),
        receipt="12-40-0049",
    ),
    "reply_accepted_corrected": decision(
        Outcome.ACCEPTED,
        checked_part(revision=2, progress=Progress(1, 12, 0, 0, CHANGES)),
        owed=(OWED_34,),
        receipt="12-40-0044",
    ),
    "reply_duplicate": decision(
        Outcome.DUPLICATE,
        duplicate_part(FORM_34, "12-40-0017"),
        owed=(OWED_1,),
    ),
    "reply_duplicate_of_returned": decision(
        Outcome.DUPLICATE,
        duplicate_part(FORM_1, "12-40-0019"),
        owed=(owed(FORM_1, -3, "12-40-0019"), owed(FORM_34, 135)),
        receipt="12-40-0044",
        received_at=datetime(2012, 7, 18, 8, 5, tzinfo=VIETNAM),
    ),
    **{f"refuse_{reason}": refused(reason) for reason in RefusalReason},
    "refuse_ambiguous_form_of_twins": refused(RefusalReason.AMBIGUOUS_FORM, "Phu luc II.xlsx", _TWINS),
    "refuse_same_form_twice_in_files": decision(
        Outcome.REFUSED,
        *(
            refused_part(
                RefusalReason.SAME_FORM_TWICE,
                file,
                detail=f"{FILE}; Bieu I.1 (sua).xlsx",
                campaign=CAMPAIGN,
                form=FORM_1,
                forms=((CAMPAIGN, FORM_1),),
            )
            for file in (FILE, "Bieu I.1 (sua).xlsx")
        ),
        reason=RefusalReason.SAME_FORM_TWICE,
        owed=(OWED_1, OWED_34),
    ),
    "refuse_encrypted_archive": refused(RefusalReason.ENCRYPTED, "Bao cao.zip", "tệp nén có mật khẩu"),
    "refuse_damaged_archive": refused(RefusalReason.DAMAGED, "Bao cao.zip", "tệp nén bị hỏng hoặc chưa được truyền đủ"),
    "refuse_encrypted_word": refused(RefusalReason.ENCRYPTED, "Bao cao 85.docx", "Word"),
    "refuse_encrypted_pdf": refused(RefusalReason.ENCRYPTED, "Bao cao 85.pdf", "PDF"),
    "refuse_damaged_word": refused(RefusalReason.DAMAGED, "Bao cao 85.docx", "Word"),
    "refuse_damaged_pdf": refused(RefusalReason.DAMAGED, "Bao cao 85.pdf", "PDF"),
    "refuse_damaged_mail": refused(
        RefusalReason.DAMAGED, "winmail.dat", "winmail.dat bị hỏng hoặc chưa được truyền đủ"
    ),
    "held": decision(Outcome.HELD, reporter="", campaign=""),
    "fault_sender": decision(Outcome.FAILED),
}

ALERT = AlertFacts(
    subject=SHA,
    matter="message",
    receipt=RECEIPT,
    occurred_at=NOW,
    other_side="bql@nghean.example",
    cause="child exceeded 512 MiB of address space",
    tries=3,
    reporter="40",
)
ALERTS = {
    "alert_operator": ALERT,
    "alert_operator_delivery": AlertFacts(
        SHA, "delivery", "", NOW, "bql@nghean.example", "550 5.1.1 no such user here", reporter="40"
    ),
    "alert_operator_silence": AlertFacts(
        "silence:1", "silence", "", NOW, "may-tra-loi@nghean.example", "", caps=(3, 20, 200)
    ),
    "alert_operator_unsure": AlertFacts("unsure:1", "unsure", "", NOW, "bql@nghean.example", "", tries=2),
    "alert_operator_disk": AlertFacts("disk:1", "disk", "", NOW, "", "du-lieu/vault: lỗi đọc ghi của ổ đĩa"),
    "alert_operator_trouble": AlertFacts(
        "health:1",
        "trouble",
        "",
        NOW,
        "",
        "Không đọc được hộp thư, đã 16 phút (máy chủ không trả lời).",
        trouble="Không đọc được hộp thư",
        cure="Chạy bot doctor để kiểm tra hộp thư (IMAP).",
    ),
    "alert_operator_over": AlertFacts(
        "health:1/over", "over", "", NOW, "", "08:40 ngày 10/7/2012", trouble="Không đọc được hộp thư"
    ),
    "alert_operator_silence_of_all": AlertFacts("silence:2", "silence", "", NOW, "", "", caps=(3, 20, 200)),
}


def _standing(reporter: str, form: str, state: State, when: datetime | None = None) -> Standing:
    return Standing(_obligation(reporter, form), state, when=when)


_DIGEST_DAY = datetime(2012, 7, 20, 16, 0, tzinfo=VIETNAM)
DIGEST_NOW = _DIGEST_DAY
DIGEST = DigestFacts(
    campaign=CAMPAIGN,
    week=_DIGEST_DAY.date(),
    standings=(
        _standing("38", FORM_1, State.ACCEPTED, datetime(2012, 7, 5, 9, 0, tzinfo=VIETNAM)),
        _standing("38", FORM_34, State.ACCEPTED, datetime(2012, 7, 17, 9, 0, tzinfo=VIETNAM)),
        _standing("40", FORM_1, State.RETURNED, datetime(2012, 7, 18, 9, 0, tzinfo=VIETNAM)),
        _standing("40", FORM_34, State.ACCEPTED, datetime(2012, 7, 18, 9, 0, tzinfo=VIETNAM)),
        _standing("42", FORM_1, State.NIL, datetime(2012, 7, 11, 9, 0, tzinfo=VIETNAM)),
        _standing("42", FORM_34, State.NOTHING),
        _standing("10", FORM_1, State.NOTHING),
        _standing("10", FORM_34, State.NOTHING),
        _standing("20", FORM_1, State.ACCEPTED, datetime(2012, 7, 19, 9, 0, tzinfo=VIETNAM)),
    ),
    held=(
        Kept(
            "12-00-0052",
            datetime(2012, 7, 19, 10, 2, tzinfo=VIETNAM),
            "vanphong@kcn.example",
            HeldReason.UNKNOWN_SENDER,
            3,
        ),
        Kept("12-00-0058", datetime(2012, 7, 20, 8, 15, tzinfo=VIETNAM), "bql@nghean.example", HeldReason.FAILED),
    ),
    set_aside=(Kept("12-10-0055", datetime(2012, 7, 19, 14, 40, tzinfo=VIETNAM), "bql@laocai.example"),),
    frequent=(
        Frequent("Diện tích đã cho thuê lớn hơn diện tích có thể cho thuê", FORM_1, 14, 6),
        Frequent("Ô phải ghi số nhưng đang ghi chữ", FORM_34, 231, 5),
    ),
    slips=(Frequent("Cả cột có thể đã ghi theo đơn vị khác", FORM_34, 2, 2),),
    said=(
        Said("38", FORM_34, "R18", "Vốn thực hiện lớn hơn vốn đăng ký", "dự án đã điều chỉnh vốn", "12-38-0060", False),
        Said("40", FORM_1, "G22", "KCN thành lập trong thời gian tạm dừng", "", "12-40-0058", True),
    ),
    trial=(Frequent("Suất vốn đầu tư trên một ha khác thường", FORM_34, 12, 3),),
    finished={
        ("38", FORM_1): datetime(2012, 7, 5, 9, 0, tzinfo=VIETNAM),
        ("38", FORM_34): datetime(2012, 7, 17, 9, 0, tzinfo=VIETNAM),
        ("40", FORM_34): datetime(2012, 7, 18, 9, 0, tzinfo=VIETNAM),
        ("42", FORM_1): datetime(2012, 7, 11, 9, 0, tzinfo=VIETNAM),
        ("20", FORM_1): datetime(2012, 7, 19, 9, 0, tzinfo=VIETNAM),
    },
    life=LifeLine(
        received=61,
        automatic=7,
        unsent=1,
        silenced=1,
        dropped=12,
        reviewed=(
            ReviewLine("reply_returned", drafts=2, as_written=10, changed=1, stopped=1, judged=12, rate=83),
            ReviewLine("reminder", awaiting=3),
        ),
        may_order=True,
    ),
)
