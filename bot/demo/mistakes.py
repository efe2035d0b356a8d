"""The mistakes that offices make: each function bends a good book in one way and says what a reader must find.

Totals are made true again after each bend, except where the total is the mistake, so that one cause gives one finding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo import parks, projects
from bot.demo.pages import Field
from bot.language import number
from bot.model import Outcome

if TYPE_CHECKING:
    from bot.demo.pages import Book, Cell, Page
    from bot.demo.places import Province


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that a reader must make."""

    rule: str
    """The id of a rule of the form, or of a notice in ``rules/chung.toml``."""
    sheet: str
    cell: str
    """``J14``; empty for a whole column."""


@dataclass(frozen=True, slots=True)
class Bent:
    """A book with a mistake in it."""

    book: Book
    outcome: Outcome
    expected: tuple[Expected, ...] = ()


_LEASE = ("dien_tich_co_the_cho_thue", "dien_tich_da_cho_thue")


# -- in single cells of form I.1 -----------------------------------------------------------------------------


def lease_more_than_there_is(book: Book) -> Bent:
    """Leased area is larger than what can be leased, because two columns were read for one another."""
    page = book.pages[0]
    at = page.data()[0]
    leased = _number(page.lines[at].cells["dien_tich_co_the_cho_thue"]) + 12
    changed = page.with_cell(at, "dien_tich_da_cho_thue", leased).with_cell(at, "ty_le_lap_day", Decimal(100))
    return _returned(book, changed, "da_cho_thue_vuot_co_the_cho_thue", at, "dien_tich_da_cho_thue")


def write_words_for_a_year(book: Book) -> Bent:
    """The year of opening is told in words."""
    page = book.pages[0]
    at = page.data()[0]
    return _returned(book, page.with_cell(at, "nam_hoat_dong", "đang cập nhật"), "nam_sai", at, "nam_hoat_dong")


def type_letters_for_digits(book: Book) -> Bent:
    """The year of opening is typed with the letter O: a slip with one reading."""
    page = book.pages[0]
    at = page.data()[0]
    year = str(page.lines[at].cells["nam_hoat_dong"]).replace("0", "O")
    return _returned(book, page.with_cell(at, "nam_hoat_dong", year), "so_viet_sai", at, "nam_hoat_dong")


def type_a_wrong_total(book: Book) -> Bent:
    """The total row was typed, and a row was added later."""
    page = book.pages[0]
    at = len(page.lines) - 1
    total = _number(page.lines[at].cells["dien_tich_quy_hoach"]) + 17
    changed = page.with_cell(at, "dien_tich_quy_hoach", total)
    return _bent(book, changed, Outcome.RETURNED, "tong_cong_sai", at, "dien_tich_quy_hoach")


def glue_the_unit_to_a_number(book: Book) -> Bent:
    """A number is typed as text with its unit, ``74,97ha``: it can be read, so it only gets a note."""
    page = book.pages[0]
    at = page.data()[0]
    text = f"{page.lines[at].cells['dien_tich_giai_phong']}".replace(".", ",") + "ha"
    return _bent(
        book,
        page.with_cell(at, "dien_tich_giai_phong", text),
        Outcome.ACCEPTED,
        "so_dang_chu",
        at,
        "dien_tich_giai_phong",
    )


def write_a_number_of_two_readings(book: Book) -> Bent:
    """``6.500`` in a text cell is some thousands by law, and six and a half as a spreadsheet writes it."""
    page, key = book.pages[0], "cong_suat_xlnt_thiet_ke"
    at = next(one for one in page.data() if page.lines[one].cells.get(key))
    text = number(_number(page.lines[at].cells[key]))
    return _bent(book, page.with_cell(at, key, text), Outcome.ACCEPTED, "so_nhap_nhang", at, key)


def write_a_negative_area(book: Book) -> Bent:
    """An area stands below nought."""
    page = book.pages[0]
    at = page.data()[-1]
    return _returned(
        book, page.with_cell(at, "dien_tich_giai_phong", Decimal("-12.5")), "am", at, "dien_tich_giai_phong"
    )


def invent_a_status(book: Book) -> Bent:
    """The status is told in words that are not in the list."""
    page = book.pages[0]
    at = page.data()[0]
    return _returned(book, page.with_cell(at, "tinh_trang", "Tạm ổn"), "ngoai_danh_muc", at, "tinh_trang")


