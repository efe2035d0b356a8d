"""The marked copies that go with a reply: the sender's own files patched, others made anew from their values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Enclosure, Unreadable
from bot.reply.annotate import Marked, mark_workbook
from bot.reply.marked.archive import UnpatchableError
from bot.reply.marked.marks import Entry, Mark, mark_of
from bot.reply.marked.values import SheetValues, tab_names, write_values
from bot.reply.marked.words import Words
from bot.sheet.workbook import Limits, read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Attachment, Finding, Part
    from bot.sheet.workbook import Sheet

_CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    "xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    "xltm": "application/vnd.ms-excel.template.macroEnabled.12",
}


class Marker:
    """The words of the marked copy, kept for many messages."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        """Take the templates; raises jinja2.TemplateError where those of the marked copy are missing or wrong."""
        self._words = Words(templates)

    def copies(self, files: Sequence[Attachment], parts: Sequence[Part], receipt: str = "") -> Iterator[Enclosure]:
        """Yield the marked copy of each file in which there is something to mark, each content once.

        The findings of *parts* are numbered as the mail numbers them (``bot.reply.findings.number_parts``). What is
        only informed about, and nowhere repaired, is no reason for a copy.
        """
        for file in {one.sha256: one for one in files}.values():
            entries = [entry for part in parts if part.content == file.sha256 for entry in _entries(part)]
            if all(mark_of(one.finding) is Mark.NOTE for one in entries):
                continue
            marked = mark_workbook(file.data, entries, self._words, file=file.name, receipt=receipt)
            marked = marked or self._made_anew(file, entries, receipt)
            if marked is not None:
                stem = file.name.rpartition(".")[0] or file.name or "bieu"
                yield Enclosure(f"{stem}-danh-dau.{marked.suffix}", marked.data, _CONTENT_TYPES[marked.suffix])

    def _made_anew(self, file: Attachment, entries: Sequence[Entry], receipt: str) -> Marked | None:
        """Return the copy of a file that cannot be patched; None where it is no workbook, such as a narrative."""
        workbook = read_workbook(file.data, Limits())
        if isinstance(workbook, Unreadable):
            return None
        visible = [sheet for sheet in workbook.sheets if sheet.visible]
        names = tab_names(sheet.name for sheet in visible)
        try:
            data = write_values([_values(sheet, name) for sheet, name in zip(visible, names, strict=True)])
        except UnpatchableError:
            return None
        tabs = dict(zip((sheet.name for sheet in visible), names, strict=True))
        moved = [Entry(one.number, _in_tab(one.finding, tabs)) for one in entries]
        return mark_workbook(data, moved, self._words, file=file.name, receipt=receipt, from_values=True)


def _entries(part: Part) -> Iterator[Entry]:
    """Yield what the reporter may see of a part's findings, with their numbers."""
    numbers = part.numbers or (0,) * len(part.findings)
    yield from (Entry(number, one) for number, one in zip(numbers, part.findings, strict=True) if not one.trial)


def _values(sheet: Sheet, name: str) -> SheetValues:
    merged = tuple((one.top, one.left, one.bottom, one.right) for one in sheet.merged)
    return SheetValues(name, sheet.first_column, (row for chunk in sheet.chunks() for row in chunk.rows), merged)


def _in_tab(finding: Finding, tabs: Mapping[str, str]) -> Finding:
    """Return the finding with the name that its sheet has in the new workbook."""
    name = tabs.get(finding.place.sheet, finding.place.sheet)
    return finding if name == finding.place.sheet else replace(finding, place=replace(finding.place, sheet=name))
