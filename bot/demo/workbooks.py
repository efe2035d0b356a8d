"""The workbooks that provinces send, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.drawing import draw_xls, draw_xlsx
from bot.demo.parks import make_parks_book
from bot.demo.projects import make_projects_book

if TYPE_CHECKING:
    from bot.demo.places import Province


def make_parks_workbook(
    province: Province, parks: int | None = None, *, seed: int = 2012, shares: bool = False
) -> bytes:
    """Return a good form I.1 of *province* as .xlsx; the arguments are those of :func:`make_parks_book`."""
    return draw_xlsx(make_parks_book(province, parks, seed=seed, shares=shares))


def make_projects_workbook(
    province: Province,
    rows: int | None = None,
    *,
    seed: int = 2012,
    sheets: bool = False,
    grouped: bool = False,
    old: bool = False,
) -> bytes:
    """Return a good form III.4 of *province* as .xlsx, or as .xls where *old*.

    The other arguments are those of :func:`make_projects_book`.
    """
    book = make_projects_book(province, rows, seed=seed, sheets=sheets, grouped=grouped)
    return draw_xls(book) if old else draw_xlsx(book)
