"""The command lines of an officer: what is one, what is nearly one, what is none."""

from __future__ import annotations

import textwrap
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import bare, nfc
from bot.message import own_words, read_orders
from bot.model import Misread, Order, Verb, WrittenDay

OURS = sorted((Path(__file__).parents[1] / "reply" / "golden").glob("*/body.txt"))


def orders(words: str, subject: str = "Re: Tình hình", *, is_reply: bool = True) -> list[Order | Misread]:
    return list(read_orders(subject, words, is_reply=is_reply).lines)


def one(line: str) -> Order:
    (found,) = orders(line)
    assert isinstance(found, Order), found
    return found


@pytest.mark.parametrize(
    ("line", "about", "day", "reason"),
    [
        ("GIA HẠN Nghệ An I.1 20/7 lý do chờ số liệu", "Nghệ An I.1", WrittenDay(20, 7), "chờ số liệu"),
        ("gia han nghe an I.1 20/7/2012 ly do cho so lieu", "nghe an I.1", WrittenDay(20, 7, 2012), "cho so lieu"),
        ("Gia hạn cho 40 I.1, I.2 đến hết ngày 20-7-2012, lí do: bão", "40 I.1, I.2", WrittenDay(20, 7, 2012), "bão"),
        ("GIA HẠN: Nghệ An II.1-VB 2012-07-20 Lý do – lũ", "Nghệ An II.1-VB", WrittenDay(20, 7, 2012), "lũ"),
        ("- GIA HẠN Đà Nẵng 2012-kkt-kcn/I.1 5.8 lý do x", "Đà Nẵng 2012-kkt-kcn/I.1", WrittenDay(5, 8), "x"),
    ],
)
def test_more_time_names_whom_what_until_when_and_why(line: str, about: str, day: WrittenDay, reason: str) -> None:
    found = one(line)
    assert (found.verb, found.about, found.day, found.reason) == (Verb.EXTEND, about, day, reason)


@pytest.mark.parametrize(
    ("line", "verb", "key", "about", "reason"),
    [
        ("CHẤP NHẬN 12-40-0057", Verb.ACCEPT, "12-40-0057", "", ""),
        ("chấp nhận mã 12 – 40 – 0057 biểu III.4", Verb.ACCEPT, "12-40-0057", "III.4", ""),
        ("CHẤP NHẬN 12-40-0057 lý do đã có công văn", Verb.ACCEPT, "12-40-0057", "", "đã có công văn"),
        ("TRẢ LẠI 12-40-0057 lý do thiếu quý II", Verb.RETURN, "12-40-0057", "", "thiếu quý II"),
        ("TRẢ LẠI 12-40-0057 III.4, lý do: thiếu", Verb.RETURN, "12-40-0057", "III.4", "thiếu"),
        ("TRẠNG THÁI", Verb.STATUS, "", "", ""),
        ("trạng thái: tất cả", Verb.STATUS, "", "", ""),
        ("TRẠNG THÁI Nghệ An", Verb.STATUS, "", "Nghệ An", ""),
        ("Hướng dẫn.", Verb.GUIDE, "", "", ""),
        ("XÁC NHẬN K7QM-3XTP", Verb.CONFIRM, "K7QM-3XTP", "", ""),
        ("xac nhan ma k7qm 3xtp.", Verb.CONFIRM, "K7QM-3XTP", "", ""),
        ("DUYỆT NGƯỜI GỬI a.b@tinh.example Nghệ An", Verb.REGISTER, "a.b@tinh.example", "Nghệ An", ""),
        ("Duyệt người gửi <A@Tinh.example> cho tỉnh Nghệ An", Verb.REGISTER, "a@tinh.example", "tỉnh Nghệ An", ""),
        ("DUYỆT NGƯỜI GỬI a@t.example<mailto:a@t.example> 40", Verb.REGISTER, "a@t.example", "40", ""),
        ("BỎ QUA 12-00-0058", Verb.DISMISS, "12-00-0058", "", ""),
        ("bỏ qua thư mã 12 – 00 – 0058, lý do: thư quảng cáo", Verb.DISMISS, "12-00-0058", "", "thư quảng cáo"),
        ("Bỏ qua thư của <Ban-Hang@q-cao.example> lý do rác", Verb.DISMISS, "ban-hang@q-cao.example", "", "rác"),
        ("BỎ QUA a@t.example<mailto:a@t.example>", Verb.DISMISS, "a@t.example", "", ""),
        ("BỎ QUA a@t.example.", Verb.DISMISS, "a@t.example", "", ""),
    ],
)  # fmt: skip
def test_each_command_is_read_as_it_is_written(line: str, verb: Verb, key: str, about: str, reason: str) -> None:
    found = one(line)
    assert (found.verb, found.key, found.about, found.reason) == (verb, key, about, reason)


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("GIA HẠN Nghệ An I.1 20/7", Verb.EXTEND),
        ("GIA HẠM Nghệ An I.1 20/7 lý do x", Verb.EXTEND),
        ("TRẢ LẠI 12-40-0057", Verb.RETURN),
        ("CHẤP NHẬN tất cả", Verb.ACCEPT),
        ("DUYỆT NGƯỜI GỬI Nghệ An", Verb.REGISTER),
        ("BỎ QUA tất cả", Verb.DISMISS),
        ("BỎ QUA 12-00-0058 và 12-00-0059", Verb.DISMISS),
        ("XÁC NHẬN", Verb.CONFIRM),
        ("XÁC NHẬN K7QM", Verb.CONFIRM),
        ("TRANG THAIS Nghệ An", Verb.STATUS),
        ("Tỉnh Nghệ An đang xin gia hạn.", None),
        ("Đồng ý với bản tổng hợp.", None),
        ("1. GIA HẠN Nghệ An I.1 20/7 lý do x", None),
        ("“GIA HẠN Nghệ An I.1 20/7 lý do x”", None),
        ("Mã xác nhận: K7QM-3XTP", None),
    ],
)
def test_what_is_no_command_is_told_with_the_nearest(line: str, near: Verb | None) -> None:
    assert orders(line) == [Misread(line.rstrip("* "), near)]


