"""The workbook that goes with the digest: the matrix, what is missing, what was wrong, whom to reach."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from bot.language import VIETNAM, moment
from bot.model import State
from bot.reply.board import DONE
from bot.reply.digest import list_said
from bot.reply.facts import count_days
from bot.reply.looks import NO_FILL, NO_FRAME, Looks
from bot.reply.names import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from bot.model import Reporter, Rulebook, Standing
    from bot.phrasebook import Phrasebook
    from bot.reply.board import Board
    from bot.reply.board_lines import Mark, Matrix, SaidLine
    from bot.reply.contexts import Digest
    from bot.reply.digest import DigestFacts

_FACE = "Times New Roman"
_PLAIN, _BOLD, _ITALIC = Font(_FACE, 11), Font(_FACE, 11, bold=True), Font(_FACE, 10, italic=True)
_REGION = Font(_FACE, 11, bold=True, color="57606A")
_PLACED = {
    (centred, framed): Alignment("center" if centred else None, "center" if centred else "top", wrap_text=framed)
    for centred in (False, True)
    for framed in (False, True)
}
_LINE = Side("thin", color="B4BAC2")
_FRAME = Border(_LINE, _LINE, _LINE, _LINE)
_HEAD = PatternFill("solid", fgColor="EEF0F2")
_FILLS = {
    "accepted": PatternFill("solid", fgColor="D7ECDF"),
    "late": PatternFill("solid", fgColor="D7ECDF"),
    "nil": PatternFill("solid", fgColor="D7ECDF"),
    "queried": PatternFill("solid", fgColor="EEF3C8"),
    "returned": PatternFill("solid", fgColor="F8DFBD"),
    "overdue": PatternFill("solid", fgColor="F3C9C7"),
    "extended": PatternFill("solid", fgColor="D9E7F5"),
    "": PatternFill("solid", fgColor="F4F5F7"),
}
_WIDEST = 70.0
MISSING_PAGE, CONTACTS_PAGE = -4, -1
"""Where the pages of what is missing and of whom to reach stand, whatever the templates call them."""


def write_book(context: Digest, board: Board, facts: DigestFacts, words: Phrasebook) -> bytes:
    """Return the .xlsx: every text in it is text, whatever it begins with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    pages = _Pages(book, words)
    pages.draw_matrix("matrix", context.matrix)
    bodies = board.draw_matrix(by_body=True)
    if any(len(region.rows) > 1 for region in bodies.regions):
        pages.draw_matrix("bodies", bodies)
    missing = [one for one in facts.standings if one.state not in DONE]
    pages.draw_list("missing", (_missing(one, board.rulebook, board.now, words) for one in missing))
    wrong = [(one, "") for one in (*context.frequent, *context.slips)]
    wrong += [(one, words.line("on_trial")) for one in context.trial]
    pages.draw_list("wrong", ((one.title, one.form, one.count, one.reporters, trial) for one, trial in wrong))
    pages.draw_list("said", (_said(one, words) for one in list_said(facts, board.rulebook)))
    pages.draw_list("contacts", (_contact(one, board.by_reporter[one.code]) for one in board.reporters))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _missing(one: Standing, rulebook: Rulebook, now: datetime, words: Phrasebook) -> Sequence[object]:
    obligation = one.obligation
    due = count_days(obligation.deadline, now)
    reporter = rulebook.reporter(obligation.reporter)
    overdue = max(0, -due.days) if due.days is not None else 0
    state = words.line("state", one.state.value, one.revision)
    title = title_of(rulebook, obligation.campaign, obligation.form)
    told = (one.receipt, one.errors or "") if one.state is State.RETURNED else ("", "")
    return reporter.region, reporter.name, title, due.words, due.reason, state, overdue or "", *told


def _said(one: SaidLine, words: Phrasebook) -> Sequence[object]:
    doubted = words.line("doubted") if one.doubt else ""
    return one.reporter, one.form, one.cell, one.title, one.text, doubted, one.receipt


