"""``bot status`` with twenty forms: what fits a terminal of 80 and of 120 columns, and one reporter in full."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime

import pytest
from rich.console import Console

from bot.adapters.ledger import Counts
from bot.language import VIETNAM
from bot.model import Reporter, Standing, State
from bot.preview.campaign import CAMPAIGN
from bot.preview.halves import ANNEX, HALVES, NUMBERED, standings
from bot.preview.samples import NOW
from bot.preview.wide import AFTERWARDS, NGHE_AN, WIDE, WIDE_STANDINGS
from bot.status import find_subject, print_reporter, print_status

COUNTS = Counts(
    received_total=57, undecided=0, set_aside=0, by_outcome={}, outbox_pending=1, outbox_dead=0, outbox_sent=56
)
TODAY = date(2012, 7, 23)


def status(width: int = 80, now: datetime = AFTERWARDS, **more: object) -> list[str]:
    out = Console(file=io.StringIO(), width=width, record=True, soft_wrap=True)
    print_status(WIDE, WIDE_STANDINGS, COUNTS, now, out, **more)  # type: ignore[arg-type]
    return out.export_text().splitlines()


def row(lines: list[str], name: str) -> str:
    return next(line for line in lines if line.startswith(name))


def test_twenty_forms_fit_a_terminal_of_80_columns() -> None:
    """
    ==================== ====================================================== =============
    Thanh Hóa            Đ Đ K Đ  Đ Đ Đ Đ Đ Đ  Đ Đ Đ Đ Đ Đ  · · ·  ·
    Đà Nẵng              Đ Đ K Đ  – – – – – –  – – – – – –  · · ·  ·
    Hà Giang             · · · ·  – – – – – –  · · · · · ·  · · ·  ·              quá hạn 10
    ==================== ====================================================== =============
    """
    lines = status(80)
    assert " ".join(row(lines, "Thanh Hóa").split()) == "Thanh Hóa Đ Đ K Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ Đ · · · ·"
    assert " ".join(row(lines, "Đà Nẵng").split()) == "Đà Nẵng Đ Đ K Đ – – – – – – – – – – – – · · · ·"
    assert row(lines, "Hà Giang").endswith("·  quá hạn 10")
    heads = row(lines, "Đơn vị")
    rows = [row(lines, one.name) for one in WIDE.reporters]
    assert max(map(len, (heads, *rows))) <= 80
    assert {line[heads.rindex("1")] for line in rows} == {"Đ", "·"}  # III.1 stands under its number


def test_a_wider_terminal_names_what_is_overdue() -> None:
    lines = status(120)
    assert row(lines, "Bắc Kạn").endswith("quá hạn: Biểu I.1–I.4")
    assert row(lines, "Thừa Thiên Huế").endswith("quá hạn 16")  # its list would not fit
    assert max(len(row(lines, one.name)) for one in WIDE.reporters) <= 120


def test_each_group_of_forms_is_counted() -> None:
    lines = status()
    assert (
        "  – Biểu I.1–I.4, trước ngày 15/7/2012 (đã qua 8 ngày): 4/13 đơn vị đủ; đạt 20, cần sửa 2, chưa gửi 30."
        in lines
    )
    assert "  – Biểu III.4, trước ngày 30/11/2012 (còn 130 ngày): đạt 0, cần sửa 0, chưa gửi 13." in lines
    assert row(lines, "Số đơn vị đạt").split()[4:8] == ["6", "5", "5", "4"]


def test_who_misses_the_same_is_one_line() -> None:
    (line,) = (one for one in status() if one.startswith("  – Hà Giang"))
    assert line == (
        "  – Hà Giang, Cao Bằng, Lào Cai, Lạng Sơn, Bình Phước (5 đơn vị): Biểu I.1–I.4, Biểu II.1–II.6 (cửa khẩu), "
        "8 ngày; chưa gửi nội dung nào."
    )


def test_mail_that_waits_is_counted_last() -> None:
    assert status()[-1].startswith("Thư đã nhận: 57; chưa xử lý: 0; sự cố để riêng: 0. Thư gửi đi: 56 đã gửi, 1 đang")


def test_a_campaign_that_is_over_is_shown_when_it_is_named() -> None:
    later = datetime(2013, 6, 1, tzinfo=VIETNAM)
    first = f"Hôm nay không có đợt báo cáo nào đang theo dõi. Xem một đợt: bot status {CAMPAIGN}"
    assert status(now=later)[0] == first
    assert CAMPAIGN in status(now=later, campaign=WIDE.campaigns[0])[0]


def test_one_reporter_in_full() -> None:
    settled = [
        replace(one, revision=2, receipt="12-40-0031", late_days=3, errors=4) if one.state is State.RETURNED else one
        for one in WIDE_STANDINGS
    ]
    out = Console(file=io.StringIO(), width=300, record=True)
    print_reporter(NGHE_AN, WIDE, settled, AFTERWARDS, out)
    lines = out.export_text().splitlines()
    assert lines[0] == "Tỉnh Nghệ An (40): Ban Quản lý các KCN tỉnh Nghệ An"
    assert sum(line.startswith("    Biểu") for line in lines) == 20
    assert "    Biểu I.3. Nội dung số I.3: không có nội dung phải báo cáo, ngày 18/7/2012" in lines
    assert (
        "    Biểu II.1. Nội dung số II.1 của KKT cửa khẩu: cần sửa, ngày 18/7/2012, lần nộp 2, chậm 3 ngày, 4 lỗi, "
        "mã biên nhận 12-40-0031"
    ) in lines
    assert "  Trước ngày 31/7/2012 (còn 8 ngày; theo gia hạn: Công văn số 12/BKHĐT ngày 10/7/2012 cho lùi hạn)" in lines


def test_what_has_no_deadline_is_said_to_have_none() -> None:
    open_ended = [Standing(replace(one.obligation, deadline=None)) for one in WIDE_STANDINGS]
    out = Console(file=io.StringIO(), width=300, record=True)
    print_reporter(NGHE_AN, WIDE, open_ended, AFTERWARDS, out)
    print_status(WIDE, open_ended, COUNTS, AFTERWARDS, out)
    told = out.export_text()
    assert "  Văn bản không nêu thời hạn\n" in told
    assert "Biểu I.1–I.4, văn bản không nêu thời hạn: 0/13 đơn vị đủ" in told
    assert "quá hạn" not in told
    assert "Quá hạn" not in told


@pytest.mark.parametrize("words", ["40", "Nghệ An", "nghe an", "tỉnh Nghệ An"])
def test_a_reporter_is_found_by_code_and_by_name(words: str) -> None:
    assert find_subject(WIDE, words, TODAY) == NGHE_AN


def test_of_two_reporters_of_one_name_that_of_today_is_meant() -> None:
    old = replace(NGHE_AN, until=date(2025, 6, 30), successor="40-2025")
    new = replace(NGHE_AN, code="40-2025", since=date(2025, 7, 1))
    rules = replace(WIDE, reporters=(old, new))
    assert find_subject(rules, "Nghệ An", TODAY) == old
    assert find_subject(rules, "Nghệ An", date(2026, 1, 1)) == new
    assert find_subject(rules, "40", date(2026, 1, 1)) == old


def test_a_campaign_is_found_by_its_id_and_nobody_by_other_words() -> None:
    assert find_subject(WIDE, CAMPAIGN, TODAY) == WIDE.campaigns[0]
    assert not isinstance(find_subject(WIDE, CAMPAIGN, TODAY), Reporter)
    assert find_subject(WIDE, "99", TODAY) is None


def test_a_reporter_is_shown_with_its_signed_copies_and_a_campaign_with_their_number() -> None:
    out = Console(file=io.StringIO(), width=200, record=True)
    given = standings(ANNEX, NUMBERED)
    print_reporter(NGHE_AN, HALVES, given, NOW, out)
    print_status(HALVES, given, COUNTS, NOW, out)
    text = out.export_text()
    assert "(2012-kkt-kcn): còn 5 nội dung" in text
    assert "Bản ký của Báo cáo quy hoạch KCN: đã nhận, số 85/BC-UBND, ký ngày 9/7/2012, tệp BC 85 (ban ky).pdf" in text
    assert "Bản ký của Báo cáo rà soát dự án: chưa gửi" in text
    assert "chưa gửi 0; bản ký 1/1 đơn vị." in text
    assert "chưa gửi 4; bản ký 0/1 đơn vị." in text
