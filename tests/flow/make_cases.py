"""Makes the mails of the cases: ``python -m tests.flow.make_cases`` writes those that are missing.

What is there is kept: a case is its bytes, also when the demo's workbooks change one day. To make one anew, delete it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo import mistakes
from bot.demo.drawing import draw_xlsx
from bot.demo.envelopes import File, Letter, away, bounce, cut, forwarding, gmail, outlook, thunderbird, webmail
from bot.demo.files import lock_workbook, make_archive, make_letter, make_photo, make_scan
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.demo.projects import make_projects_book
from bot.demo.writing import PROJECTS, at, corrected_text, write
from tests.document.files import pdf_of
from tests.flow.bombs import cell, far_apart, make_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.demo.mistakes import Bent
    from bot.demo.pages import Book

CASES = Path(__file__).parent / "cases"
_PLACE = "Ninh Thuận"
"""A province with few parks: its mails are short."""
_WHEN = "10/7 09:15"

_MESSAGE_ID = re.compile(rb"(?m)^Message-ID: <[^@]*@")
_SUBJECT = re.compile(rb"(?m)^Subject: .*\r\n(?:[ \t].*\r\n)*")

Case = tuple[str, bytes, bytes | None]
"""Name, the mail, and the mail that came before it."""


def make_cases() -> Iterator[Case]:
    """Yield every case in the order of its number."""
    made = [
        *_forms(),
        *_refusals(),
        *_repeats(),
        *_company(),
        *_strangers_and_machines(),
        *_words(),
        *_halves(),
        *_rounds(),
        *_asked_for(),
        *_agreements(),
    ]
    for number, (name, mail, earlier) in enumerate(made, 1):
        case = f"{number:04}-{name}"
        yield case, _named(mail, case), _named(earlier, f"{case}-earlier") if earlier else None


def _named(mail: bytes, name: str) -> bytes:
    """Return *mail* with a Message-ID of its own: the demo's letters of one minute have the same."""
    return _MESSAGE_ID.sub(f"Message-ID: <{name}@".encode(), mail, count=1)


def _forms() -> Iterator[Case]:
    yield "clean-parks", thunderbird(_with(_parks())), None
    bent = _bent(mistakes.lease_more_than_there_is)
    yield "leased-more-than-there-is", outlook(_with(bent)), None
    yield "park-founded-in-the-moratorium", gmail(_with(_bent(mistakes.found_a_park_in_the_moratorium))), None
    yield "year-in-words", webmail(_with(_bent(mistakes.write_words_for_a_year))), None
    yield "column-missing", gmail(_with(_bent(mistakes.drop_a_column))), None
    yield "clean-projects", thunderbird(_with(_projects(), subject=f"{_PLACE}: {PROJECTS}")), None
    twice = mistakes.use_a_certificate_twice(make_projects_book(province(_PLACE), 4))
    both = (_parks(), File("Biểu III.4.xlsx", draw_xlsx(twice.book)))
    yield "two-forms-one-returned", gmail(_with(*both)), None
    yield "three-days-late", thunderbird(_with(_parks(), when="18/7 10:22")), None
    yield "last-minute-of-the-working-day-after-a-sunday", thunderbird(_with(_parks(), when="16/7 23:59")), None


