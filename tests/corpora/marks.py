"""Every workbook of the corpora that can be read gets marks: they land, keep all else, and open in two programs."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from bot.adapters.content import read_templates
from bot.model import Attachment, Finding, Outcome, Part, Place, Severity
from bot.reply.annotate import mark_workbook
from bot.reply.findings import number_parts
from bot.reply.marked.marks import Entry
from bot.reply.marked.values import tab_names
from bot.reply.marked.words import Words
from bot.runners.mark import Marker
from bot.sheet.workbook import Limits, Workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_RED = "FFFFC7CE"
_OURS = re.compile(
    r"\[Content_Types\]\.xml|.*workbook[^/]*\.xml(\.rels)?|.*styles[^/]*\.xml|.*/comments[^/]*\.xml|.*\.vml|.*/sheets?/.*"
    r"|.*(work|chart|macro|dialog)sheets[/\\\\].*|sheet\d+\.xml|.*/_rels/.*\.rels",
    re.IGNORECASE,
)
"""Parts that a mark may change, tabs of other kinds too, because one of them may be the selected one."""
_AT_ONCE = 60
_SECONDS = 900


@dataclass(slots=True)
class Marks:
    """What became of the corpora."""

    patched: int = 0
    made_anew: int = 0
    unread: int = 0
    """Files that are no workbook we read, so that there is nothing to mark."""
    unmarked: list[str] = field(default_factory=list)
    """Workbooks that we read and could not mark: a breach."""
    breaches: list[str] = field(default_factory=list)
    opened: int = 0
    """Copies that LibreOffice has opened; 0 where it is not installed."""


def walk_marks(files: Sequence[Path], progress: Callable[[str], None], *, office: bool = True) -> Marks:
    """Mark every file and look at the copies with openpyxl, and with LibreOffice where it is installed."""
    seen, marker, words = Marks(), Marker(read_templates(None)), Words(read_templates(None))
    with TemporaryDirectory() as folder:
        copies: list[Path] = []
        for number, file in enumerate(files):
            progress(f"{number + 1}/{len(files)} {file.name}")
            data = file.read_bytes()
            workbook = read_workbook(data, Limits())
            if not isinstance(workbook, Workbook) or not any(sheet.visible for sheet in workbook.sheets):
                seen.unread += 1
                continue
            copy = _mark(file.name, data, workbook, marker, words, seen)
            if copy is not None:
                copies.append(Path(folder) / f"{number}.xlsx")
                copies[-1].write_bytes(copy)
        if office and shutil.which("soffice"):
            seen.opened = _open_in_office(copies, Path(folder), seen, progress)
    return seen


def _mark(name: str, data: bytes, workbook: Workbook, marker: Marker, words: Words, seen: Marks) -> bytes | None:
    findings = tuple(
        _found(sheet.name, cell) for sheet in workbook.sheets if sheet.visible for cell in ("A1", "C7", "AB40")
    )
    entries = [Entry(number, one) for number, one in enumerate(findings, 1)]
    patched = mark_workbook(data, entries, words, file=name)
    if patched is not None:
        copy, names = patched.data, [sheet.name for sheet in workbook.sheets if sheet.visible]
        seen.patched += 1
        seen.breaches += [f"{name}: {part} changed" for part in _changed(data, copy)]
    else:
        parts = number_parts([Part(name, "x", Outcome.RETURNED, findings=findings)])
        made = next(marker.copies([Attachment(name, data, "x")], parts), None)
        if made is None:
            seen.unmarked.append(name)
            return None
        copy, names = made.data, list(tab_names(sheet.name for sheet in workbook.sheets if sheet.visible))
        seen.made_anew += 1
    seen.breaches += [f"{name}: {breach}" for breach in _look(copy, names, data if patched else None)]
    return copy


def _found(sheet: str, cell: str) -> Finding:
    return Finding("sai", Severity.ERROR, "Sai", "Ô này sai.", "Sửa ô này.", Place(sheet, cell, 1, "Cột"))


def _changed(before: bytes, after: bytes) -> list[str]:
    """Return the sender's parts that are gone or changed though no mark needs it."""
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        return [
            name
            for name in old.namelist()
            if not _OURS.fullmatch(name) and not name.endswith("/") and _hash(old, name) != _hash(new, name)
        ]


def _hash(package: zipfile.ZipFile, name: str) -> str:
    return hashlib.sha256(package.read(name)).hexdigest() if name in package.namelist() else ""


def _look(copy: bytes, names: Iterable[str], before: bytes | None) -> list[str]:
    """Return what openpyxl finds wrong; a file of the sender's that it cannot open itself says nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(copy))
    except Exception as problem:  # noqa: BLE001  openpyxl raises of every kind for what it does not know
        return [] if before is not None and not _opens(before) else [f"openpyxl: {type(problem).__name__} {problem}"]
    with zipfile.ZipFile(io.BytesIO(copy)) as package:
        has_macro_sheets = any("macrosheets/" in name or "dialogsheets/" in name for name in package.namelist())
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    breaches = []
    for name in names:
        sheet = sheets.get(name)
        if sheet is None:
            breaches += [] if before is not None else [f"no sheet {name}"]
            continue
        if has_macro_sheets:
            continue  # openpyxl takes macro sheets for worksheets, but they have no cells that one could mark
        shown = {cell: _shown(sheet, cell) for cell in ("A1", "C7", "AB40")}
        breaches += [f"{name}!{cell} has no mark" for cell, at in shown.items() if at.fill.fgColor.rgb != _RED]
        breaches += [f"{name}!{cell} has no note" for cell, at in shown.items() if at.comment is None]
    return breaches


def _opens(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            load_workbook(io.BytesIO(data))
    except Exception:  # noqa: BLE001
        return False
    return True


def _shown(sheet, cell: str):  # type: ignore[no-untyped-def]
    """Return the cell, or the first of the merged range that covers it."""
    for merged in sheet.merged_cells.ranges:
        if cell in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    return sheet[cell]


def _open_in_office(copies: Sequence[Path], folder: Path, seen: Marks, progress: Callable[[str], None]) -> int:
    """Convert the copies with LibreOffice, many at once; one that fails is tried alone."""
    opened = 0
    for first in range(0, len(copies), _AT_ONCE):
        progress(f"LibreOffice: {first}/{len(copies)}")
        batch = copies[first : first + _AT_ONCE]
        _convert(batch, folder)
        for one in batch:
            if not one.with_suffix(".ods").exists():
                _convert([one], folder)
            if one.with_suffix(".ods").exists():
                opened += 1
                one.with_suffix(".ods").unlink()
            else:
                seen.breaches.append(f"LibreOffice does not open copy {one.name}")
    return opened


def _convert(files: Sequence[Path], folder: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", str(folder), *map(str, files)]
    try:
        subprocess.run(
            command, check=False, capture_output=True, timeout=_SECONDS, env={**os.environ, "HOME": str(folder)}
        )
    except subprocess.TimeoutExpired:
        return  # what is missing then is tried alone, or told
