"""Mails and containers built in memory for the tests of the intake."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

from asn1crypto import cms

from bot.message import parse_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Attachment, Message

NOON = datetime(2012, 7, 10, 5, 0, tzinfo=UTC)


def parse(raw: bytes) -> Message:
    return parse_message(raw, NOON, own="bot@bo.example")


def mail(*files: tuple[str, bytes], text: str = "Kính gửi Bộ.", kind: str = "octet-stream") -> EmailMessage:
    built = EmailMessage()
    built["From"] = "bql@nghean.example"
    built["Subject"] = "Biểu I.1"
    built.set_content(text)
    for name, data in files:
        built.add_attachment(data, maintype="application", subtype=kind, filename=name)
    return built


def received(*files: tuple[str, bytes]) -> tuple[Attachment, ...]:
    """Return the files of a mail with these, as the bot sees them."""
    return parse(mail(*files).as_bytes()).attachments


def text_mail(body: str, subtype: str = "plain") -> Message:
    built = EmailMessage()
    built["From"] = "bql@nghean.example"
    built.set_content(body, subtype=subtype)
    return parse(built.as_bytes())


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def patched(data: bytes, *, flags: int | None = None, method: int | None = None) -> bytes:
    """Return a zip file of which every entry has these flags and this method, in both of its headers."""
    out = bytearray(data)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = out.find(magic)
        while place >= 0:
            if flags is not None:
                struct.pack_into("<H", out, place + at, flags)
            if method is not None:
                struct.pack_into("<H", out, place + at + 2, method)
            place = out.find(magic, place + 4)
    return bytes(out)


def rar(name: str, data: bytes, *, main: int = 0, flags: int = 0) -> bytes:
    """Return a RAR 4 archive with one stored file."""

    def block(kind: int, bits: int, rest: bytes) -> bytes:
        head = struct.pack("<BHH", kind, bits, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    shown = name.encode()
    fields = struct.pack(
        "<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), 0x40E94A00, 29, 0x30, len(shown), 0x20
    )
    return (
        b"Rar!\x1a\x07\x00"
        + block(0x73, main, bytes(6))
        + block(0x74, 0x8000 | flags, fields + shown)
        + data
        + block(0x7B, 0x4000, b"")
    )


def winmail(*files: tuple[str, bytes], text: str = "") -> bytes:
    def attribute(number: int, value: bytes, level: int = 2) -> bytes:
        return struct.pack("<BHHI", level, number, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    out = b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x800C, text.encode() + b"\0", 1)
    for name, data in files:
        wide = name.encode("utf-16-le") + b"\0\0"
        properties = struct.pack("<IHHII", 1, 31, 0x3707, 1, len(wide)) + wide + bytes(-len(wide) % 4)
        out += attribute(0x9002, bytes(14)) + attribute(0x8010, b"BIEU~1.XLS\0")
        out += attribute(0x800F, data) + attribute(0x9005, properties)
    return out


def signed(content: bytes) -> bytes:
    """Return an S/MIME signed-data envelope around the content (nobody has really signed it)."""
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data", "content": content},
            "signer_infos": [],
        }
    )
    built: bytes = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return built


def enveloped() -> bytes:
    data = cms.EnvelopedData(
        {
            "version": "v0",
            "recipient_infos": [],
            "encrypted_content_info": {
                "content_type": "data",
                "content_encryption_algorithm": {"algorithm": "tripledes_3key", "parameters": b"12345678"},
                "encrypted_content": b"\x01\x02",
            },
        }
    )
    built: bytes = cms.ContentInfo({"content_type": "enveloped_data", "content": data}).dump()
    return built
