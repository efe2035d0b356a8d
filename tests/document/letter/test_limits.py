"""By when, in the words of letters: each line of the table is a sentence and what it asks for."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from bot.check.days import find_day
from bot.document.letter.limits import limits_of
from bot.model import Concluded, Limit

ISSUED = date(2025, 3, 10)


def limit_in(sentence: str, issued: date | None = ISSUED) -> Limit:
    (found,) = limits_of([sentence], issued)
    return found


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Báo cáo gửi Bộ Kế hoạch và Đầu tư trước ngày 15/7/2025.", "2025-07-15"),
        ("Đề nghị gửi báo cáo về Bộ chậm nhất ngày 30 tháng 9 năm 2025.", "2025-09-30"),
        ("Đề nghị gửi báo cáo (chậm nhất là ngày 05 tháng 5 năm 2025).", "2025-05-05"),
        ("Báo cáo gửi về Bộ trước 17h00 ngày 20/6/2025.", "2025-06-20"),
        ("Báo cáo gửi về Bộ trước 17 giờ 00 phút, thứ Sáu, ngày 20/6/2025.", "2025-06-20"),
        ("Báo cáo gửi về Bộ trước 17:00 ngày thứ Sáu (20/6/2025).", "2025-06-20"),
        ("Báo cáo gửi không muộn hơn ngày 30/4/2025.", "2025-04-30"),
        ("Thời hạn gửi báo cáo: trước ngày 30/4/2025 (bản mềm).", "2025-04-30"),
        ("Hạn chót gửi báo cáo là ngày 30.4.2025.", "2025-04-30"),
        ("Ngày 30/4/2025 là hạn cuối gửi báo cáo.", "2025-04-30"),
        ("Trước ngày 30/4/2025, đề nghị Quý Ủy ban gửi báo cáo về Bộ.", "2025-04-30"),
        ("TRƯỚC NGÀY 15/7/2025", "2025-07-15"),
        ("Gửi Bộ trước ngày 15 / 7 / 2025.", "2025-07-15"),
        ("Gửi Bộ trước ngày 1 5/7/2 0 2 5.", "2025-07-15"),
        ("Gửi Bộ trước 15/7/25.", "2025-07-15"),
        ("Gửi Bộ trước ngày15/ 7 /2025.", "2025-07-15"),
        ("Gửi Bộ trướcngày 15/7/2025.", "2025-07-15"),
        ("Gui Bo truoc ngay 15/7/2025.", "2025-07-15"),
        ("Hạn nộp báo cáo: 15/7/2025.", "2025-07-15"),
        ("Đề nghị gửi chậm nhất đến 16h ngày thứ 6 (14/3/2025).", "2025-03-14"),
        ("Gửi báo cáo từ ngày 01/6/2025 đến ngày 15/6/2025.", "2025-06-15"),
        ("Gửi báo cáo từ ngày 01 đến hết ngày 15 tháng 6 năm 2025.", "2025-06-15"),
        ("Thời gian gửi báo cáo: từ 01-10/6/2025.", "2025-06-10"),
        ("Báo cáo gửi Bộ trước thời điểm 16h30' ngày 30/9/2025.", "2025-09-30"),
        ("Thời hạn: 15/7/2025.", "2025-07-15"),
        ("Gia hạn thời gian gửi báo cáo đến ngày 30/9/2025.", "2025-09-30"),
        ("Đề nghị gửi báo cáo đến hết ngày 15/7/2025.", "2025-07-15"),
        ("Đề nghị các tỉnh trước ngày 15/7/2025 gửi báo cáo.", "2025-07-15"),
        ("Số liệu tính đến ngày 30/6/2025, gửi về Bộ trước ngày 15/7/2025.", "2025-07-15"),
        ("Gửi báo cáo trước ngày 15/7/2025 và cập nhật số liệu đến 30/6/2025.", "2025-07-15"),
        ("Ý kiến gửi về Bộ Tài chính trước ngày 12/5/2025 để tổng hợp, báo cáo Thủ tướng Chính phủ.", "2025-05-12"),
    ],
)
def test_a_day_that_is_written_is_the_deadline(sentence: str, day: str) -> None:
    for written in (sentence, unicodedata.normalize("NFC", sentence.replace("ủy", "uỷ").replace("Ủy", "Uỷ"))):
        found = limit_in(written)
        assert (str(found.day), found.of_reporters, found.concluded) == (day, True, Concluded.NOTHING)
        assert found.sentence == written
        assert found.words in written


@pytest.mark.parametrize(
    ("sentence", "day", "deadline", "concluded"),
    [
        ("Gửi Bộ trước ngày 15/7.", "2025-07-15", "trước ngày 15/7/2025", "year"),
        ("Gửi Bộ trước ngày 15 tháng 01.", "2026-01-15", "trước ngày 15/1/2026", "year"),
        ("Gửi báo cáo trước ngày 25 tháng này.", "2025-03-25", "trước ngày 25/3/2025", "year"),
        ("Đề nghị gửi báo cáo trong tháng 6.", "2025-06-30", "trong tháng 6 (ngày 30/6/2025)", "last_day"),
        ("Gửi Bộ trong tháng 02/2028.", "2028-02-29", "trong tháng 02/2028 (ngày 29/2/2028)", "last_day"),
        ("Báo cáo kết quả về Bộ trong Quý II/2025.", "2025-06-30", "trong Quý II/2025 (ngày 30/6/2025)", "last_day"),
        ("Hoàn thành trước tháng 7/2025.", "2025-06-30", "trước tháng 7/2025 (ngày 30/6/2025)", "last_day"),
        ("Hoàn thành trước Quý I năm 2026.", "2025-12-31", "trước Quý I năm 2026 (ngày 31/12/2025)", "last_day"),
        (
            "Gửi báo cáo chậm nhất 20 ngày kể từ ngày ký văn bản này.",
            "2025-03-30",
            "chậm nhất ngày 30/3/2025",
            "counted",
        ),
    ],
)
def test_a_day_that_is_concluded_says_so(sentence: str, day: str, deadline: str, concluded: str) -> None:
    found = limit_in(sentence)
    assert (str(found.day), found.deadline, found.concluded) == (day, deadline, concluded)


@pytest.mark.parametrize(
    ("sentence", "rhythm", "deadline"),
    [
        ("Gửi báo cáo hằng năm, trước ngày 15 tháng 12.", "yearly", "trước ngày 15/12/{nam}"),
        ("Gửi báo cáo về Bộ trước ngày 15 tháng 12 hàng năm.", "yearly", "trước ngày 15/12/{nam}"),
        ("Báo cáo định kỳ 6 tháng gửi Bộ trước ngày 20/6 hằng năm.", "half-yearly", "trước ngày 20/6/{nam}"),
        ("Báo cáo gửi về Bộ trước ngày 25 hằng tháng.", "monthly", ""),
        ("Báo cáo gửi về Bộ trước ngày 10 của tháng đầu quý sau.", "quarterly", ""),
    ],
)
def test_what_comes_back_has_no_day_of_its_own(sentence: str, rhythm: str, deadline: str) -> None:
    found = limit_in(sentence)
    assert (found.day, found.rhythm, found.deadline) == (None, rhythm, deadline)


@pytest.mark.parametrize(
    "sentence",
    [
        "Gửi báo cáo sau 15 ngày kể từ ngày nhận được công văn này.",
        "Gửi báo cáo trong thời hạn 10 ngày làm việc, kể từ ngày nhận được văn bản này.",
        "Gửi báo cáo trong vòng 05 (năm) ngày làm việc kể từ ngày ban hành.",
        "Đề nghị gửi báo cáo trước ngày 31/4/2025.",
        "Báo cáo gửi Bộ trong tuần đầu tháng 7/2025.",
        "Báo cáo gửi Bộ đầu tháng 7/2025.",
    ],
)
def test_what_names_no_day_of_the_calendar_is_told_without_one(sentence: str) -> None:
    found = limit_in(sentence)
    assert (found.day, found.deadline, found.rhythm, found.of_reporters) == (None, "", None, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "Rà soát các CCN thành lập trước ngày 25/5/2017.",
        "Các dự án được cấp Giấy chứng nhận đầu tư trước ngày 01/7/2025 thì rà soát riêng.",
        "Nghị định có hiệu lực trước ngày 01/7/2025.",
        "Hội nghị tổ chức vào ngày 20/6/2025 tại Hà Nội.",
        "Mục tiêu quy hoạch đến năm 2030, tầm nhìn đến năm 2050.",
        "Gửi kèm số liệu lũy kế đến ngày 30/6/2025.",
        "Báo cáo tình hình thu hút đầu tư trong quý I năm 2025.",
        "Ngay sau khi nhận được công văn này, đề nghị gửi báo cáo.",
        "Kỳ số liệu từ ngày 15 tháng 12 năm trước đến ngày 14 tháng 6 năm báo cáo.",
        "Theo dõi, định kỳ hoặc đột xuất lập báo cáo gửi Bộ.",
    ],
)
def test_other_days_are_no_deadlines(sentence: str) -> None:
    assert limits_of([sentence], ISSUED) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Bộ Công Thương sẽ tổng hợp, báo cáo Thủ tướng Chính phủ trước ngày 30/6/2025.",
        "Trên cơ sở báo cáo của các địa phương, Bộ Công Thương báo cáo Chính phủ trong tháng 7/2025.",
        "Giao Cục Công Thương địa phương tổng hợp trước ngày 30/4/2025.",
        "Ủy ban nhân dân cấp huyện báo cáo về Sở Công Thương trước ngày 10/4/2025.",
    ],
)
def test_deadlines_of_others_are_kept_apart(sentence: str) -> None:
    assert not limit_in(sentence).of_reporters


def test_an_item_is_done_by_whom_its_number_names() -> None:
    first, second = limits_of(
        [
            "4. Cục Công Thương địa phương chịu trách nhiệm:",
            "a) Hướng dẫn thực hiện trước ngày 30/4/2025;",
            "5. Đối với Ủy ban nhân dân các tỉnh:",
            "a) Hoàn thành rà soát trước ngày 30/5/2025;",
        ],
        ISSUED,
    )
    assert (first.of_reporters, second.of_reporters) == (False, True)


def test_each_deadline_of_a_sentence_has_its_own_forms() -> None:
    first, second = limits_of(
        ["Biểu số 01, 02 và Phụ lục I gửi trước ngày 20/6/2025; Biểu 03 đến Biểu 05 gửi trước ngày 25/6/2025."], ISSUED
    )
    assert first.forms == ("01", "02", "PL-I")
    assert second.forms == ("03", "04", "05")


def test_several_days_under_the_same_words_are_several_deadlines() -> None:
    first, second = limits_of(["Báo cáo gửi Bộ trước ngày 20/6 và ngày 20/12 hằng năm."], ISSUED)
    assert (first.deadline, second.deadline) == ("trước ngày 20/6/{nam}", "trước ngày 20/12/{nam}")
    first, second = limits_of(["Báo cáo gửi Bộ lần lượt trước ngày 15/7/2025 và 30/9/2025."], ISSUED)
    assert (first.deadline, second.deadline) == ("trước ngày 15/7/2025", "trước ngày 30/9/2025")


def test_a_year_or_a_quarter_before_the_words_of_a_limit_is_no_last_year() -> None:
    quarter, year = limits_of(
        ["Gửi báo cáo quý trước ngày 25 của tháng cuối quý, báo cáo năm trước ngày 20/12 hằng năm."], ISSUED
    )
    assert (quarter.rhythm, year.deadline) == ("quarterly", "trước ngày 20/12/{nam}")


def test_days_are_counted_from_what_the_clause_names() -> None:
    found = limit_in("Ý kiến gửi về Bộ trong thời hạn 20 ngày kể từ ngày ký Công văn này và gửi bản mềm về a@b.vn.")
    assert (found.words, str(found.day)) == ("trong thời hạn 20 ngày kể từ ngày ký Công văn này", "2025-03-30")


def test_one_year_may_have_a_day_of_its_own() -> None:
    always, once = limits_of(
        ["Báo cáo gửi Bộ hằng năm trước ngày 30 tháng 9 (riêng năm 2025 trước ngày 30 tháng 10)."], ISSUED
    )
    assert (always.deadline, once.deadline) == ("trước ngày 30/9/{nam}", "trước ngày 30/10/2025")


def test_a_letter_without_a_date_takes_the_year_after_its_youngest_act() -> None:
    (found,) = limits_of(
        ["Thực hiện Chỉ thị số 07/CT-TTg ngày 02/11/2012 của Thủ tướng Chính phủ, đề nghị gửi trước ngày 15/3."], None
    )
    assert found.day == date(2013, 3, 15)
    assert limit_in("Đề nghị gửi báo cáo trước ngày 15/3.", None).day is None


def test_a_day_before_the_letter_itself_is_shown_and_not_swallowed() -> None:
    assert limit_in("Báo cáo gửi về Bộ Công Thương trước ngày 15/7/2024.").day == date(2024, 7, 15)


@pytest.mark.parametrize(
    "sentence",
    [
        "Gửi trước ngày 15/7/2025.",
        "Gửi trong tháng 6.",
        "Gửi từ ngày 01/6 đến 9/6/2025.",
        "Gửi trước 15 tháng 7 năm 25.",
    ],
)
def test_the_file_of_a_campaign_finds_the_same_day_in_the_words(sentence: str) -> None:
    found = limit_in(sentence)
    assert found.day is not None
    assert find_day(found.deadline) == found.day
