"""What a person says in a mail, from the words alone: explanations by number, consent, nothing to declare, commands."""

from __future__ import annotations

import textwrap
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import bare
from bot.message import read_answer
from bot.model import Answer, Command
from tests.message.letters import text_mail

OURS = sorted(
    path
    for path in (Path(__file__).parents[1] / "reply" / "golden").glob("*/body.txt")
    if not path.parent.name.startswith(("digest", "alert", "officer"))  # they go to the ministry and to the operator
)
REASON = "dự án tạm dừng theo QĐ 123"


def told(words: str, subject: str = "Re: [Đã tiếp nhận] Biểu I.1") -> dict[tuple[int, ...], str]:
    return {one.numbers: one.text for one in read_answer(subject, words).explanations}


@pytest.mark.parametrize(
    "line",
    [
        "2: {}", "2 : {}", "2. {}", "2) {}", "(2) {}", "[2]. {}", "2/ {}", "2 - {}", "2 – {}", "2- {}", "2 => {}",
        "- 2: {}", "• 2) {}", "Mục 2 - {}", "Mục 2: {}", "MỤC 2 {}", "Muc 2: {}", "mục số 2: {}", "Nội dung 2: {}",
        "Nội dung số 2 {}", "Câu 2: {}", "Điểm 2. {}", "Đối với mục 2: {}", "Về nội dung số 2, {}", "Giải trình 2: {}",
        "Giải trình mục 2: {}", "Lỗi 2: {}", "Mục thứ 2: {}", "Mục 2) {}",
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_set_off(line: str) -> None:
    [(numbers, text)] = told(line.format(REASON)).items()
    assert numbers == (2,)
    assert text.lstrip(", ") == REASON


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("2, 3: {}", (2, 3)),
        ("2,3: {}", (2, 3)),
        ("2 và 3: {}", (2, 3)),
        ("Mục 2, mục 3 và 5: {}", (2, 3, 5)),
        ("2; 4) {}", (2, 4)),
        ("2-5: {}", (2, 3, 4, 5)),
        ("Mục 2 đến 4: {}", (2, 3, 4)),
        ("2 & 2: {}", (2,)),
        ("Tất cả: {}", ()),
        ("Tất cả các mục trên: {}", ()),
    ],
)
def test_one_reason_may_hold_for_several_numbers(line: str, numbers: tuple[int, ...]) -> None:
    assert told(line.format(REASON)) == {numbers: REASON}


@pytest.mark.parametrize(
    "line",
    [
        "12/7/2012 đã gửi lại báo cáo",
        "Số: 85/BQL-KH",
        "85/BC-BQL ngày 12/7/2012",
        "8:30 ngày 12/7 sẽ gửi",
        "1.234,5 ha là số đúng",
        "2.1. Tình hình chung",
        "30 dự án đang hoạt động",
        "2012: năm thành lập",
        "12-40-0057: đã gửi",
        "Mục tiêu: hoàn thành trong tháng 7",
        "Nội dung 2 dự án mới được cấp phép",
        "Điểm 2 Điều 5 Nghị định 29",
        "Tất cả các dự án đều đang hoạt động",
        "2:",
    ],
)
def test_dates_figures_and_other_numbers_are_no_numbers_of_ours(line: str) -> None:
    assert told(line) == {}


def test_a_reason_may_take_several_lines_until_the_next_number() -> None:
    words = "Kính gửi Quý Bộ,\n\n2: dự án tạm dừng\ntheo QĐ 123,\n\nxem bản chụp.\n3) Doanh nghiệp\n đã giải thể.\n"
    assert told(words) == {(2,): "dự án tạm dừng theo QĐ 123, xem bản chụp.", (3,): "Doanh nghiệp đã giải thể."}


@given(
    st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True),
    st.sampled_from([", ", ",", " và ", "; "]),
    st.sampled_from(["{}: ", "{}) ", "({}) ", "Mục {}: ", "MỤC {} - ", "muc so {} "]),
    st.sampled_from(["Dự án tạm dừng", "đúng như số liệu gốc", "Doanh nghiệp đã giải thể năm 2011"]),
    st.booleans(),
)
def test_numbers_and_reason_come_back_as_written(
    numbers: list[int], comma: str, frame: str, reason: str, decomposed: bool
) -> None:
    line = frame.format(comma.join(map(str, numbers))) + reason
    assert told(unicodedata.normalize("NFD", line) if decomposed else line) == {tuple(numbers): reason}


