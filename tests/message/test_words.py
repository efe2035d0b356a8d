"""The sender's own words: what he says of nothing to declare, and links that he sends in place of a file."""

from __future__ import annotations

import pytest

from bot.message import own_words
from bot.message.nil import nil_sentences
from tests.message.letters import text_mail

REQUEST = 'Nếu địa phương không có nội dung phát sinh, đề nghị trả lời thư này: "không phát sinh".'


@pytest.mark.parametrize(
    "sentence",
    [
        "Không phát sinh.",
        "Tỉnh không có khu kinh tế.",
        "Trên địa bàn tỉnh không có KCN, KKT.",
        "Địa phương hiện chưa có khu công nghiệp được thành lập.",
        "Tỉnh Điện Biên không có dự án phát sinh trong quý II.",
        "Nội dung trên không có.",
        "tinh chua thanh lap khu kinh te",
        "Trong kỳ không có số liệu phát sinh",
        "KKT: không có",
    ],
)
def test_a_nil_sentence_is_found_and_given_back_in_the_senders_words(sentence: str) -> None:
    assert nil_sentences(f"Kính gửi Quý Bộ,\n{sentence}\nXin cảm ơn.") == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        "Xin gửi báo cáo Biểu I.1.",
        "Nếu không phát sinh thì có phải báo cáo không?",
        REQUEST,
        "Có phải gửi biểu khi không có khu kinh tế?",
        "Chúng tôi không có máy quét.",
        "Số liệu phát sinh trong tháng được nêu tại Biểu I.2.",
    ],
)
def test_other_sentences_are_not_nil(sentence: str) -> None:
    assert nil_sentences(sentence) == ()


@pytest.mark.parametrize(
    "quote",
    [
        f"> {REQUEST}\n> Không phát sinh.",
        "-----Original Message-----\nFrom: bot@bo.example\nKhông phát sinh.",
        "Vào 09:14, Th 3, 10 thg 7, 2012 Hệ thống <bot@bo.example> đã viết:\nKhông phát sinh.",
        "Vào 09:14, Th 3, 10 thg 7, 2012 Hệ thống tiếp nhận\n<bot@bo.example> đã viết:\nKhông phát sinh.",
        "On Tue, Jul 10, 2012 at 9:14 AM Bot <bot@bo.example> wrote:\nKhông phát sinh.",
        "Từ: Hệ thống <bot@bo.example>\nĐã gửi: 10 Tháng Bảy 2012 9:14 SA\nKhông phát sinh.",
        "________________________________\nFrom: bot@bo.example\nKhông phát sinh.",
        "Trân trọng,\nKhông phát sinh.",
        "-- \nKhông phát sinh.",
        "Được gửi từ iPhone của tôi\nKhông phát sinh.",
    ],
)
def test_quoted_mails_and_signatures_are_not_the_senders_words(quote: str) -> None:
    text = f"Xin gửi biểu.\n\n{quote}"
    assert own_words(text) == "Xin gửi biểu."
    assert text_mail(text).answer.nil == ()


def test_an_answer_above_or_below_the_quote_is_the_senders() -> None:
    assert text_mail(f"Không phát sinh.\n\n> {REQUEST}").answer.nil == ("Không phát sinh.",)
    assert text_mail(f"> {REQUEST}\n\nTỉnh không có KKT.").answer.nil == ("Tỉnh không có KKT.",)


def test_a_sentence_that_begins_like_a_closing_is_read() -> None:
    assert text_mail("Trân trọng báo cáo Quý Bộ: tỉnh không có khu kinh tế.").answer.nil


@pytest.mark.parametrize(
    "html",
    [
        f"<p>Không phát sinh.</p><blockquote>{REQUEST} Không phát sinh cũ.</blockquote>",
        f'<div>Không phát sinh.</div><div class="gmail_quote">Vào …<blockquote>{REQUEST}</blockquote></div>',
        f'<p>Không phát sinh.</p><div id="divRplyFwdMsg">From: x</div><p>{REQUEST}</p>',
    ],
)
def test_quotes_in_html_are_not_the_senders_words(html: str) -> None:
    assert text_mail(html, "html").answer.nil == ("Không phát sinh.",)


def test_an_html_quote_alone_is_nobodys_answer() -> None:
    assert text_mail("<p>Xin gửi biểu.</p><blockquote>Không phát sinh.</blockquote>", "html").answer.nil == ()


@pytest.mark.parametrize(
    "link",
    [
        "https://drive.google.com/file/d/1aB/view?usp=sharing",
        "https://1drv.ms/x/s!Abc",
        "https://tinh-my.sharepoint.com/:x:/g/personal/a/Ee",
        "https://www.dropbox.com/s/abc/bieu.xlsx?dl=0",
        "https://www.fshare.vn/file/ABC",
    ],
)
def test_links_to_file_stores_are_known(link: str) -> None:
    assert text_mail(f"Xin gửi: {link}").links == (link,)
    assert text_mail(f'<p>Xin gửi <a href="{link}">biểu</a></p>', "html").links == (link,)


def test_other_links_and_quoted_links_do_not_count() -> None:
    message = text_mail("Xem https://www.nghean.example/a.xlsx\n\n> https://drive.google.com/x\n")
    assert message.links == ()


@pytest.mark.parametrize(
    "piece", ["<", "<script>", "<div ", "<blockquote ", "<div class=", "<style ", "http://a.", "> "]
)
@pytest.mark.parametrize("subtype", ["html", "plain"])
def test_hostile_texts_are_read_in_one_pass(piece: str, subtype: str) -> None:
    """Two hundred thousand characters that open something and never close it."""
    assert text_mail(piece * (200_000 // len(piece)), subtype).answer.nil == ()


def test_scripts_and_styles_are_nobodys_words() -> None:
    html = "<style>p { color: red }</style><p>Không phát sinh.</p><script>var a = '</p>';</script><p>Kính chào</p>"
    assert text_mail(html, "html").text.split("\n") == ["Không phát sinh.", "Kính chào"]
