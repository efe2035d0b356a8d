"""Small files of each format, made from lines of text."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """Return a paragraph of WordprocessingML; a newline becomes a line break, ``**text**`` stands in bold."""
    if text.startswith("**") and text.endswith("**"):
        text, run = text[2:-2], "<w:rPr><w:b/></w:rPr>"
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(line) for line in text.split("\n"))
    return f'<w:p>{properties}<w:r>{run}<w:t xml:space="preserve">{lines}</w:t></w:r></w:p>'


def row(*cells: Sequence[str]) -> str:
    """Return a table of one row, each cell with its paragraphs."""
    inside = "".join(f"<w:tc>{''.join(paragraph(text) for text in cell)}</w:tc>" for cell in cells)
    return f"<w:tbl><w:tr>{inside}</w:tr></w:tbl>"


def docx(body: str, **parts: str | bytes) -> bytes:
    """Return a .docx with this body; *parts* are others of the folder word/, without ``.xml``."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
            **{f"word/{name}.xml": content for name, content in parts.items()},
        }
    )


def docx_of(lines: Sequence[str]) -> bytes:
    """Return a .docx with one paragraph for each line."""
    return docx("".join(map(paragraph, lines)))


def odt_of(lines: Sequence[str], manifest: str = "") -> bytes:
    """Return an .odt with one paragraph for each line; lines that begin with # are headings."""
    ns = "urn:oasis:names:tc:opendocument:xmlns:"
    body = "".join(
        f"<t:h>{escape(line[2:])}</t:h>" if line.startswith("# ") else f"<t:p>{escape(line)}</t:p>" for line in lines
    )
    content = f'<o:document xmlns:o="{ns}office:1.0" xmlns:t="{ns}text:1.0"><o:body>{body}</o:body></o:document>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
    return file.getvalue()


def rtf_of(lines: Sequence[str]) -> bytes:
    """Return an .rtf in which every letter beyond ASCII is written as Word writes it: ``\\u7841?``."""
    text = "\\par ".join(
        "".join(char if ord(char) < 128 else f"\\u{ord(char)}?" for char in line.replace("\\", "\\\\"))
        for line in lines
    )
    return (
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Times New Roman;}}{\\info{\\title X}}\\uc1 " + text + "}"
    ).encode()


def pdf_of(*pages: Sequence[str], picture: bool = False) -> bytes:
    """Return a PDF with these lines on its pages, by a font whose codes are Unicode; or with a picture on each."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    image = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray"
    to_unicode = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> "
        b"endcodespacerange 256 beginbfrange "
        + b" ".join(b"<%02X00> <%02XFF> <%02X00>" % (high, high, high) for high in range(256))
        + b" endbfrange endcmap end end"
    )
    objects += [
        b"<</Type/Font/Subtype/Type0/BaseFont/Own/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        (
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Own/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            b"/Supplement 0>>/DW 500>>"
        ),
        _stream(b"<<", to_unicode),
        _stream(image, b"\x80"),
    ]
    kids = []
    for lines in pages:
        commands = [b"BT /F1 12 Tf 14 TL 50 800 Td"]
        commands += [b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj T*" for line in lines]
        commands.append(b"ET")
        if picture:
            commands.append(b"q 500 0 0 700 50 50 cm /Im1 Do Q")
        kids.append(len(objects) + 1)
        shown = b"/XObject<</Im1 6 0 R>>" if picture else b""
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>%s>>/Contents %d 0 R>>"
            % (shown, len(objects) + 2)
        )
        objects.append(_stream(b"<<", b"\n".join(commands)))
    named = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (named, len(kids))
    return _written(objects)


def _stream(dictionary: bytes, content: bytes) -> bytes:
    return dictionary + b"/Length %d>>\nstream\n%s\nendstream" % (len(content), content)


def _written(objects: Sequence[bytes]) -> bytes:
    file, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(file)


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file (MS-CFB) with these streams in its root, none of them in the mini stream."""
    size, bodies = (
        512,
        {name: content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0") for name, content in streams.items()},
    )
    fat, places = [0xFFFFFFFD], {}
    for name, content in bodies.items():
        first, count = len(fat), len(content) // size
        places[name] = first
        fat += [*range(first + 1, first + count), 0xFFFFFFFE]
    directory_at, entries = len(fat), [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    names = list(bodies)
    entries += [
        _entry(name, 2, places[name], len(bodies[name]), right=at + 2 if at + 1 < len(names) else 0xFFFFFFFF)
        for at, name in enumerate(names)
    ]
    directory = b"".join(entries).ljust(-(-len(entries) * 128 // size) * size, b"\0")
    count = len(directory) // size
    fat += [*range(directory_at + 1, directory_at + count), 0xFFFFFFFE]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat)))
    return header + table + b"".join(bodies.values()) + directory


def _entry(name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(written), kind, 1, 0xFFFFFFFF, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def doc_of(lines: Sequence[str], flags: int = 0) -> bytes:
    """Return a Word 97 .doc: a FIB, a piece table of one piece, and the text in UTF-16."""
    text = "".join(f"{line}\r" for line in lines)
    at = 0x400
    main = bytearray(at) + text.encode("utf-16-le")
    struct.pack_into("<HH", main, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", main, 0x0A, flags | 0x0200)
    plan = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, at, 0)
    clx = b"\x02" + struct.pack("<I", len(plan)) + plan
    struct.pack_into("<II", main, 0x1A2, 0, len(clx))
    return compound({"WordDocument": bytes(main), "1Table": clx})