def _contact(reporter: Reporter, own: Sequence[Standing]) -> Sequence[object]:
    last = max((one.when for one in own if one.when), default=None)
    done = sum(one.state in DONE for one in own)
    addresses = "; ".join(reporter.addresses)
    heard = moment(last.astimezone(VIETNAM)) if last else ""
    return reporter.region, reporter.name, reporter.addressee, addresses, heard, done, len(own) - done


class _Pages:
    """The sheets of one workbook while they are drawn."""

    def __init__(self, book: Workbook, words: Phrasebook) -> None:
        self._book = book
        self._words = words
        self._looks = Looks()

    def draw_matrix(self, name: str, matrix: Matrix) -> None:
        sheet = self._sheet(name)
        self._write(sheet, 1, 1, self._words.line("legend_line"), _ITALIC)
        for row, label in enumerate(("group", "due", "form", "total"), 2):
            self._write(sheet, row, 1, self._words.line(f"matrix_{label}"), _BOLD, _HEAD)
        last = 1
        for group in matrix.groups:
            first, last = last + 1, last + len(group.heads)
            for at, (head, total) in enumerate(zip(group.heads, group.totals, strict=True), first):
                for row, value in enumerate((group.title, group.due, head, total), 2):
                    self._write(sheet, row, at, value, _BOLD, _HEAD, centred=True)
            for row in (2, 3):
                sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
        row = 6
        for region in matrix.regions:
            label = self._words.line("region", region)
            self._write(sheet, row, 1, label, _REGION)
            for row, line in enumerate(region.rows, row + 1):  # noqa: B020  the next region goes on below
                self._write(sheet, row, 1, line.reporter, _PLAIN, framed=True)
                for at, mark in enumerate((mark for group in line.marks for mark in group), 2):
                    self._mark(sheet, row, at, mark)
            row += 1
        sheet.freeze_panes = "B6"
        sheet.column_dimensions["A"].width = 24
        for at in range(2, last + 1):
            sheet.column_dimensions[get_column_letter(at)].width = 5.5
        self._print_on_pages(sheet, "2:5")

    def draw_list(self, name: str, lines: Iterable[Sequence[object]]) -> None:
        sheet = self._sheet(name)
        titles = self._words.lines(f"{name}_titles")
        widths = [float(len(title)) for title in titles]
        for at, title in enumerate(titles, 1):
            self._write(sheet, 1, at, title, _BOLD, _HEAD, framed=True)
        row = 1
        for row, line in enumerate(lines, 2):
            for at, value in enumerate(line, 1):
                self._write(sheet, row, at, value, _PLAIN, framed=True)
                widths[at - 1] = max(widths[at - 1], float(len(str(value))))
        for at, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(at)].width = min(width * 1.1 + 2, _WIDEST)
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(titles))}{row}"
        self._print_on_pages(sheet, "1:1")

    def _sheet(self, name: str) -> Worksheet:
        sheet: Worksheet = self._book.create_sheet(self._words.line(f"sheet_{name}", most=31))
        return sheet

    def _mark(self, sheet: Worksheet, row: int, column: int, mark: Mark) -> None:
        fill = _FILLS.get(mark.state, NO_FILL)
        self._write(sheet, row, column, self._words.line("letter", mark), _PLAIN, fill, centred=True, framed=True)

    def _write(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        value: object,
        font: Font,
        fill: PatternFill = NO_FILL,
        *,
        centred: bool = False,
        framed: bool = False,
    ) -> None:
        cell: Cell = sheet.cell(row, column)  # type: ignore[assignment]  # merged cells are not drawn here
        if isinstance(value, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
            cell.data_type = "s"
        else:
            cell.value = value  # type: ignore[assignment]
        self._looks.dress(
            cell, font, _PLACED[centred, framed], _FRAME if framed or fill is not NO_FILL else NO_FRAME, fill
        )
        if isinstance(value, str):
            cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}

    def _print_on_pages(self, sheet: Worksheet, titles: str) -> None:
        sheet.print_title_rows = titles
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