@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_is_read_without_an_exception(words: str, subject: str) -> None:
    answer = read_answer(subject, words)
    assert all(number > 0 for one in answer.explanations for number in one.numbers)


@given(st.text(max_size=100))
def test_letters_without_accents_keep_their_places(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert len(bare(composed)) == len(composed)


@pytest.mark.parametrize(
    "words",
    [
        "ĐỒNG Ý", "Đồng ý.", "dong y", "DONG Y", "“ĐỒNG Ý”", "Đồng ý 12-40-0057", "ĐỒNG Ý, mã biên nhận 12-40-0057",
        "Chúng tôi đồng ý với các sửa đổi trong bản đánh dấu.", "Nhất trí", "Kính gửi Quý Bộ,\nĐồng ý ạ",
        "Ban Quản lý KKT Nghệ An hoàn toàn nhất trí với nội dung trên", unicodedata.normalize("NFD", "Đồng ý"),
    ],
)  # fmt: skip
def test_consent_stands_in_a_line_of_its_own(words: str) -> None:
    assert read_answer("Re: Cần chỉnh sửa", words).consent


@pytest.mark.parametrize(
    "words",
    [
        "Không đồng ý", "Chưa đồng ý với mục 2", "Đồng ý?", "Quý Bộ có đồng ý không?", "Nếu đồng ý thì làm thế nào",
        "UBND tỉnh đồng ý chủ trương đầu tư dự án A", "Đồng ý mục 2, còn mục 3 thì không",
        "chỉ cần trả lời “ĐỒNG Ý”.", "2: UBND tỉnh đã đồng ý",
    ],
)  # fmt: skip
def test_other_sentences_are_no_consent(words: str) -> None:
    assert not read_answer("Re: Cần chỉnh sửa", words).consent


def test_consent_may_be_the_whole_subject() -> None:
    assert read_answer("ĐỒNG Ý 12-40-0057", "") == Answer(consent=True, subject_receipts=("12-40-0057",))


@pytest.mark.parametrize(
    ("subject", "words", "command", "about"),
    [
        ("MẪU", "", Command.BLANKS, ""),
        ("mau", "Trân trọng", Command.BLANKS, ""),
        ("Mẫu biểu", "", Command.BLANKS, ""),
        ("Đề nghị gửi biểu mẫu", "", Command.BLANKS, ""),
        ("MẪU III.4", "", Command.BLANKS, "III.4"),
        ("[Mẫu: Biểu I.1, III.4]", "", Command.BLANKS, "BIEU I.1, III.4"),
        ("Re: Đôn đốc báo cáo", "MẪU B01 và B02", Command.BLANKS, "B01 VA B02"),
        ("Xin biểu mẫu", "mẫu biểu I.2, III.4", Command.BLANKS, "I.2, III.4"),
        ("Hỏi", "Kính gửi Quý Bộ,\nTRẠNG THÁI.", Command.STATUS, ""),
        ("trang thai", "", Command.STATUS, ""),
        ("", "Hướng dẫn", Command.GUIDE, ""),
        ("HUONG DAN", "", Command.GUIDE, ""),
    ],
)
def test_a_command_is_the_whole_subject_or_first_line(subject: str, words: str, command: Command, about: str) -> None:
    answer = read_answer(subject, words)
    assert (answer.command, answer.about) == (command, about)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Báo cáo theo mẫu", "Xin gửi báo cáo theo mẫu của Quý Bộ."),
        ("Mẫu đơn đăng ký", ""),
        ("Hướng dẫn của Bộ về KCN", "Theo hướng dẫn, xin gửi biểu."),
        ("Trạng thái dự án", "Trạng thái các dự án nêu trong biểu."),
        ("Báo cáo", "Xin gửi báo cáo.\nMẪU"),
        ("Mẫu 3 người ký", ""),
        ("Re: MẪU", "Đã nhận được."),
    ],
)
def test_a_letter_that_only_holds_the_word_is_no_command(subject: str, words: str) -> None:
    assert read_answer(subject, words).command is None