def test_greetings_thanks_and_signature_are_no_lines() -> None:
    words = own_words("Kính gửi hệ thống,\n\nTRẠNG THÁI\n\nCảm ơn.\nTrân trọng,\nNguyễn Văn A\nGIA HẠN x")
    assert orders(words) == [Order(Verb.STATUS, "TRẠNG THÁI")]


def test_what_a_mail_program_broke_off_belongs_to_its_command() -> None:
    first = "GIA HẠN Nghệ An I.1 20/7 lý do chờ số liệu của khu công nghiệp mới được"
    assert one(f"{first}\nthành lập ngày 12/6").reason == "chờ số liệu của khu công nghiệp mới được thành lập ngày 12/6"
    assert one("TRẢ LẠI 12-40-0057\nlý do thiếu quý II").reason == "thiếu quý II"
    assert [type(each) for each in orders("TRẢ LẠI 12-40-0057 lý do thiếu\nXin xem lại.")] == [Order, Misread]
    assert len(orders(f"{first}\nTRẠNG THÁI")) == 2


def test_a_subject_counts_where_it_is_the_persons_own_and_never_confirms() -> None:
    assert orders("", "TRẠNG THÁI Nghệ An", is_reply=False) == [Order(Verb.STATUS, "TRẠNG THÁI Nghệ An", "Nghệ An")]
    assert orders("", "TRẠNG THÁI Nghệ An") == []
    assert orders("", "Re: TRẠNG THÁI", is_reply=False) == []
    assert orders("", "XÁC NHẬN K7QM-3XTP", is_reply=False) == []


def test_a_mail_holds_forty_commands_and_tells_how_many_are_left_out() -> None:
    found = read_orders("", "\n".join(f"TRẠNG THÁI {number}" for number in range(50)), is_reply=True)
    assert (len(found.lines), found.left_out) == (40, 10)


_WORDS = st.text(st.sampled_from("GIA HẠNCHẤPTRLỜẠDUYỆT20/7-.<>@:lýdo\u0300\u0301\u0323đXÁC\n"), max_size=200)


@given(_WORDS, st.text(max_size=60))
def test_no_text_breaks_the_grammar_and_every_command_stands_in_it(words: str, subject: str) -> None:
    found = read_orders(subject, words, is_reply=False)
    whole = " ".join(bare(nfc(f"{subject} {words}")).split())
    for each in found.lines:
        if isinstance(each, Order):
            assert " ".join(bare(each.text).split()).rstrip("…") in whole
            assert each.day is None or each.verb is Verb.EXTEND


_LINES = st.sampled_from(
    ["GIA HẠN Nghệ An I.1 20/7 lý do chờ số liệu", "CHẤP NHẬN 12-40-0057 III.4", "TRẢ LẠI 12-40-0057 lý do thiếu",
     "DUYỆT NGƯỜI GỬI a@b.example Nghệ An", "TRẠNG THÁI Nghệ An", "HƯỚNG DẪN", "XÁC NHẬN K7QM-3XTP"]
)  # fmt: skip


@given(_LINES, st.sampled_from(["NFC", "NFD"]), st.booleans(), st.booleans(), st.sampled_from(["", "  ", "* ", "– "]))
def test_case_accents_and_composition_never_change_what_is_meant(
    line: str, form: str, is_lower: bool, is_bare: bool, lead: str
) -> None:
    wanted = one(line)
    written = bare(line) if is_bare else line.lower() if is_lower else line
    found = one(lead + unicodedata.normalize(form, written))  # type: ignore[arg-type]  # one of the two names
    assert (found.verb, found.key, found.day) == (wanted.verb, wanted.key, wanted.day)
    assert (bare(found.about), bare(found.reason)) == (bare(wanted.about), bare(wanted.reason))


@given(_LINES)
def test_a_quoted_command_is_none(line: str) -> None:
    for quoted in (f"> {line}", f">> {line}", f"Vào 12:00, Th 6, <a@b.example> đã viết:\n{line}"):
        assert orders(own_words(quoted)) == []
    outlook = f"________________________________\nTừ: Hệ thống\nĐã gửi: Thứ Hai\n{line}"
    assert orders(own_words(outlook)) == []


@pytest.mark.parametrize("width", [10_000, 76, 60])
@pytest.mark.parametrize("path", OURS, ids=lambda path: path.parent.name)
def test_our_own_mails_quoted_without_a_mark_change_nothing(path: Path, width: int) -> None:
    lines = [part for line in path.read_text("utf-8").splitlines() for part in (textwrap.wrap(line, width) or [""])]
    found = [each.verb for each in orders("\n".join(lines)) if isinstance(each, Order)]
    assert not set(found) - {Verb.STATUS, Verb.GUIDE}
