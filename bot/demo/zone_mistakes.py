"""The mistakes that offices make in Annex II: each bends one of its good forms and says what a reader must find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.demo.annexes import add_total
from bot.demo.mistakes import Bent, Expected
from bot.demo.zone_outlook import row_of
from bot.demo.zones import number_of
from bot.model import Outcome

if TYPE_CHECKING:
    from bot.demo.pages import Book, Cell, Page


def lose_some_land(book: Book) -> Bent:
    """In form II.1 the parts of a zone are 120 ha short of the whole: it may be water, so it is only asked about."""
    page = book.pages[0]
    at = page.data()[0]
    left = number_of(page.lines[at].cells["dien_tich_dat_khac"]) - 120
    return _bent(
        book, at, {"dien_tich_dat_khac": left}, "khu_chuc_nang_khong_khop_tong", "tong_dien_tich", Outcome.ACCEPTED
    )


def found_a_zone_in_the_moratorium(book: Book) -> Bent:
    """In form II.1 a decision is dated after Directive 07: it can be true, so it is only asked about."""
    page = book.pages[0]
    at = page.data()[0]
    decision = f"{page.lines[at].cells['quyet_dinh_thanh_lap']} ngày 10/4/2012"
    return _bent(
        book,
        at,
        {"quyet_dinh_thanh_lap": decision},
        "thanh_lap_trong_thoi_gian_tam_dung",
        "quyet_dinh_thanh_lap",
        Outcome.ACCEPTED,
    )


def lease_more_than_is_drawn(book: Book) -> Bent:
    """In form II.2 more land is leased than is built or drawn in detail: the columns were read for one another."""
    page = book.pages[0]
    at = page.data()[0]
    leased = number_of(page.lines[at].cells["cong_nghiep_qhct"]) + 40
    return _bent(book, at, {"cong_nghiep_cho_thue": leased}, "cong_nghiep_cho_thue_vuot", "cong_nghiep_cho_thue")


def misname_a_zone(book: Book) -> Bent:
    """In form II.4 the works of the last zone stand under a name that form II.1 does not have."""
    page = book.pages[0]
    right = page.lines[page.data()[-1]].cells["ten_kkt"]
    rows = [at for at in page.data() if page.lines[at].cells["ten_kkt"] == right]
    for at in rows:
        page = page.with_cell(at, "ten_kkt", f"{right} mở rộng")
    expected = Expected("kkt_khong_co_o_bieu_ii1", page.name, page.cell(rows[0], "ten_du_an"))
    return Bent(book.changed(lambda _: page), Outcome.RETURNED, (expected,))


def add_up_the_trade_wrongly(book: Book) -> Bent:
    """In form II.5 the trade of 2011 is not what was sold and bought: two digits changed places."""
    page = book.pages[0]
    at, year = row_of("tong_kim_ngach"), "Năm 2011"
    changed = page.with_cell(at, year, number_of(page.lines[at].cells[year]) + 18)
    expected = Expected("tong_kim_ngach_khac_tong", page.name, page.cell(at, year))
    return Bent(book.changed(lambda _: changed), Outcome.RETURNED, (expected,))


def leave_out_the_titles(book: Book) -> Book:
    """Return the book without a word that tells which form it is, or of which kind of zones."""
    pages = enumerate(book.pages, 1)
    return replace(book, pages=tuple(replace(page, name=f"Sheet{at}", label="", title=()) for at, page in pages))


def _bent(
    book: Book, at: int, cells: dict[str, Cell], rule: str, cell: str, outcome: Outcome = Outcome.RETURNED
) -> Bent:
    """Return the book with other cells in a line and its total made true, so that one cause gives one finding."""
    page: Page = book.pages[0]
    for key, value in cells.items():
        page = page.with_cell(at, key, value)
    changed = add_total(page, "ten_kkt")
    return Bent(book.changed(lambda _: changed), outcome, (Expected(rule, page.name, page.cell(at, cell)),))