def leave_a_cell_empty(book: Book) -> Bent:
    """A cell that must be filled is empty."""
    page = book.pages[0]
    at = page.data()[0]
    return _returned(book, page.with_cell(at, "dia_diem", None), "thieu_gia_tri", at, "dia_diem")


def write_square_metres(book: Book) -> Bent:
    """All areas of one park are in m² where the form asks for ha: they agree, so it can only be asked."""
    page = _in_square_metres(
        book.pages[0], ("dien_tich_quy_hoach", "dien_tich_thanh_lap", "dien_tich_giai_phong", *_LEASE)
    )
    at = page.data()[0]
    return _bent(
        book, parks.with_total(page), Outcome.ACCEPTED, "dien_tich_quy_hoach_sai_don_vi", at, "dien_tich_quy_hoach"
    )


def write_lease_in_square_metres(book: Book) -> Bent:
    """Only what can be leased and what is leased are in m²: more than the whole park."""
    page = _in_square_metres(book.pages[0], _LEASE)
    at = page.data()[0]
    return _returned(book, page, "co_the_cho_thue_vuot_thanh_lap", at, "dien_tich_co_the_cho_thue")


def found_a_park_in_the_moratorium(book: Book) -> Bent:
    """A park was founded after the directive of 2/3/2012 had stopped new ones: it must be explained."""
    page = book.pages[0]
    at = page.data()[1]
    decision = "Quyết định số 1203/QĐ-UBND ngày 12/4/2012"
    changed = page.with_cell(at, "quyet_dinh_thanh_lap", decision).with_cell(at, "nam_hoat_dong", None)
    return _bent(book, changed, Outcome.ACCEPTED, "thanh_lap_trong_thoi_gian_tam_dung", at, "quyet_dinh_thanh_lap")


# -- in single cells of form III.4 ---------------------------------------------------------------------------


def use_a_certificate_twice(book: Book) -> Bent:
    """Two projects carry the same certificate number."""
    page = book.pages[0]
    first, second = page.data()[1], page.data()[3]
    changed = page.with_cell(second, "so_gcndt", page.lines[first].cells["so_gcndt"])
    return _returned(book, changed, "so_gcndt_trung", second, "so_gcndt")


def start_before_the_certificate(book: Book) -> Bent:
    """A project produces before it was certified: it may have been certified anew, so it must only be explained."""
    page = book.pages[0]
    at = next(one for one in page.data() if page.lines[one].cells.get("nam_hoat_dong"))
    changed = page.with_cell(at, "nam_hoat_dong", 1999)
    return _bent(book, changed, Outcome.ACCEPTED, "nam_hoat_dong_truoc_nam_cap", at, "nam_hoat_dong")


def date_in_the_future(book: Book) -> Bent:
    """A certificate is dated, as text, in the year to come."""
    page = book.pages[0]
    at = next(one for one in page.data() if page.lines[one].cells["tinh_trang"] == "Đang xây dựng")
    changed = page.with_cell(at, "ngay_cap", "15/9/2013").with_cell(at, "ngay_dieu_chinh", None)
    return _returned(book, changed, "ngay_cap_sau_ngay_nhan", at, "ngay_cap")


def register_nothing(book: Book) -> Bent:
    """A foreign project has no registered capital."""
    page = book.pages[0]
    at = next(one for one in page.data() if page.lines[one].cells.get("von_dang_ky_fdi"))
    for key in ("von_dang_ky_fdi", "von_thuc_hien_fdi", "von_gop"):
        page = page.with_cell(at, key, Decimal(0))
    return _returned(book, page, "von_dang_ky_fdi_bang_khong", at, "von_dang_ky_fdi")


def leave_the_enterprise_empty(book: Book) -> Bent:
    """The name of an enterprise is missing."""
    page = book.pages[0]
    at = page.data()[2]
    return _returned(book, page.with_cell(at, "ten_doanh_nghiep", None), "thieu_gia_tri", at, "ten_doanh_nghiep")


def mistype_a_tax_code(book: Book) -> Bent:
    """The check digit of a tax code is wrong: the form does not ask for the code, so it is only asked about."""
    page = book.pages[0]
    at = page.data()[2]
    code = str(page.lines[at].cells["ma_so_thue"])
    changed = page.with_cell(at, "ma_so_thue", f"{code[:9]}{(int(code[9]) + 1) % 10}")
    return _bent(book, changed, Outcome.ACCEPTED, "ma_so_thue_sai_so_kiem_tra", at, "ma_so_thue")


