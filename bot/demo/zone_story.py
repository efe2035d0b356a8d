"""Who sends Annex II, the forms about economic zones, when, and how each of these mails must end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo import zone_mistakes as slips
from bot.demo.annexes import bind
from bot.demo.drawing import draw_xls, draw_xlsx
from bot.demo.envelopes import File
from bot.demo.narrative_story import enclose_narrative, tell_narrative
from bot.demo.places import province
from bot.demo.writing import Post, annex_text, corrected_text, post, write
from bot.demo.zone_books import make_zone_books
from bot.demo.zones import WORDS, zone_set
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.demo.mistakes import Bent
    from bot.demo.pages import Book
    from bot.demo.zones import Kind

_GOOD: tuple[tuple[str, str, Kind, int], ...] = (
    ("5/7 10:35", "Quảng Trị", "CK", 1),
    ("6/7 08:48", "Quảng Ngãi", "VB", 1),
    ("9/7 11:05", "Thanh Hóa", "VB", 2),
    ("9/7 15:50", "Nghệ An", "VB", 6),
    ("10/7 14:12", "Bình Định", "VB", 1),
    ("11/7 10:02", "Quảng Bình", "VB", 1),
    ("11/7 16:20", "Bình Phước", "CK", 3),
    ("13/7 14:05", "Quảng Nam", "VB", 2),
    ("13/7 16:05", "Quảng Ninh", "VB", 1),
    ("19/7 10:40", "Thừa Thiên Huế", "VB", 1),
    ("25/7 09:15", "Quảng Nam", "CK", 1),
)
"""The last number: in how many files the six forms come."""
_MISTAKES: tuple[tuple[str, str, Kind, int, Callable[[Book], Bent], str, str], ...] = (
    ("10/7 15:10", "Hải Phòng", "VB", 0, slips.lose_some_land, "", "các khu chức năng cộng lại khác tổng diện tích"),
    ("11/7 08:36", "Tây Ninh", "CK", 3, slips.misname_a_zone, "13/7 09:48", "tên KKT khác với Biểu II.1"),
    ("12/7 14:55", "Khánh Hòa", "VB", 1, slips.lease_more_than_is_drawn, "17/7 09:30", "đã cho thuê vượt quy hoạch"),
    ("13/7 09:05", "Gia Lai", "CK", 4, slips.add_up_the_trade_wrongly, "20/7 15:18", "tổng kim ngạch cộng sai"),
    ("13/7 16:28", "Quảng Ninh", "CK", 0, slips.found_a_zone_in_the_moratorium, "", "KKT thành lập ngày 10/4/2012"),
)
"""Which of the six forms is bent, when it comes again, and what is wrong in it."""


def tell_zones(seed: int) -> Iterator[Post]:
    """Yield the mails with Annex II, in no order; some provinces that have zones send none."""
    for when, name, kind, count in _GOOD:
        title = "sáu biểu trong một tệp" if count == 1 else f"sáu biểu trong {count} tệp"
        files = (*_pack(name, kind, _books(name, kind, seed), count), *_narrative(name, kind, seed))
        yield _post(when, name, kind, files, f"{title}, {tell_narrative(f'BC-II-{kind}', name)}")
    yield from _bent(seed)
    yield from _mixed(seed)
    yield from _untitled(seed)


def _bent(seed: int) -> Iterator[Post]:
    for when, name, kind, which, bend, again, what in _MISTAKES:
        books = _books(name, kind, seed)
        bent = bend(books[which])
        sent = (*books[:which], bent.book, *books[which + 1 :])
        form = f"Biểu {bent.book.form.partition('-')[0]}"
        files = (*_pack(name, kind, sent, 1), *_narrative(name, kind, seed))
        yield _post(when, name, kind, files, f"{form}: {what}", bent.outcome)
        if again:
            file = File(f"{form} {name} (sửa).xlsx", draw_xlsx(books[which]))
            yield _corrected(again, name, f"{form} (KKT {WORDS[kind]})", (file,))


def _mixed(seed: int) -> Iterator[Post]:
    """Yield the mails of an office that writes both kinds of zones into one set, then into two."""
    name = "Hà Tĩnh"
    mixed = zone_set(name, "VB").joined(zone_set(name, "CK"))
    files = _pack(name, "VB", make_zone_books(mixed, seed=seed), 1)
    yield _post("11/7 14:22", name, "VB", files, "KKT cửa khẩu ghi chung biểu với KKT ven biển", Outcome.RETURNED)
    pair = tuple(file for kind in WORDS for file in _pack(name, kind, _books(name, kind, seed), 1))
    narratives = tuple(file for kind in WORDS for file in _narrative(name, kind, seed))
    yield _corrected("13/7 15:36", name, "Phụ lục II (hai bộ biểu, hai báo cáo)", (*pair, *narratives))


def _untitled(seed: int) -> Iterator[Post]:
    """Yield workbooks without titles: what a province owes tells the set, unless it owes both."""
    name = "Lào Cai"
    bare = slips.leave_out_the_titles(bind("II", *_books(name, "CK", seed)))
    files = (File("Phu luc II Lao Cai.xls", draw_xls(bare)), *_narrative(name, "CK", seed))
    yield _post("10/7 10:18", name, "CK", files, "biểu không ghi tiêu đề, tỉnh chỉ có KKT cửa khẩu")
    name = "Quảng Bình"
    good = _books(name, "CK", seed)
    files = (File("Phu luc II.xlsx", draw_xlsx(slips.leave_out_the_titles(bind("II", *good)))),)
    yield _post("12/7 10:26", name, "CK", files, "biểu không ghi tiêu đề, tỉnh có cả hai loại KKT", Outcome.REFUSED)
    files = (*_pack(name, "CK", good, 1), *_narrative(name, "CK", seed))
    yield _corrected("13/7 08:42", name, "Phụ lục II (KKT cửa khẩu)", files)


# -- pieces --------------------------------------------------------------------------------------------------


def _books(name: str, kind: Kind, seed: int) -> tuple[Book, ...]:
    return make_zone_books(zone_set(name, kind), seed=seed)


def _narrative(name: str, kind: Kind, seed: int) -> tuple[File, ...]:
    return enclose_narrative(f"BC-II-{kind}", name, seed)


def _pack(name: str, kind: Kind, books: tuple[Book, ...], count: int) -> tuple[File, ...]:
    """Return the books in that many files, as many in each."""
    size = len(books) // count
    if count == 1:
        return (File(f"Phụ lục II - KKT {WORDS[kind]} - {name}.xlsx", draw_xlsx(bind("II", *books))),)
    groups = [books[at : at + size] for at in range(0, len(books), size)]
    return tuple(File(f"{_named(group)} {name}.xlsx", draw_xlsx(bind("II", *group))) for group in groups)


def _named(books: tuple[Book, ...]) -> str:
    numbers = [book.form.partition("-")[0] for book in books]
    return f"Biểu {', '.join(numbers)}"


def _post(
    when: str, name: str, kind: Kind, files: tuple[File, ...], title: str, expect: Outcome = Outcome.ACCEPTED
) -> Post:
    words = f"Phụ lục II, sáu biểu và báo cáo về KKT {WORDS[kind]}"
    subject = f"{name} - Phụ lục II: rà soát quy hoạch KKT {WORDS[kind]}"
    letter = write(when, name, files, subject=subject, text=annex_text(province(name).board, words))
    return post(letter, f"Phụ lục II: {title}", expect)


def _corrected(when: str, name: str, what: str, files: tuple[File, ...]) -> Post:
    text = corrected_text(province(name).board)
    letter = write(when, name, files, subject=f"Re: [Cần chỉnh sửa] {what} – {name}", text=text)
    return post(letter, f"{what}: gửi lại bản đã sửa", Outcome.ACCEPTED)
