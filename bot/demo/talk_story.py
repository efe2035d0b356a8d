"""Offices that talk with the system: a trial, an explained query, ĐỒNG Ý, nothing to declare, tries that get better."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.demo import mistakes
from bot.demo.drawing import draw_xlsx
from bot.demo.envelopes import BOT_DOMAIN, File, gmail
from bot.demo.files import make_photo, make_scan
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.demo.writing import PARKS, Post, corrected_text, post, write
from bot.model import Outcome
from bot.reply.compose import message_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.demo.envelopes import Letter
    from bot.demo.pages import Book

TRIAL, STEPS, EXPLAINED, AGREED = "Hải Dương", "Long An", "Bình Phước", "Quảng Trị"
NIL, ASKING = "Hà Tĩnh", "Thái Nguyên"


def tell_talks(seed: int) -> Iterator[Post]:
    """Yield what offices write beside their reports."""
    yield from _trial(seed)
    yield from _step_by_step(seed)
    yield from _explained(seed)
    yield from _agreed(seed)
    yield from _nothing_to_declare()
    yield from _signed_alone()
    text = "Trân trọng./.\n"
    for when, words in (("22/6 09:10", "MẪU"), ("9/7 15:35", "TRẠNG THÁI")):
        yield post(write(when, ASKING, (), subject=words, text=text), f"Hỏi bằng thư: {words}", Outcome.ANSWERED)


def answer(first: Post, letter: Letter) -> Letter:
    """Return *letter* as the answer to our reply to *first*: mail programs name the mail that they answer."""
    reply = message_id(f"reply:{hashlib.sha256(first.arrived).hexdigest()}", BOT_DOMAIN)
    return replace(letter, answers=reply)


def _file(name: str, book: Book) -> File:
    return File(f"Biểu I.1 - {name}.xlsx", draw_xlsx(book))


def _trial(seed: int) -> Iterator[Post]:
    bent = mistakes.type_a_wrong_total(make_parks_book(province(TRIAL), seed=seed))
    letter = write("26/6 10:12", TRIAL, (_file(TRIAL, bent.book),), subject=f"[KIỂM TRA] {TRIAL} - {PARKS}")
    yield post(letter, f"{PARKS}: gửi thử [KIỂM TRA], không tính là bản nộp", Outcome.TRIAL)


def _step_by_step(seed: int) -> Iterator[Post]:
    """Two mistakes, then one of them: the story's own mails go on from there."""
    words = mistakes.write_words_for_a_year(make_parks_book(province(STEPS), seed=seed))
    both = mistakes.lease_more_than_there_is(words.book)
    yield post(write("4/7 09:05", STEPS, (_file(STEPS, both.book),)), f"{PARKS}: hai lỗi", Outcome.RETURNED)
    text = corrected_text(province(STEPS).board)
    letter = write("5/7 10:40", STEPS, (_file(STEPS, words.book),), subject=f"Re: {PARKS} – {STEPS}", text=text)
    yield post(letter, f"{PARKS}: lần 2, đã sửa một lỗi, còn một", Outcome.RETURNED)


def _explained(seed: int) -> Iterator[Post]:
    bent = mistakes.found_a_park_in_the_moratorium(make_parks_book(province(EXPLAINED), seed=seed))
    first = post(
        write("12/7 08:22", EXPLAINED, (_file(EXPLAINED, bent.book),)),
        f"{PARKS}: KCN thành lập ngày 12/4/2012",
        bent.outcome,
    )
    yield first
    text = "1: KCN được thành lập theo ý kiến của Thủ tướng Chính phủ tại Công văn số 421/TTg-KTN.\n\nTrân trọng./.\n"
    letter = write("12/7 14:05", EXPLAINED, (), subject=f"Re: [Đã tiếp nhận, cần giải trình] {PARKS}", text=text)
    yield post(answer(first, letter), "Giải trình bằng thư, theo số thứ tự", Outcome.ANSWERED)


def _agreed(seed: int) -> Iterator[Post]:
    bent = mistakes.type_letters_for_digits(make_parks_book(province(AGREED), seed=seed))
    first = post(
        write("5/7 09:02", AGREED, (_file(AGREED, bent.book),)), f"{PARKS}: lần 2, năm ghi lẫn chữ O", bent.outcome
    )
    yield first
    letter = write("5/7 15:10", AGREED, (), subject=f"Re: [Cần chỉnh sửa] {PARKS}", text="ĐỒNG Ý\n\nTrân trọng./.\n")
    yield post(answer(first, letter), "ĐỒNG Ý với cách ghi đã sửa sẵn", Outcome.ACCEPTED)


def _nothing_to_declare() -> Iterator[Post]:
    text = "Biểu I.3: địa phương không phát sinh.\n\nTrân trọng./.\n"
    letter = write("12/7 16:30", NIL, (), subject=f"{NIL} - Biểu I.3", text=text)
    yield post(letter, "Biểu I.3: báo không phát sinh bằng thư", Outcome.ACCEPTED)


def _signed_alone() -> Iterator[Post]:
    """The signed half comes without its file: it is kept, and the file is asked for."""
    scan, photo = File("BC 85 BQL.pdf", make_scan()), File("IMG_20120709_0915.jpg", make_photo())
    letter = write("6/7 14:12", "Quảng Ninh", (scan,))
    yield post(letter, "Chỉ có bản ký quét PDF, chưa có tệp số liệu", Outcome.SIGNED)
    letter = write("9/7 09:17", "Hà Nội", (photo,))
    yield post(letter, "Chỉ có ảnh chụp bản ký", Outcome.SIGNED, client=gmail)