@pytest.mark.parametrize(
    ("subject", "is_trial"),
    [
        ("[KIỂM TRA] Biểu I.1", True),
        ("[KIEM TRA]", True),
        ("Re: [Kiểm tra] Biểu I.1", True),
        ("Biểu I.1 [ kiểm  tra ]", True),
        (unicodedata.normalize("NFD", "[KIỂM TRA]"), True),
        ("KIỂM TRA Biểu I.1", False),
        ("Kết quả [thanh tra, kiểm tra]", False),
    ],
)
def test_a_trial_is_marked_in_brackets(subject: str, is_trial: bool) -> None:
    assert read_answer(subject, "Kính gửi Bộ.").trial is is_trial


def test_receipts_are_told_apart_by_where_they_stand() -> None:
    answer = read_answer("Re: mã biên nhận 12-40-0057", "Về mã 12 – 40 – 0031:\n4: đúng như số liệu gốc")
    assert (answer.receipts, answer.subject_receipts) == (("12-40-0031",), ("12-40-0057",))
    assert answer.prose == "Về mã 12 – 40 – 0031:"


def test_a_doubt_about_the_rule_is_no_explanation_of_the_figure() -> None:
    [one] = read_answer("", "2: SAI LUẬT, Nghị định 164 cho phép").explanations
    assert (one.doubt, one.text) == (True, "Nghị định 164 cho phép")
    assert not read_answer("", "2: luật cho phép").explanations[0].doubt


@pytest.mark.parametrize(
    ("text", "is_corrected"),
    [("đã sửa", True), ("Đã chỉnh sửa trong tệp gửi kèm", True), ("đã sửa chữa nhà xưởng năm 2011", False)],
)
def test_a_correction_announced_explains_nothing(text: str, is_corrected: bool) -> None:
    assert read_answer("", f"2: {text}").explanations[0].corrected is is_corrected


def test_nothing_to_declare_inside_an_explanation_is_about_that_number() -> None:
    answer = read_answer("", "2: KCN Hoàng Mai chưa có dự án\nBiểu I.3 đã gửi, Biểu I.2 không phát sinh.")
    assert [one.nil for one in answer.explanations] == [True]


def test_a_clause_about_what_was_sent_is_not_nil() -> None:
    answer = read_answer("", "Biểu I.3 đã gửi, Biểu I.2 không phát sinh.\nBiểu I.4 không có KKT; Biểu I.1 gửi sau.")
    assert answer.nil == ("Biểu I.2 không phát sinh.", "Biểu I.4 không có KKT;")


# -- our own mails, quoted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [10_000, 76, 60])
@pytest.mark.parametrize("path", OURS, ids=lambda path: path.parent.name)
def test_our_own_mails_quoted_without_a_mark_say_nothing(path: Path, width: int) -> None:
    lines = [part for line in path.read_text("utf-8").splitlines() for part in (textwrap.wrap(line, width) or [""])]
    answer = read_answer("Re: Báo cáo", "\n".join(lines))
    assert (answer.explanations, answer.consent, answer.nil, answer.command) == ((), False, (), None)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.parent.name)
def test_our_own_html_quoted_without_a_mark_says_nothing(path: Path) -> None:
    answer = text_mail((path.parent / "body.html").read_text("utf-8"), "html").answer
    assert (answer.explanations, answer.consent, answer.nil, answer.command) == ((), False, (), None)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.parent.name)
@pytest.mark.parametrize(
    "frame",
    [
        "2: {reason}\n\n> {quoted}",
        "2: {reason}\n\n-----Original Message-----\nFrom: bot@bo.example\nSent: Tuesday\n{ours}",
        "2: {reason}\n\n----- Original Message -----\nTừ: \"Hệ thống\" <bot@bo.example>\nĐến: \"BQL\"\n{ours}",
        "2: {reason}\n\nVào 09:14, Th 3, 10 thg 7, 2012 Hệ thống <bot@bo.example> đã viết:\n{ours}",
        "> {quoted}\n\n2: {reason}",
        "2: {reason}\n{ours}",
    ],
)  # fmt: skip
def test_an_answer_is_found_above_and_below_a_quote_of_ours(path: Path, frame: str) -> None:
    ours = path.read_text("utf-8")
    mail = text_mail(frame.format(reason=REASON, ours=ours, quoted=ours.replace("\n", "\n> ")))
    [one] = mail.answer.explanations
    assert one.numbers == (2,)
    assert one.text.startswith(REASON)
