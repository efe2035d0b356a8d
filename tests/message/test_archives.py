"""Archives: listed first, within limits, and named exactly where they cannot be opened."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import stat
import tarfile
import zipfile

import pytest

from bot.message import archive_support, packed
from bot.message.entries import Budget, UnpackLimits
from bot.message.zips import unzip
from bot.model import RefusalReason, Unreadable
from tests.message.letters import patched, rar, received, zipped

XLSX = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
needs_libarchive = pytest.mark.skipif("rar" not in archive_support(), reason="the system has no libarchive")


def trouble(name: str, data: bytes) -> RefusalReason | None:
    [file] = received((name, data))
    assert file.data == data, "a container that stays closed keeps its bytes"
    return file.trouble.reason if file.trouble else None


def test_the_files_of_a_zip_take_its_place() -> None:
    files = received(("ho-so.zip", zipped({"Biểu I.1.xlsx": XLSX, "Quý 2/Biểu I.2.xlsx": b"x"})), ("thư.pdf", b"%PDF"))
    assert [(file.name, file.inside, file.data) for file in files] == [
        ("Biểu I.1.xlsx", "ho-so.zip", XLSX),
        ("Biểu I.2.xlsx", "ho-so.zip/Quý 2", b"x"),
        ("thư.pdf", "", b"%PDF"),
    ]


@pytest.mark.parametrize("name", ["Biểu I.1.xlsx", "Biểu I.1.zip", "Biểu I.1"])
def test_a_workbook_is_one_file_whatever_it_is_called(name: str) -> None:
    [file] = received((name, XLSX))
    assert (file.name, file.data, file.trouble) == (name, XLSX, None)


def test_a_zip_that_was_renamed_to_xlsx_is_opened() -> None:
    [file] = received(("Biểu I.1.xlsx", zipped({"Biểu I.1.xls": b"\xd0\xcf"})))
    assert (file.name, file.inside) == ("Biểu I.1.xls", "Biểu I.1.xlsx")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_way_of_packing_is_read(method: int) -> None:
    assert [file.data for file in received(("a.zip", zipped({"a.xls": b"abc"}, method)))] == [b"abc"]


def named(raw: bytes) -> str:
    """Return how a file is shown whose name stands in the zip as these bytes, with no word on their encoding."""
    data = zipped({"x" * len(raw): b"1"}).replace(b"x" * len(raw), raw)
    [file] = received(("a.zip", data))
    return file.name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Biểu I.1.xls".encode(), "Biểu I.1.xls"),
        ("Biêu I.1 đợt 2.xls".encode(), "Biêu I.1 đợt 2.xls"),
        ("Bi\u00ea\u0309u I.1.xls".encode("cp1258"), "Biểu I.1.xls"),
        ("résumé.xls".encode("cp437"), "résumé.xls"),
    ],
    ids=["utf-8", "utf-8 again", "cp1258", "cp437"],
)
def test_a_name_of_no_declared_encoding_is_read_as_it_was_meant(raw: bytes, name: str) -> None:
    assert named(raw) == name


def test_what_operating_systems_leave_behind_is_not_taken_for_a_file() -> None:
    data = zipped({"__MACOSX/._a.xls": b"x", "Thumbs.db": b"x", ".DS_Store": b"x", "thu muc/": b"", "a.xls": b"1"})
    assert [file.name for file in received(("a.zip", data))] == ["a.xls"]


def link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("a.xls")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def volume() -> bytes:
    data = zipped({"a.xls": b"1"})
    end = data.rfind(b"PK\x05\x06")
    return data[: end + 4] + b"\x01\x00" + data[end + 6 :]


ZIP = zipped({"a.xls": os.urandom(3_000)})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (patched(ZIP, flags=1), RefusalReason.ENCRYPTED),
        (patched(ZIP, method=99), RefusalReason.ENCRYPTED),
        (patched(ZIP, method=9), RefusalReason.WRONG_TYPE),
        (volume(), RefusalReason.WRONG_TYPE),
        (link(), RefusalReason.WRONG_TYPE),
        (zipped({"../a.xls": b"1"}), RefusalReason.WRONG_TYPE),
        (zipped({"/a.xls": b"1"}), RefusalReason.WRONG_TYPE),
        (zipped({"C:\\ho so\\a.xls": b"1"}), RefusalReason.WRONG_TYPE),
        (ZIP[:2_000], RefusalReason.DAMAGED),
        (ZIP[:1_000] + b"\0" * 100 + ZIP[1_100:], RefusalReason.DAMAGED),
        (zipped({}), RefusalReason.EMPTY_FILE),
        (zipped({f"{n}.xls": b"" for n in range(201)}), RefusalReason.TOO_LARGE),
        (zipped({"a.xls": bytes(3 * 2**20)}), RefusalReason.TOO_LARGE),
    ],
    ids=[
        "password", "aes", "deflate64", "volume", "link", "dots", "absolute", "drive", "cut", "overwritten", "empty",
        "entries", "ratio",
    ],
)  # fmt: skip
def test_a_zip_that_stays_closed_says_why(data: bytes, reason: RefusalReason) -> None:
    assert trouble("a.zip", data) == reason


def test_nothing_is_unpacked_that_would_be_over_the_sum() -> None:
    data = zipped({"a": os.urandom(600), "b": os.urandom(600)})
    refused = unzip(data, Budget(UnpackLimits(size=1_000)))
    assert isinstance(refused, Unreadable)
    assert refused.reason == RefusalReason.TOO_LARGE


def test_an_entry_that_lies_about_its_size_is_damaged() -> None:
    honest = zipped({"a.xls": b"a" * 5_000})
    assert trouble("a.zip", honest.replace((5_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))) == "damaged"


def test_an_archive_in_an_archive_is_opened_and_no_deeper() -> None:
    inner = zipped({"a.xls": b"1"})
    [file] = received(("ngoai.zip", zipped({"trong.zip": inner})))
    assert (file.name, file.inside) == ("a.xls", "ngoai.zip/trong.zip")
    [deep] = received(("1.zip", zipped({"2.zip": zipped({"3.zip": inner})})))
    assert (deep.name, deep.trouble and deep.trouble.reason) == ("3.zip", RefusalReason.TOO_LARGE)


def test_the_limits_are_those_of_the_whole_mail() -> None:
    many = zipped({f"{n}.xls": b"" for n in range(150)})
    files = received(("1.zip", many), ("2.zip", many))
    assert [file.trouble.reason for file in files if file.trouble] == [RefusalReason.TOO_LARGE]
    assert len(files) == 151


@needs_libarchive
def test_the_files_of_a_rar_take_its_place() -> None:
    [file] = received(("ho-so.rar", rar("Bieu I.1.xls", b"abc")))
    assert (file.name, file.data, file.inside) == ("Bieu I.1.xls", b"abc", "ho-so.rar")


@needs_libarchive
def test_the_files_of_a_7z_take_its_place() -> None:
    from libarchive import custom_writer

    out = io.BytesIO()
    with custom_writer(out.write, "7zip") as archive:
        archive.add_file_from_memory("Biểu I.1.xls", 3, [b"abc"])
    [file] = received(("ho-so.7z", out.getvalue()))
    assert (file.name, file.data, file.inside) == ("Biểu I.1.xls", b"abc", "ho-so.7z")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rar("a.xls", b"abc", flags=4), RefusalReason.ENCRYPTED),
        (rar("a.xls", b"abc", main=0x80), RefusalReason.ENCRYPTED),
        (rar("a.xls", b"abc", main=0x01), RefusalReason.WRONG_TYPE),
        (b"RE\x7e\x5e" + bytes(100), RefusalReason.WRONG_TYPE),
    ],
    ids=["password", "password on the list", "volume", "rar 1.4"],
)
def test_a_rar_that_stays_closed_says_why(data: bytes, reason: RefusalReason) -> None:
    assert trouble("a.rar", data) == reason


@needs_libarchive
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rar("a.xls", os.urandom(3_000))[:1_500], RefusalReason.DAMAGED),
        (rar("../a.xls", b"abc"), RefusalReason.WRONG_TYPE),
        (b"7z\xbc\xaf\x27\x1c" + os.urandom(300), RefusalReason.DAMAGED),
    ],
    ids=["cut", "dots", "7z"],
)
def test_a_packed_archive_is_held_to_the_same_limits(data: bytes, reason: RefusalReason) -> None:
    assert trouble("a.rar", data) == reason


@pytest.mark.parametrize("name", ["a.z01", "a.r00", "a.7z.002", "a.002", "a.part2.rar"])
def test_a_later_piece_of_a_split_archive_is_named(name: str) -> None:
    [file] = received((name, os.urandom(100)))
    assert file.trouble
    assert "chia nhỏ" in file.trouble.detail


def test_without_the_systems_library_a_zip_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "memory_reader", None)
    assert "rar" not in archive_support()
    [file] = received(("a.rar", rar("a.xls", b"abc")))
    assert file.trouble == Unreadable(RefusalReason.WRONG_TYPE, "tệp nén RAR (cần nén lại thành tệp .zip thông thường)")


def tarred(name: str, data: bytes, kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size, info.type, info.linkname = len(data), kind, "x"
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.tar", tarred("thu muc/a.xls", b"abc"), "a.xls"),
        ("a.tar.gz", gzip.compress(tarred("a.xls", b"abc")), "a.xls"),
        ("a.tar.bz2", bz2.compress(tarred("a.xls", b"abc")), "a.xls"),
        ("Biểu I.1.xls.gz", gzip.compress(b"abc"), "Biểu I.1.xls"),
    ],
    ids=["tar", "tar.gz", "tar.bz2", "gz"],  # what is compressed holds the time, which differs between processes
)
def test_tar_and_single_compressed_files_are_opened(name: str, data: bytes, expected: str) -> None:
    assert [(file.name, file.data) for file in received((name, data))] == [(expected, b"abc")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (tarred("a", b"", tarfile.SYMTYPE), RefusalReason.WRONG_TYPE),
        (tarred("../a", b"1"), RefusalReason.WRONG_TYPE),
        (tarred("a", b"1" * 2_000)[:1_500], RefusalReason.DAMAGED),
        (gzip.compress(bytes(200 * 2**20), 9), RefusalReason.TOO_LARGE),
        (gzip.compress(os.urandom(900))[:500], RefusalReason.DAMAGED),
    ],
    ids=["link", "dots", "cut", "bomb", "cut gz"],
)
def test_a_tar_that_stays_closed_says_why(data: bytes, reason: RefusalReason) -> None:
    assert trouble("a.tar.gz", data) == reason
