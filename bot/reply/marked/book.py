"""workbook.xml: the sheets of the sender's workbook, and the list in front of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from bot.reply.marked.archive import UnpatchableError
from bot.reply.marked.listing import quoted
from bot.reply.marked.package import MAIN, child, children, local, namespace, parse_xml, write_xml

if TYPE_CHECKING:
    from bot.reply.marked.package import Package

_NAME_LIMIT = 31
_LIST_MARKER = "_danh_sach_phat_hien"
"""A hidden name by which our list is known again when a marked copy comes back."""
_TITLES = "_xlnm.Print_Titles"
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")
_SUFFIXES = {
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml": "xlsm",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": "xltx",
    "application/vnd.ms-excel.template.macroEnabled.main+xml": "xltm",
}
"""Kinds of workbooks that Excel opens under their own suffix only; all others are .xlsx."""


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One tab of the workbook."""

    name: str
    part: str
    """Empty where the workbook does not say."""
    cells: bool
    """Whether it is a worksheet; a chart or a macro sheet has no cells to mark."""


class Book:
    """The workbook part of a package."""

    def __init__(self, package: Package) -> None:
        """Find and read the workbook part; raises UnpatchableError where there is none, as in .xlsb."""
        part = package.relations("").target("officeDocument")
        if part is None:
            raise UnpatchableError("no workbook part")
        self.part = part
        self.suffix = _SUFFIXES.get(package.type_of(part), "xlsx")
        self._root = parse_xml(package.read(part))
        sheets = child(self._root, "sheets")
        self.main = namespace(self._root)
        if local(self._root) != "workbook" or self.main not in MAIN or sheets is None:
            raise UnpatchableError("the workbook part is no workbook")
        self._sheets = sheets
        self.relation = MAIN[self.main]
        self.relations = package.relations(part)
        targets = {one: (target, kind == "worksheet") for one, kind, target in self.relations}
        self.sheets = [
            SheetEntry(one.get("name", ""), *targets.get(one.get(f"{{{self.relation}}}id", ""), ("", False)))
            for one in children(sheets, "sheet")
        ]

    @property
    def since_1904(self) -> bool:
        """Tell whether days are counted from 1904, as old versions for the Macintosh did."""
        properties = child(self._root, "workbookPr")
        return properties is not None and properties.get("date1904") in ("1", "true")

    def recalculate(self) -> None:
        """Let Excel work out all formulas when it opens the workbook: some of what they look at has changed."""
        properties = child(self._root, "calcPr")
        if properties is None:
            properties = etree.Element(f"{{{self.main}}}calcPr")
            before = [at for at, one in enumerate(self._root) if local(one) in (*_BEFORE_NAMES, "definedNames")]
            self._root.insert(max(before) + 1, properties)
        properties.set("fullCalcOnLoad", "1")

    def earlier_list(self) -> int | None:
        """Return the index of the list that an earlier marked copy brought, or None."""
        for one in self._names():
            index = one.get("localSheetId", "")
            if one.get("name") == _LIST_MARKER and index.isdecimal() and int(index) < len(self.sheets):
                return int(index) if self.sheets[int(index)].cells else None
        return None

    def insert_list(self, wanted: str, part: str, header_row: int) -> str:
        """Put a new first sheet in, moving what counts sheets; return its name, which no other sheet has."""
        name = self._free_name(wanted)
        relation_id = self.relations.free_id()
        self.relations.add(relation_id, self.relation, "worksheet", part)
        sheet_ids = [int(one.get("sheetId", "0")) for one in self._sheets if one.get("sheetId", "0").isdecimal()]
        fields = {"name": name, "sheetId": str(max(sheet_ids, default=0) + 1), f"{{{self.relation}}}id": relation_id}
        for one in self._names():
            index = one.get("localSheetId")
            if index is not None and index.isdecimal():
                one.set("localSheetId", str(int(index) + 1))
        self._sheets.insert(0, etree.Element(f"{{{self.main}}}sheet", fields, nsmap={"r": self.relation}))
        self.open_at(0)
        self._name_list(name, 0, header_row)
        return name

    def renew_list(self, index: int, header_row: int) -> str:
        """Keep the earlier list's place for the new one; return its name."""
        name = self.sheets[index].name
        for one in list(self._names()):
            if one.get("localSheetId") == str(index):
                parent = one.getparent()
                if parent is not None:
                    parent.remove(one)
        self.open_at(index)
        self._name_list(name, index, header_row)
        return name

    def open_at(self, index: int) -> None:
        """Let the workbook open at the sheet of that index."""
        for views in children(self._root, "bookViews"):
            for view in children(views, "workbookView"):
                view.set("activeTab", str(index))
                view.set("firstSheet", "0")

    def written(self) -> bytes:
        """Return the part as bytes."""
        return write_xml(self._root)

    def _names(self) -> list[etree._Element]:
        return [one for group in children(self._root, "definedNames") for one in children(group, "definedName")]

    def _free_name(self, wanted: str) -> str:
        taken = {one.name.casefold() for one in self.sheets}
        name, number = wanted[:_NAME_LIMIT], 1
        while name.casefold() in taken:
            number += 1
            ending = f" ({number})"
            name = wanted[: _NAME_LIMIT - len(ending)] + ending
        return name

    def _name_list(self, name: str, index: int, header_row: int) -> None:
        """Name the list for ourselves, and its header for the printer to repeat on each page."""
        group = child(self._root, "definedNames")
        if group is None:
            group = etree.Element(f"{{{self.main}}}definedNames")
            before = [at for at, one in enumerate(self._root) if local(one) in _BEFORE_NAMES]
            self._root.insert(max(before) + 1, group)
        rows = {_LIST_MARKER: "$A$1", _TITLES: f"${header_row}:${header_row}"}
        for key, ref in rows.items():
            element = etree.SubElement(group, f"{{{self.main}}}definedName", {"name": key, "localSheetId": str(index)})
            element.text = f"{quoted(name)}!{ref}"
            if key == _LIST_MARKER:
                element.set("hidden", "1")
