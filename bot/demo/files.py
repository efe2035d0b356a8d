"""The other files that provinces attach, each as small as it can be and still be what it says."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECTOR, _MINI_SECTOR, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_MIDNIGHT_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def make_archive(files: Mapping[str, bytes]) -> bytes:
    """Return a zip file holding *files* by name; the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _MIDNIGHT_OF_ZIP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return target.getvalue()


def make_letter(paragraphs: tuple[str, ...]) -> bytes:
    """Return a Word document (.docx) of plain paragraphs."""
    return make_document(
        "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs)
    )


def make_document(body: str) -> bytes:
    """Return a Word document (.docx) with this body, which is WordprocessingML."""
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    texts = {
        "[Content_Types].xml": f'{start}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'{start}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{start}<w:document xmlns:w="{words}"><w:body>{body}</w:body></w:document>',
    }
    return make_archive({name: text.encode() for name, text in texts.items()})


def make_scan() -> bytes:
    """Return a PDF of one page that holds nothing but a picture, as a scanner makes it of a signed letter."""
    photo = make_photo()
    drawing = b"q 500 0 0 740 48 50 cm /Im1 Do Q"
    shown = b"<< /Im1 5 0 R >>"
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject %s >> >>" % shown,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (len(photo), photo),
    )
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(bodies) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(data))
    )


def make_photo() -> bytes:
    """Return a grey JPEG of 8 × 8 pixels: one block whose only coefficient is nought."""

    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    def huffman(table: int) -> bytes:
        return bytes([table, 1, *[0] * 15, 0])

    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            segment(0xDB, b"\0" + b"\x10" * 64),
            segment(0xC0, struct.pack(">BHHBBBB", 8, 8, 8, 1, 1, 0x11, 0)),
            segment(0xC4, huffman(0x00)),
            segment(0xC4, huffman(0x10)),
            segment(0xDA, b"\1\1\0\0\x3f\0"),
            b"\x3f\xff\xd9",
        )
    )


def make_logo(rgb: tuple[int, int, int] = (190, 20, 30)) -> bytes:
    """Return a PNG of 24 × 24 pixels in one colour: the logo in a signature."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixels = (b"\0" + bytes(rgb) * 24) * 24
    head = struct.pack(">IIBBBBB", 24, 24, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def lock_workbook(workbook: bytes, seed: int = 2012) -> bytes:
    """Return *workbook* as Excel saves it under a password, as far as anyone without the password can see.

    The container is true (MS-CFB with EncryptionInfo and EncryptedPackage, MS-OFFCRYPTO 2.3.4, standard encryption
    with AES-128); the ciphertext is noise of the right length, so no password opens it.
    """
    dice = random.Random(seed)
    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    header = struct.pack("<IIIIIIII", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + provider
    verifier = struct.pack("<I", 16) + dice.randbytes(32) + struct.pack("<I", 20) + dice.randbytes(32)
    info = struct.pack("<HHII", 3, 2, 0x24, len(header)) + header + verifier
    package = struct.pack("<Q", len(workbook)) + dice.randbytes(-(-len(workbook) // 16) * 16)
    return make_compound({"EncryptionInfo": info, "EncryptedPackage": package})


def make_compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file (MS-CFB version 3) with *streams* in its root storage.

    Streams of 4096 bytes and more get sectors of their own, smaller ones share the mini stream. Up to 7 MB, which is
    what the header alone can address.
    """
    mini, mini_fat, places = b"", list[int](), dict[str, int]()
    for name, data in streams.items():
        if len(data) < _CUTOFF:
            places[name] = len(mini_fat)
            mini_fat += _chain(len(mini_fat), -(-len(data) // _MINI_SECTOR))
            mini += _padded(data, _MINI_SECTOR)
    sectors, fat = b"", list[int]()

    def store(data: bytes) -> int:
        nonlocal sectors
        first = len(fat) if data else _END
        fat.extend(_chain(len(fat), -(-len(data) // _SECTOR)))
        sectors += _padded(data, _SECTOR)
        return first

    for name, data in streams.items():
        if len(data) >= _CUTOFF:
            places[name] = store(data)
    mini_start = store(mini)
    table = b"".join(struct.pack("<I", one) for one in mini_fat)
    mini_fat_start = store(table + b"\xff" * (-len(table) % _SECTOR))
    directory_start = store(_directory(streams, places, mini_start, len(mini)))
    fat_first, count = len(fat), _fat_sectors(len(fat))
    fat += [_FAT] * count
    fat += [_FREE] * (-len(fat) % 128)
    head = struct.pack(
        "<8s16sHHHHH6x9I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory_start, 0, _CUTOFF,
        mini_fat_start, -(-len(table) // _SECTOR), _END, 0,
    )  # fmt: skip
    addresses = [*range(fat_first, fat_first + count), *[_FREE] * (109 - count)]
    return head + struct.pack("<109I", *addresses) + sectors + struct.pack(f"<{len(fat)}I", *fat)


def _directory(streams: Mapping[str, bytes], places: Mapping[str, int], mini_start: int, mini_size: int) -> bytes:
    """Return the directory: the root, then its streams as MS-CFB 2.6.4 orders them, each right of the last."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    root = _entry("Root Entry", 5, right=_FREE, child=1 if names else _FREE, start=mini_start, size=mini_size)
    entries = [
        _entry(
            name,
            2,
            right=at + 1 if at < len(names) else _FREE,
            child=_FREE,
            start=places[name],
            size=len(streams[name]),
        )
        for at, name in enumerate(names, 1)
    ]
    blank = struct.pack("<64sHBBIII", b"", 0, 0, 0, _FREE, _FREE, _FREE) + b"\0" * 48
    return b"".join([root, *entries, *[blank] * (-(len(entries) + 1) % 4)])


def _entry(name: str, kind: int, *, right: int, child: int, start: int, size: int) -> bytes:
    title = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIQ", title, len(title) + 2, kind, 1, _FREE, right, child, start, size)


def _chain(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), _END] if count else []


def _padded(data: bytes, size: int) -> bytes:
    return data + b"\0" * (-len(data) % size)


def _fat_sectors(used: int) -> int:
    """Return how many sectors the table needs when it must also list itself, 128 entries each."""
    count = 1
    while used + count > count * 128:
        count += 1
    return count
