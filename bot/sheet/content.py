"""What a file is, told by its bytes and never by its name."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from enum import StrEnum
from typing import NamedTuple

from bot.sheet.compound import MAGIC, has_password, root_streams
from bot.sheet.html_table import is_web_archive


class Kind(StrEnum):
    """What the bytes are; the values of the foreign kinds are the words in which replies name them."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    ENCRYPTED = "encrypted"
    EMPTY = "empty"
    DAMAGED = "damaged"

    PDF = "PDF"
    WORD = "Word"
    SLIDES = "PowerPoint"
    PICTURE = "ảnh"
    ARCHIVE = "tệp nén"
    HTML = "trang web (HTML)"
    XML = "XML"
    EXCEL_XML = "Excel XML 2003"
    FLAT_ODS = "OpenDocument dạng XML (.fods)"
    MAIL = "thư điện tử"
    LOCK = "tệp khóa tạm của Excel (~$)"
    OLD_EXCEL = "Excel phiên bản rất cũ"
    SYLK = "SYLK (.slk)"
    TEXT = "văn bản (text, CSV)"
    UNKNOWN = "tệp không rõ loại"


WORKBOOKS = frozenset({Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS})
"""The kinds of workbooks proper; HTML, XML and delimited text may be one, too, where they hold a table."""

_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF", Kind.PDF),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"\x89PNG", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"BM", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),
    (b"MM\0*", Kind.PICTURE),
    (b"Rar!", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"{\\rtf", Kind.WORD),
    (b"\x09\x00\x04\x00", Kind.OLD_EXCEL),
    (b"\x09\x02\x06\x00", Kind.OLD_EXCEL),
    (b"\x09\x04\x06\x00", Kind.OLD_EXCEL),
    (b"ID;P", Kind.SYLK),
)
_BOOK_PART = re.compile(r"(?:.*[\\/])?workbook[^\\/]*\.(xml|bin)$", re.IGNORECASE)
_HTML = re.compile(rb"<\s*(!doctype\s+html|html|head|body|table)(?=[\s>/])", re.IGNORECASE)
_LOCK_SIZES = (54, 55, 165)


def kind_of(data: bytes) -> Kind:
    """Return what *data* is. A zip or a compound file that cannot be listed is ``DAMAGED``."""
    if not data:
        return Kind.EMPTY
    if data.startswith(MAGIC):
        return _kind_of_compound(data)
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    return _kind_of_rest(data)


def _kind_of_rest(data: bytes) -> Kind:
    """Tell the kinds that have no fixed first bytes apart."""
    start = data[:1024]
    if b"%PDF-" in start:
        return Kind.PDF
    if start[:4] == b"RIFF" or start[4:8] == b"ftyp":
        return Kind.PICTURE
    if is_web_archive(data):
        return Kind.HTML
    if len(data) in _LOCK_SIZES and 0 < data[0] <= len(data) and data[1:2] != b"\0":
        return Kind.LOCK
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    text = start.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"<?xml", b"<office:document", b"<Workbook", b"<ss:Workbook")):
        return _kind_of_xml(data[:4096].replace(b"\0", b""))
    if _HTML.search(text):
        return Kind.HTML
    if re.match(rb"(received|return-path|from|mime-version|delivered-to): ", text, re.IGNORECASE):
        return Kind.MAIL
    controls = sum(byte < 9 or 13 < byte < 32 for byte in text)
    return Kind.TEXT if text and not controls else Kind.UNKNOWN


def _kind_of_xml(start: bytes) -> Kind:
    if b"opendocument.spreadsheet" in start:
        return Kind.FLAT_ODS
    if b"microsoft-com:office:spreadsheet" in start or b"Excel.Sheet" in start:
        return Kind.EXCEL_XML
    return Kind.HTML if _HTML.search(start) else Kind.XML


# ------------------------------------------------------------------------------------------------------------
# Zip: OOXML, OpenDocument, a bare archive
# ------------------------------------------------------------------------------------------------------------


class Unpacked(NamedTuple):
    """What a zip's directory promises, before anything is unpacked."""

    entries: int
    size: int
    """Sum of the unpacked sizes in bytes."""
    largest: int
    """Unpacked size of the largest entry in bytes."""


def unpacked(data: bytes) -> Unpacked | None:
    """Return what the directory of the zip *data* promises; None where it cannot be read."""
    entries = _zip_entries(data)
    if entries is None:
        return None
    sizes = [entry.file_size for entry in entries]
    return Unpacked(len(sizes), sum(sizes), max(sizes, default=0))


def _zip_entries(data: bytes) -> list[zipfile.ZipInfo] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error):
        # The directory is foreign bytes: besides BadZipFile, zipfile lets its own struct and integer errors through.
        return None


def _kind_of_zip(data: bytes) -> Kind:
    entries = _zip_entries(data)
    if entries is None:
        return Kind.DAMAGED
    names = [entry.filename for entry in entries]
    kind = _kind_of_names(names)
    if kind is Kind.ODS:
        kind = _kind_of_opendocument(data)
    locked = any(entry.flag_bits & 1 for entry in entries)
    return Kind.ENCRYPTED if locked and kind in WORKBOOKS else kind


def _kind_of_names(names: list[str]) -> Kind:
    """Return what a zip with entries of these names is; the workbook's part may lie anywhere (ECMA-376 part 2)."""
    book = next((found for name in names if (found := _BOOK_PART.match(name))), None)
    if book and any(name.lower() == "[content_types].xml" for name in names):
        return Kind.XLSB if book[1].lower() == "bin" else Kind.XLSX
    if "content.xml" in names:
        return Kind.ODS
    if any(name.startswith("word/") for name in names):
        return Kind.WORD
    return Kind.SLIDES if any(name.startswith("ppt/") for name in names) else Kind.ARCHIVE


def _kind_of_opendocument(data: bytes) -> Kind:
    """Tell OpenDocument types apart by ``mimetype``, which stands first and unpacked (ODF 1.2 part 3, 3.3)."""
    start = data[:200]
    if b"opendocument.text" in start:
        return Kind.WORD
    if b"opendocument.presentation" in start:
        return Kind.SLIDES
    return Kind.ENCRYPTED if b"encryption-data" in _manifest(data) else Kind.ODS


def _manifest(data: bytes) -> bytes:
    """Return the first megabyte of an OpenDocument's manifest: a password is declared there for each entry."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("META-INF/manifest.xml") as part:
            return part.read(2**20)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        # A manifest that is missing or broken says nothing; the reader itself will name the damage.
        return b""


def _kind_of_compound(data: bytes) -> Kind:
    streams = root_streams(data)
    if not streams:
        return Kind.DAMAGED
    if "encryptedpackage" in streams:
        return Kind.ENCRYPTED
    book = streams.get("workbook") or streams.get("book")
    if book:
        return Kind.ENCRYPTED if has_password(data, book) else Kind.XLS
    if "worddocument" in streams:
        return Kind.WORD
    if "powerpoint document" in streams:
        return Kind.SLIDES
    return Kind.MAIL if "__properties_version1.0" in streams else Kind.UNKNOWN
