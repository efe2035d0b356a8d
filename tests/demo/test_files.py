"""The other files of the demo are what they say."""

from __future__ import annotations

import io
import re
import struct
import zipfile

import pytest

from bot.demo.files import lock_workbook, make_archive, make_compound, make_letter, make_logo, make_photo, make_scan
from bot.model import RefusalReason, Unreadable
from bot.sheet.content import Kind, kind_of
from bot.sheet.workbook import Limits, read_workbook


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (make_scan(), Kind.PDF),
        (make_photo(), Kind.PICTURE),
        (make_logo(), Kind.PICTURE),
        (make_letter(("Kính gửi: …",)), Kind.WORD),
        (make_archive({"a.txt": b"a"}), Kind.ARCHIVE),
    ],
)
def test_each_file_is_known_by_its_bytes(data: bytes, kind: Kind) -> None:
    assert kind_of(data) is kind


@pytest.mark.parametrize("size", [10, 5_000, 300_000])
def test_a_locked_workbook_is_refused_for_its_password(size: int) -> None:
    assert read_workbook(lock_workbook(b"x" * size), Limits()) == Unreadable(RefusalReason.ENCRYPTED)


def test_a_compound_file_keeps_its_streams() -> None:
    """Small streams lie in the mini stream of 64-byte sectors, large ones in sectors of their own."""
    small, large = b"s" * 100, b"L" * 5000
    data = make_compound({"Small": small, "Large": large})
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    places = {}
    for at in range(directory, directory + 512, 128):
        length, start, size = *struct.unpack_from("<H", data, at + 64), *struct.unpack_from("<IQ", data, at + 116)
        places[data[at : at + max(length - 2, 0)].decode("utf-16-le")] = (start, size)
    start, size = places["Large"]
    assert data[(start + 1) * 512 :][:size] == large
    mini, (start, size) = (places["Root Entry"][0] + 1) * 512, places["Small"]
    assert data[mini + start * 64 :][:size] == small


def test_the_cross_references_of_the_scan_point_at_its_objects() -> None:
    data = make_scan()
    table = int(data.split(b"startxref\n")[1].split()[0])
    assert data[table:].startswith(b"xref\n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", data[table:]), 1):
        assert data[int(place) :].startswith(b"%d 0 obj" % number)


def test_an_archive_is_the_same_bytes_each_time() -> None:
    files = {"Biểu I.1.xlsx": b"x"}
    assert make_archive(files) == make_archive(files)
    with zipfile.ZipFile(io.BytesIO(make_archive(files))) as archive:
        assert archive.namelist() == ["Biểu I.1.xlsx"]