def spend_more_than_registered(book: Book) -> Bent:
    """More was spent than is registered: it can be true, so it must only be explained."""
    page = book.pages[0]
    at = next(one for one in page.data() if page.lines[one].cells.get("von_dang_ky_ddi"))
    spent = _number(page.lines[at].cells["von_dang_ky_ddi"]) + 25
    changed = projects.with_total(page.with_cell(at, "von_thuc_hien_ddi", spent))
    return _bent(book, changed, Outcome.ACCEPTED, "von_thuc_hien_ddi_vuot_dang_ky", at, "von_thuc_hien_ddi")


# -- in the layout -------------------------------------------------------------------------------------------


def rename_a_column(book: Book) -> Bent:
    """A header is in the office's own words, which nobody can be sure of: the column counts as missing."""
    page = book.pages[0]
    changed = replace(page, fields=_reworded(page.fields, "dien_tich_co_the_cho_thue", "Diện tích cho thuê được (ha)"))
    return Bent(book.changed(lambda _: changed), Outcome.RETURNED, (Expected("thieu_cot", page.name, ""),))


def reword_a_column(book: Book) -> Bent:
    """A header has a word more than the form's: it can be understood, and that is told."""
    page = book.pages[0]
    changed = replace(page, fields=_reworded(page.fields, "dien_tich_thanh_lap", "Tổng diện tích thành lập (ha)"))
    return Bent(book.changed(lambda _: changed), Outcome.ACCEPTED, (Expected("hieu_cot", page.name, ""),))


def shuffle_the_columns(book: Book) -> Bent:
    """Columns are in another order and one of the office's own stands between them: nothing is wrong."""
    page = book.pages[0]
    by_key = {field.key: field for field in page.fields}
    moved = [by_key.pop(key) for key in ("tinh_trang", "nam_hoat_dong")]
    rest = list(by_key.values())
    own = Field("phong", ("Phòng theo dõi",), "text", 12)
    changed = replace(
        page,
        fields=(*rest[:4], *moved, own, *rest[4:]),
        lines=tuple(one.with_cell("phong", "Phòng QLĐT") if one.kind == "data" else one for one in page.lines),
    )
    return Bent(book.changed(lambda _: changed), Outcome.ACCEPTED)


def drop_a_column(book: Book) -> Bent:
    """A column that must be there was deleted."""
    page = book.pages[0]
    changed = replace(page, fields=tuple(one for one in page.fields if one.key != "vi_tri"))
    return Bent(book.changed(lambda _: changed), Outcome.RETURNED, (Expected("thieu_cot", page.name, ""),))


def send_only_the_header(book: Book) -> Bent:
    """The blank form comes back."""
    return Bent(book.changed(lambda page: replace(page, lines=())), Outcome.REFUSED)


def name_another_province(book: Book, other: Province) -> Bent:
    """The file was made from a neighbour's, whose name is still in it."""

    def other_head(page: Page) -> Page:
        upper = other.full_name.upper()
        return replace(
            page,
            letterhead=(f"ỦY BAN NHÂN DÂN {upper}", other.board.upper()),
            enclosed=f"(Kèm theo Báo cáo số 57/BC-UBND ngày 6/7/2012 của UBND {other.full_name})",
            dated=f"{other.name}, ngày 06 tháng 7 năm 2012",
        )

    return Bent(book.changed(other_head), Outcome.REFUSED)


# -- pieces --------------------------------------------------------------------------------------------------


def _returned(book: Book, page: Page, rule: str, line: int, key: str) -> Bent:
    return _bent(book, _with_total(book, page), Outcome.RETURNED, rule, line, key)


def _bent(book: Book, page: Page, outcome: Outcome, rule: str, line: int, key: str) -> Bent:
    place = Expected(rule, page.name, page.cell(line, key))
    return Bent(book.changed(lambda _: page), outcome, (place,))


def _with_total(book: Book, page: Page) -> Page:
    return parks.with_total(page) if book.form == "I.1" else projects.with_total(page)


def _reworded(fields: tuple[Field, ...], key: str, words: str) -> tuple[Field, ...]:
    return tuple(replace(one, header=(words,)) if one.key == key else one for one in fields)


def _in_square_metres(page: Page, keys: tuple[str, ...]) -> Page:
    at = page.data()[0]
    for key in keys:
        page = page.with_cell(at, key, _number(page.lines[at].cells[key]) * 10_000)
    return page


def _number(value: Cell) -> Decimal:
    """Return a number of a good book; anything else is a bug of ours."""
    if not isinstance(value, Decimal):
        raise TypeError(value)
    return value
