"""The smaller forms of the annexes: drawn from the same parks and projects as forms I.1 and III.4."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.demo.pages import Book, Field, Line, Page, sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.demo.pages import Cell
    from bot.demo.places import Province

NOTHING = "Không có"
"""What stands in the first row where there is nothing to tell."""


def make_page(
    province: Province,
    form: str,
    title: Sequence[str],
    unit: str,
    fields: tuple[Field, ...],
    lines: Iterable[Line],
    *,
    month: int,
    seed: int,
    letter: str = "",
    days: tuple[int, int] = (2, 13),
) -> Page:
    """Return a page as every office lays it out.

    Args:
        province: who writes.
        form: ``I.2``.
        title: the lines above the table.
        unit: the line of units.
        fields: the columns.
        lines: the rows.
        month: of 2012, in which the letter was signed that the form hangs on.
        seed: the same seed gives the same number and days.
        letter: names that letter; without it the annex does, so that all its forms hang on one.
        days: between which of the month it was signed.
    """
    upper = province.full_name.upper()
    number, day = date_letter(province, letter or form.partition(".")[0], month=month, seed=seed, days=days)
    return Page(
        name=f"Biểu {form}",
        letterhead=(f"ỦY BAN NHÂN DÂN {upper}", province.board.upper()),
        label=f"Biểu {form}",
        title=tuple(title),
        enclosed=f"(Kèm theo Báo cáo số {number}/BC-UBND ngày {day.day}/{month}/2012 của UBND {province.full_name})",
        unit=unit,
        fields=fields,
        lines=tuple(lines),
        dated=f"{province.name}, ngày {day:%d} tháng {month:02} năm 2012",
    )


def date_letter(
    province: Province, letter: str, *, month: int, seed: int, days: tuple[int, int] = (2, 13)
) -> tuple[int, date]:
    """Return the number and the day of the letter on which the forms of an annex hang: all of them name the same."""
    dice = random.Random(f"{seed}/{province.code}/{letter}")
    number, day = dice.randint(20, 320), dice.randint(*days)
    return number, date(2012, month, day)


def number_rows(rows: Iterable[Mapping[str, Cell]]) -> list[Line]:
    """Return the rows as lines with running numbers."""
    return [Line("data", {"tt": at, **row}) for at, row in enumerate(rows, 1)]


def add_total(page: Page, key: str) -> Page:
    """Return the page with its last line made the true total, which is named in the column *key*."""
    lines = tuple(line for line in page.lines if line.kind != "total")
    return replace(page, lines=(*lines, Line("total", {key: "Tổng cộng", **sums(page.fields, lines)})))


def say_nothing(page: Page, key: str) -> Page:
    """Return the page without rows but one that says that there is nothing to tell."""
    return replace(page, lines=(Line("data", {key: NOTHING}),))


def bind(form: str, *books: Book) -> Book:
    """Return one workbook with the pages of several."""
    return Book(form, tuple(page for book in books for page in book.pages))