def _refusals() -> Iterator[Case]:
    text = "Kính gửi Quý Bộ báo cáo của tỉnh (tệp đính kèm).\n"
    yield "forgot-the-file", outlook(write(_WHEN, _PLACE, (), text=text)), None
    yield "scan-only", thunderbird(_with(File("BC 85 BQL.pdf", make_scan()))), None
    packed = make_archive({"Bieu I.1.xlsx": _parks().data})
    yield "zip-archive", thunderbird(_with(File("Bao cao.zip", packed))), None
    yield "empty-file", thunderbird(_with(File("Bieu I.1.xlsx", b""))), None
    locked = lock_workbook(draw_xlsx(make_parks_book(province(_PLACE), 1)), 7)
    yield "password", thunderbird(_with(File("Bieu I.1.xlsx", locked))), None
    half = _parks().data
    yield "truncated-workbook", thunderbird(_with(File("Bieu I.1.xlsx", half[: len(half) * 6 // 10]))), None
    yield "mail-cut-off", cut(thunderbird(_with(_parks())), 0.7), None
    yield "two-cells-in-opposite-corners", gmail(_with(File("Bieu I.1.xlsx", far_apart()))), None
    other = make_sheet(f"<row>{cell('A1')}{cell('B1')}</row>")
    yield "workbook-of-something-else", thunderbird(_with(File("Luong thang 6.xlsx", other))), None
    header = _bent(mistakes.send_only_the_header)
    yield "header-without-rows", thunderbird(_with(header)), None
    stranger = _bent(partial(mistakes.name_another_province, other=province("Hà Tĩnh")))
    yield "file-of-another-province", thunderbird(_with(stranger)), None


def _repeats() -> Iterator[Case]:
    first = thunderbird(_with(_parks()))
    again = _with(_parks(), when="11/7 08:05", subject="Gửi lại báo cáo")
    yield "same-file-in-a-new-mail", thunderbird(again), first
    bad = _bent(mistakes.lease_more_than_there_is)
    returned = gmail(_with(bad))
    unchanged = _with(bad, when="11/7 08:05", subject="Gửi lại báo cáo")
    yield "returned-file-sent-again-unchanged", gmail(unchanged), returned
    corrected = write(
        "12/7 14:00", _PLACE, (_parks(),), subject="Re: [Cần chỉnh sửa] Biểu I.1",
        text=corrected_text(province(_PLACE).board),
    )  # fmt: skip
    yield "corrected-after-a-return", gmail(corrected), returned


def _company() -> Iterator[Case]:
    word = File("Báo cáo.docx", make_letter(("ỦY BAN NHÂN DÂN TỈNH", "BÁO CÁO")))
    yield "letter-and-scan-beside-the-form", outlook(_with(word, _parks(), File("BC 85.pdf", make_scan()))), None
    locked = lock_workbook(draw_xlsx(make_parks_book(province(_PLACE), 1)), 7)
    both = (_parks(), File("Bieu III.4 (mat khau).xlsx", locked))
    yield "form-beside-a-locked-workbook", thunderbird(_with(*both)), None
    inner = webmail(_with(_parks()))
    outer = write("10/7 09:30", _PLACE, (), subject=f"Fwd: {_PLACE}", text="Xin chuyển báo cáo.\n", office=True)
    yield "forwarded-as-it-came", forwarding(outer, inner), None
    subject = b"Subject: =?utf-8?Q?Bao_cao=0D=0ABcc:_kesau@xau.example?=\r\n"
    yield "line-break-in-the-subject", _SUBJECT.sub(subject, thunderbird(_with(_parks()))), None


def _strangers_and_machines() -> Iterator[Case]:
    def stranger(when: str) -> bytes:
        return gmail(replace(_with(_parks(), when=when), sender="tuvan@vanphong.example", sender_name="Tư vấn"))

    first = stranger("3/7 10:10")
    yield "unknown-sender", first, None
    yield "unknown-sender-again-after-three-days", stranger("6/7 10:10"), first
    yield "unknown-sender-again-after-seven-days", stranger("10/7 10:11"), first
    mail = thunderbird(_with(_parks()))
    start = mail.index(b"From: ")
    yield "nobody-in-from", mail[:start] + mail[mail.index(b"To: ", start) :], None
    place = province(_PLACE)
    text = "Tôi đi công tác đến ngày 2/7/2012, xin trả lời sau.\n"
    out = Letter(at("28/6 09:06"), place.address, place.board, "Trả lời tự động: [Đã tiếp nhận]", text)
    yield "out-of-office", away(out), None
    daemon = f"mailer-daemon@{place.slug}.example"
    lost = Letter(at("2/7 08:02"), daemon, "Mail Delivery System", "Undelivered Mail", "Could not be delivered.\n")
    yield "bounce", bounce(lost, place.address), None


def _words() -> Iterator[Case]:
    """Mails in which a person says something about an earlier one: the receipt stands in the subject."""
    asked = gmail(_with(_bent(mistakes.found_a_park_in_the_moratorium)))
    subject = f"Re: [Đã tiếp nhận, cần giải trình] Biểu I.1 – {_PLACE} – mã biên nhận 12-58-0056"
    reason = "Mục 1 - KCN được thành lập theo Quyết định số 421/QĐ-TTg,\ncó bản chụp lưu tại Ban.\n"
    yield "query-explained", outlook(_say(reason, subject)), asked
    yield "number-that-is-not-there", gmail(_say("1, 2: theo Quyết định số 421/QĐ-TTg\n", subject)), asked
    bad = _bent(mistakes.lease_more_than_there_is)
    subject = f"Re: [Cần chỉnh sửa] Biểu I.1 – {_PLACE} – mã biên nhận 12-58-0056"
    yield "error-explained", webmail(_say("1: SỐ LIỆU ĐÚNG như hợp đồng thuê đất\n", subject)), gmail(_with(bad))
    yield "doubt-about-the-rule", webmail(_say("1: SAI LUẬT, gồm cả đất dịch vụ\n", subject)), gmail(_with(bad))
    trial = "Xin kiểm tra giúp biểu trước khi trình ký.\n"
    yield "trial", outlook(_say(trial, "[Kiểm tra] Biểu I.1", _bent(mistakes.lease_more_than_there_is))), None
    yield "trial-of-a-scan", gmail(_say(trial, "Re: [KIEM TRA]", File("BC 85.pdf", make_scan()))), None
    yield "nothing-to-declare", outlook(_say("Biểu I.3, I.4: không phát sinh trong kỳ.\n", "Báo cáo")), None
    yield "nothing-to-declare-of-which-form", gmail(_say("Địa phương không phát sinh.\n", "Báo cáo")), None
    yield "nothing-beside-a-file", gmail(_say("Kèm Biểu I.1. Biểu I.3 không có dự án.\n", "BC", _parks())), None


def _agreements() -> Iterator[Case]:
    subject = f"[Cần chỉnh sửa] Biểu I.1 – {_PLACE} – mã biên nhận 12-58-0056"
    slip = gmail(_with(_bent(mistakes.type_letters_for_digits)))
    yield "slip-agreed-to", outlook(_say("Dong y.\n", f"Trả lời: {subject}")), slip
    wrong = gmail(_with(_bent(mistakes.lease_more_than_there_is)))
    yield "agreed-to-nothing", gmail(_say("ĐỒNG Ý\n", f"Re: {subject}")), wrong


def _asked_for() -> Iterator[Case]:
    """Mails that ask for help by a word in the subject or in the first line."""
    yield "blanks-asked-for", webmail(_say("mẫu biểu I.2, III.4\n", "Xin biểu mẫu")), None
    yield "status-asked-for", gmail(_say("", "TRANG THAI")), gmail(_with(_parks()))
    yield "guide-asked-for", outlook(_say("Kính gửi Quý Bộ,\n\nHướng dẫn\n", "Hỏi")), None


def _say(words: str, subject: str, *files: File) -> Letter:
    quote = "> Kính gửi: Ban Quản lý\n> chỉ cần trả lời “ĐỒNG Ý”.\n> 1. Trang “Biểu I.1”, ô J14: …\n"
    text = f"{words}\nTrân trọng./.\n\n{quote}"
    return write("11/7 08:05", _PLACE, files, subject=subject, text=text)


def _halves() -> Iterator[Case]:
    scan, photo = File("BC 85 UBND.pdf", make_scan()), File("IMG_20120709_0915.jpg", make_photo())
    subject = "Bản ký báo cáo rà soát KCN"
    earlier, later = thunderbird(_with(_parks())), _with(photo, when="11/7 08:05", subject=subject)
    yield "photo-of-the-signed-page-after-the-form", gmail(later), earlier
    alone = thunderbird(_with(scan, subject=subject))
    yield "form-after-the-signed-copy", gmail(_with(_parks(), when="11/7 08:05")), alone
    issued = (
        "ỦY BAN NHÂN DÂN TỈNH NINH THUẬN", "Số: 85/UBND-KT", "Ninh Thuận, ngày 09 tháng 7 năm 2012",
        "V/v gửi báo cáo rà soát quy hoạch các KCN", "Kính gửi: Bộ Kế hoạch và Đầu tư", "TM. ỦY BAN NHÂN DÂN",
    )  # fmt: skip
    yield "form-and-signed-letter-with-text", outlook(_with(_parks(), File("CV 85.pdf", pdf_of(issued)))), None
    printed = File("Bieu I.1.pdf", pdf_of(("Biểu I.1. Tổng hợp tình hình các KCN", "Tên KCN", "Diện tích")))
    yield "form-printed-to-pdf", gmail(_with(printed)), None


def _rounds() -> Iterator[Case]:
    accepted = thunderbird(_with(_parks()))
    worse = _with(_bent(mistakes.lease_more_than_there_is), when="11/7 08:05", subject="Gửi lại báo cáo")
    yield "worse-after-an-accepted-one", gmail(worse), accepted


def _with(*files: File, when: str = _WHEN, subject: str = "Báo cáo rà soát KCN") -> Letter:
    return write(when, _PLACE, files, subject=subject, text="Kính gửi Quý Bộ báo cáo của tỉnh.\n\nTrân trọng./.\n")


def _parks() -> File:
    return File("Biểu I.1.xlsx", draw_xlsx(make_parks_book(province(_PLACE), 2)))


def _projects() -> File:
    return File("Biểu III.4.xlsx", draw_xlsx(make_projects_book(province(_PLACE), 3)))


def _bent(bend: Callable[[Book], Bent]) -> File:
    return File("Biểu I.1.xlsx", draw_xlsx(bend(make_parks_book(province(_PLACE), 2)).book))


def main() -> None:
    """Write the cases that are missing."""
    for name, mail, earlier in make_cases():
        folder = CASES / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, raw in (("mail.eml", mail), ("earlier.eml", earlier)):
            if raw is not None and not (folder / file).exists():
                (folder / file).write_bytes(raw)


if __name__ == "__main__":
    main()
