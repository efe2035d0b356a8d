"""Every real mail and every real archive of the corpora: no exception, no hang, and no machine taken for a person."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from bot.message import archive_support
from bot.model import RefusalReason
from tests.message.letters import parse, received

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
SLOWEST = 5.0
"""Seconds of a mail's parsing; a hang, not a pace."""
MACHINES = ("sisimai", "flufl-bounce")
"""Sources of which every mail was written by a machine, but for those in a folder *not*."""

pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora beside the project are absent")


def manifest(folder: str) -> list[dict[str, str]]:
    with (CORPORA / "MANIFEST.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["file"].startswith(f"{folder}/")]


def test_every_mail_is_read_and_every_machine_known() -> None:
    slow, missed, wronged = [], [], []
    for row in manifest("mail"):
        path = CORPORA / row["file"]
        begun = time.perf_counter()
        message = parse(path.read_bytes())
        if time.perf_counter() - begun > SLOWEST:
            slow.append(row["file"])
        is_machine = row["source"] in MACHINES and "/not" not in row["file"]
        if (is_machine or "automatic/" in row["expected"]) and not message.heading.automatic and message.heading.sender:
            missed.append(row["file"])
        if row["source"] not in MACHINES and "acknowledge" in row["expected"] and message.heading.automatic:
            wronged.append(row["file"])
    assert (slow, missed, wronged) == ([], [], [])


@pytest.mark.parametrize("folder", ["archive", "mail/poi-hmef"])
def test_every_container_in_a_mail_is_opened_or_named(folder: str) -> None:
    for row in manifest(folder):
        name = Path(row["file"]).name
        begun = time.perf_counter()
        files = received((name, (CORPORA / row["file"]).read_bytes()))
        assert time.perf_counter() - begun < SLOWEST, name
        assert all(file.inside or file.name == name or "winmail" in name for file in files), name


@pytest.mark.skipif("rar" not in archive_support(), reason="the system has no libarchive")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("rar3-comment-hpsw.rar", RefusalReason.ENCRYPTED),
        ("rar3-comment-psw.rar", RefusalReason.ENCRYPTED),
        ("rar202-comment-psw.rar", RefusalReason.ENCRYPTED),
        ("rar5-vols.part1.rar", RefusalReason.WRONG_TYPE),
        ("rar5-vols.part3.rar", RefusalReason.WRONG_TYPE),
        ("rar5-symlink-unix.rar", RefusalReason.WRONG_TYPE),
        ("rar3-solid.rar", RefusalReason.WRONG_TYPE),
        ("rar5-dups.rar", RefusalReason.WRONG_TYPE),
        ("rar5-crc.rar", None),
        ("rar3-subdirs.rar", None),
        ("unicode2.rar", None),
    ],
)
def test_real_rar_files_have_their_true_cause(name: str, reason: RefusalReason | None) -> None:
    files = received((name, (CORPORA / "archive" / "rarfile" / name).read_bytes()))
    assert {file.trouble.reason if file.trouble else None for file in files} == {reason}


def test_a_real_winmail_gives_both_of_its_files() -> None:
    path = CORPORA / "mail" / "poi-hmef" / "hmef" / "bug52400-winmail-with-attachments.dat"
    files = received(("winmail.dat", path.read_bytes()))
    assert [Path(file.name).suffix for file in files] == [".pdf", ".png"]
    assert files[0].data.startswith(b"%PDF")


def test_a_real_saved_outlook_mail_gives_its_file() -> None:
    path = CORPORA / "mail" / "poi-hmef" / "hsmf" / "example_sent_unicode.msg"
    [file] = received(("thu.msg", path.read_bytes()))
    assert (file.name, file.inside, len(file.data)) == ("alfresco.gif", "thu.msg", 16174)
