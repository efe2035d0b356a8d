"""The mistakes that offices make in the smaller forms: each bends a good book and says what a reader must find."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.annexes import add_total
from bot.demo.mistakes import Bent, Expected
from bot.model import Outcome

if TYPE_CHECKING:
    from bot.demo.pages import Book, Cell, Page


def count_more_running_than_there_are(book: Book) -> Bent:
    """In form I.2 more projects produce than there are: the two numbers were typed into each other's columns."""
    page = book.pages[0]
    at = page.data()[0]
    running = int(_number(page.lines[at].cells["ddi_so_du_an"])) + 3
    return _bent(book, at, "ddi_dang_sxkd", running, "ddi_dang_sxkd_vuot_tong_so")


def count_many_foreign_workers(book: Book) -> Bent:
    """In form I.2 every third worker is a foreigner: it can be true, so it is only asked about."""
    page = book.pages[0]
    at = page.data()[0]
    foreign = int(_number(page.lines[at].cells["lao_dong_trong_nuoc"])) // 3
    return _bent(book, at, "lao_dong_nuoc_ngoai", foreign, "lao_dong_nuoc_ngoai_nhieu", Outcome.ACCEPTED)


def give_no_cause_for_a_slow_park(book: Book) -> Bent:
    """In form I.3 the cause is missing: a dash stands there."""
    return _bent(book, book.pages[0].data()[0], "nguyen_nhan", "Không", "chua_neu_nguyen_nhan")


def add_up_the_plan_wrongly(book: Book) -> Bent:
    """In form I.4 the proposed area is not the planned one and its change: it stems from an older draft."""
    page = book.pages[0]
    at = page.data()[0]
    row = page.lines[at].cells
    shift = Decimal(25)
    changed = page.with_cell(at, "dien_tich_de_nghi_2020", _number(row["dien_tich_de_nghi_2020"]) + shift)
    changed = changed.with_cell(at, "dien_tich_den_2015", _number(row["dien_tich_den_2015"]) + shift)
    return _book(book, changed, at, "dien_tich_de_nghi_2020", "de_nghi_2020_khong_khop", Outcome.RETURNED)


def forget_a_project_in_the_count(book: Book) -> Bent:
    """In form III.1 the sum over all states is not the number of projects."""
    page = book.pages[0]
    at = page.data()[0]
    running = int(_number(page.lines[at].cells["dang_hoat_dong_ddi"])) + 1
    return _bent(book, at, "dang_hoat_dong_ddi", running, "tong_so_ddi_khac_cong", cell="tong_so_ddi")


def give_no_cause_for_a_stopped_project(book: Book) -> Bent:
    """In form III.2 a dash stands for the cause."""
    return _bent(book, book.pages[0].data()[0], "nguyen_nhan", "-", "nguyen_nhan_chi_co_dau")


def spend_more_than_a_stopped_project_has(book: Book) -> Bent:
    """In form III.2 more was spent than is registered: it is asked about."""
    page = book.pages[0]
    at = page.data()[0]
    spent = _number(page.lines[at].cells["von_dang_ky"]) + 2
    return _bent(book, at, "von_thuc_hien", spent, "von_thuc_hien_vuot_dang_ky", Outcome.ACCEPTED)


def find_an_offence_in_the_future(book: Book) -> Bent:
    """In form III.3 an offence was found next year: a slip in the year."""
    page = book.pages[0]
    at = page.data()[0]
    changed = page.with_cell(at, "ngay_phat_hien", "12/3/2013").with_cell(at, "hinh_thuc_xu_ly", "Cảnh cáo")
    changed = changed.with_cell(at, "so_tien_phat", None)
    return _book(book, changed, at, "ngay_phat_hien", "ngay_phat_hien_sau_ngay_nhan", Outcome.RETURNED)


def _bent(
    book: Book, at: int, key: str, value: Cell, rule: str, outcome: Outcome = Outcome.RETURNED, *, cell: str = ""
) -> Bent:
    return _book(book, book.pages[0].with_cell(at, key, value), at, cell or key, rule, outcome)


def _book(book: Book, page: Page, at: int, key: str, rule: str, outcome: Outcome) -> Bent:
    """Return the book with the page's total made true, so that one cause gives one finding."""
    named = page.fields[1].key
    changed = add_total(page, named)
    return Bent(book.changed(lambda _: changed), outcome, (Expected(rule, page.name, page.cell(at, key)),))


def _number(value: Cell) -> Decimal:
    """Return a number of a good book; anything else is a bug of ours."""
    if not isinstance(value, int | Decimal):
        raise TypeError(value)
    return Decimal(value)
