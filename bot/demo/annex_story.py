"""Who sends the smaller forms of Annexes I and III, when, and how each of these mails must end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.demo import annex_mistakes as slips
from bot.demo.annexes import bind
from bot.demo.drawing import draw_xlsx
from bot.demo.envelopes import File
from bot.demo.narrative_story import enclose_narrative, tell_narrative
from bot.demo.places import province
from bot.demo.planning import make_investment_book, make_plan_book, make_slow_book
from bot.demo.review import make_offences_book, make_summary_book, make_troubled_book
from bot.demo.writing import Post, annex_text, corrected_text, post, write
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.demo.mistakes import Bent
    from bot.demo.pages import Book


class Annex(NamedTuple):
    """Forms that are sent together."""

    name: str
    forms: str
    subject: str
    books: tuple[Callable[..., Book], ...]
    outline: str
    """The narrative to which they belong."""


PLANNING = Annex(
    "Phụ lục I",
    "Biểu I.2, I.3, I.4",
    "{name} - Phụ lục I (Biểu I.2, I.3, I.4)",
    (make_investment_book, make_slow_book, make_plan_book),
    "BC-I",
)
REVIEW = Annex(
    "Phụ lục III",
    "Biểu III.1, III.2, III.3",
    "{name} - Phụ lục III: đánh giá hoạt động các dự án trong KCN, KKT",
    (make_summary_book, make_troubled_book, make_offences_book),
    "BC-III",
)
_IN_ONE_BOOK = (
    (PLANNING, "21/6 14:05", "Đà Nẵng"),
    (PLANNING, "2/7 15:22", "Thanh Hóa"),
    (PLANNING, "3/7 08:44", "Hải Dương"),
    (PLANNING, "3/7 16:10", "Hưng Yên"),
    (PLANNING, "5/7 09:03", "Thái Nguyên"),
    (PLANNING, "6/7 10:55", "Quảng Trị"),
    (PLANNING, "9/7 14:37", "Nam Định"),
    (PLANNING, "10/7 16:31", "Quảng Ngãi"),
    (PLANNING, "11/7 10:20", "Vĩnh Phúc"),
    (PLANNING, "11/7 15:02", "Long An"),
    (PLANNING, "12/7 08:09", "Bắc Ninh"),
    (PLANNING, "12/7 10:48", "Hà Nam"),
    (PLANNING, "12/7 14:26", "Bình Định"),
    (PLANNING, "13/7 08:30", "Tiền Giang"),
    (PLANNING, "13/7 09:15", "Khánh Hòa"),
    (PLANNING, "13/7 15:20", "Vĩnh Long"),
    (PLANNING, "13/7 16:45", "Hải Phòng"),
    (PLANNING, "13/7 17:05", "Lâm Đồng"),
    (PLANNING, "19/7 09:25", "Quảng Nam"),
    (PLANNING, "23/7 14:00", "Cần Thơ"),
    (PLANNING, "8/8 10:12", "Bình Dương"),
    (REVIEW, "12/9 09:30", "Quảng Nam"),
    (REVIEW, "17/9 14:11", "Hải Phòng"),
    (REVIEW, "19/9 08:52", "Vĩnh Phúc"),
    (REVIEW, "20/9 15:30", "Thái Bình"),
    (REVIEW, "21/9 10:05", "Bắc Giang"),
    (REVIEW, "24/9 16:18", "Bình Dương"),
    (REVIEW, "25/9 08:20", "Long An"),
    (REVIEW, "25/9 14:33", "Tây Ninh"),
    (REVIEW, "26/9 09:02", "Bình Phước"),
    (REVIEW, "26/9 15:47", "Cần Thơ"),
    (REVIEW, "27/9 10:29", "Đà Nẵng"),
    (REVIEW, "27/9 16:06", "Đồng Nai"),
    (REVIEW, "28/9 08:13", "Phú Thọ"),
    (REVIEW, "28/9 09:57", "Bắc Ninh"),
    (REVIEW, "28/9 16:52", "Thanh Hóa"),
    (REVIEW, "29/9 09:20", "Hải Dương"),
    (REVIEW, "9/10 08:45", "Hồ Chí Minh"),
)
_IN_SEVERAL_FILES = (
    (PLANNING, "25/6 09:12", "Bắc Giang"),
    (PLANNING, "29/6 10:40", "Nghệ An"),
    (PLANNING, "10/7 08:35", "Đồng Nai"),
    (PLANNING, "13/7 11:40", "Gia Lai"),
    (PLANNING, "14/7 09:10", "Hà Nội"),
    (REVIEW, "24/9 09:44", "Nghệ An"),
    (REVIEW, "27/9 08:38", "Hà Nội"),
    (REVIEW, "28/9 14:41", "Khánh Hòa"),
    (REVIEW, "3/10 10:10", "Quảng Ninh"),
)
_MISTAKES: tuple[tuple[Annex, str, str, int, Callable[[Book], Bent], str, str], ...] = (
    (
        PLANNING,
        "9/7 10:22",
        "Ninh Bình",
        2,
        slips.add_up_the_plan_wrongly,
        "11/7 08:50",
        "diện tích đề nghị không khớp",
    ),
    (
        PLANNING,
        "10/7 09:41",
        "Bình Phước",
        0,
        slips.count_more_running_than_there_are,
        "12/7 16:22",
        "số dự án đang SXKD vượt tổng số",
    ),
    (
        PLANNING,
        "11/7 14:50",
        "Thái Bình",
        1,
        slips.give_no_cause_for_a_slow_park,
        "13/7 10:05",
        "chưa nêu nguyên nhân chậm",
    ),
    (
        PLANNING,
        "12/7 09:27",
        "Quảng Ninh",
        0,
        slips.count_many_foreign_workers,
        "",
        "lao động nước ngoài nhiều khác thường",
    ),
    (PLANNING, "13/7 08:55", "Phú Thọ", 2, slips.add_up_the_plan_wrongly, "20/7 08:40", "diện tích đề nghị không khớp"),
    (
        REVIEW,
        "25/9 10:15",
        "Gia Lai",
        0,
        slips.forget_a_project_in_the_count,
        "27/9 09:11",
        "tổng số dự án khác tổng các tình trạng",
    ),
    (
        REVIEW,
        "26/9 10:50",
        "Hưng Yên",
        1,
        slips.give_no_cause_for_a_stopped_project,
        "28/9 08:27",
        "chưa nêu nguyên nhân dừng",
    ),
    (
        REVIEW,
        "27/9 14:20",
        "Hà Nam",
        2,
        slips.find_an_offence_in_the_future,
        "1/10 09:05",
        "ngày phát hiện trong tương lai",
    ),
    (
        REVIEW,
        "28/9 11:15",
        "Bà Rịa - Vũng Tàu",
        1,
        slips.spend_more_than_a_stopped_project_has,
        "",
        "vốn thực hiện vượt vốn đăng ký",
    ),
)
"""Which of the three forms is bent, when it comes again, and what is wrong in it."""


def tell_annexes(seed: int) -> Iterator[Post]:
    """Yield the mails with the smaller forms and the narrative of their annex, in no order."""
    for annex, when, name in _IN_ONE_BOOK:
        books = _books(annex, name, seed)
        file = File(f"{annex.name} - {name}.xlsx", draw_xlsx(bind(annex.name, *books)))
        yield _post(annex, when, name, (file,), f"ba biểu trong một tệp, {_tell(annex, name)}", seed)
    for annex, when, name in _IN_SEVERAL_FILES:
        books = _books(annex, name, seed)
        yield _post(annex, when, name, tuple(map(_file, books)), f"ba tệp trong một thư, {_tell(annex, name)}", seed)
    for annex, when, name, which, bend, again, what in _MISTAKES:
        made = _books(annex, name, seed)
        good, bent = made[which], bend(made[which])
        bound = bind(annex.name, *made[:which], bent.book, *made[which + 1 :])
        file = File(f"{annex.name} - {name}.xlsx", draw_xlsx(bound))
        yield _post(annex, when, name, (file,), f"Biểu {good.form}: {what}", seed, bent.outcome)
        if again:
            text = corrected_text(province(name).board)
            subject = f"Re: [Cần chỉnh sửa] Biểu {good.form} – {name}"
            letter = write(again, name, (_file(good),), subject=subject, text=text)
            yield post(letter, f"Biểu {good.form}: gửi lại bản đã sửa", Outcome.ACCEPTED)


def whole_annex(name: str, parks: Book, seed: int) -> tuple[File, ...]:
    """Return one workbook with form I.1 and the three other forms of its annex, and the annex's narrative."""
    books = (parks, *_books(PLANNING, name, seed))
    file = File(f"Phụ lục I - {name}.xlsx", draw_xlsx(bind("Phụ lục I", *books)))
    return (file, *enclose_narrative(PLANNING.outline, name, seed))


def _books(annex: Annex, name: str, seed: int) -> tuple[Book, ...]:
    return tuple(make(province(name), seed=seed) for make in annex.books)


def _file(book: Book) -> File:
    return File(f"Biểu {book.form}.xlsx", draw_xlsx(book))


def _tell(annex: Annex, name: str) -> str:
    return tell_narrative(annex.outline, name)


def _post(
    annex: Annex,
    when: str,
    name: str,
    files: tuple[File, ...],
    title: str,
    seed: int,
    expect: Outcome = Outcome.ACCEPTED,
) -> Post:
    text = annex_text(province(name).board, f"{annex.forms} và báo cáo")
    files = (*files, *enclose_narrative(annex.outline, name, seed))
    letter = write(when, name, files, subject=annex.subject.format(name=name), text=text)
    return post(letter, f"{annex.name}: {title}", expect)
