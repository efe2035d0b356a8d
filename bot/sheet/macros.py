"""Whether a workbook of Excel holds macros, told by its directory: nothing of them is read, and nothing is run."""

from __future__ import annotations

import io
import re
import zipfile

from bot.sheet.biff import has_macro_sheet
from bot.sheet.compound import root_streams
from bot.sheet.content import Kind
from bot.sheet.package import DAMAGE

_PART = re.compile(r"(?:^|[\\/])vbaProject\.bin$|(?:^|[\\/])macrosheets[\\/]", re.IGNORECASE)
"""How Excel names its parts: a project of VBA, sheets of Excel 4.0 macros (MS-OFFMACRO2 2.2.1)."""
_TYPE = re.compile(rb"\bvnd\.ms-(?:office\.vbaProject|excel\.(?:intl)?macrosheet)\b", re.IGNORECASE)
"""The types of such parts, whatever these are called."""
_TYPES = "[Content_Types].xml"
_MOST_TYPES = 2**20
_PROJECT = "_vba_project_cur"
"""The storage of the macros of an .xls (MS-OVBA 2.2.1, MS-XLS 2.1.3), lower case."""


def holds_macros(data: bytes, kind: Kind) -> bool:
    """Tell whether the workbook *data* holds a project of VBA or a sheet of Excel 4.0 macros; foreign kinds do not."""
    if kind is Kind.XLS:
        return _PROJECT in root_streams(data) or has_macro_sheet(data)
    return kind in (Kind.XLSX, Kind.XLSB) and _in_package(data)


def _in_package(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            if any(_PART.search(name) for name in names):
                return True
            types = next((name for name in names if name.lower() == _TYPES.lower()), None)
            if types is None:
                return False
            with package.open(types) as part:
                return bool(_TYPE.search(part.read(_MOST_TYPES)))
    except DAMAGE:
        return False
