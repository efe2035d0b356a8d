"""The vault: what it names is complete, and never wrong bytes."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import stat
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from bot.adapters.durable import DiskBroken
from bot.adapters.vault import Vault, VaultDamaged, VaultMissing

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from tests.conftest import Disk

RAW = b"From: bql@nghean.example\r\n\r\nB\xc3\xa1o c\xc3\xa1o"
NAME = sha256(RAW).hexdigest()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Return an empty vault."""
    return Vault(tmp_path / "vault")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_bytes_come_back_under_their_hash(vault: Vault) -> None:
    assert vault.put(RAW) == NAME
    assert vault.get(NAME) == RAW
    assert NAME in vault


def test_a_file_lies_in_the_folder_of_its_first_two_digits(vault: Vault, tmp_path: Path) -> None:
    vault.put(RAW)

    assert vault.path(NAME) == tmp_path / "vault" / NAME[:2] / NAME[2:]
    assert _files(tmp_path) == [vault.path(NAME)]


def test_empty_bytes_are_kept_too(vault: Vault) -> None:
    assert vault.get(vault.put(b"")) == b""


def test_what_is_there_is_not_written_again(vault: Vault) -> None:
    vault.put(RAW)
    before = vault.path(NAME).stat()
    vault.put(RAW)

    assert vault.path(NAME).stat().st_mtime_ns == before.st_mtime_ns
    assert vault.path(NAME).stat().st_ino == before.st_ino


def test_what_is_not_there_is_missing(vault: Vault) -> None:
    assert NAME not in vault
    with pytest.raises(VaultMissing, match=NAME):
        vault.get(NAME)


@pytest.mark.parametrize("damage", [RAW[:-1], RAW[:-1] + b"?", b""])
def test_wrong_bytes_are_never_given(vault: Vault, damage: bytes) -> None:
    vault.put(RAW)
    vault.path(NAME).write_bytes(damage)

    with pytest.raises(VaultDamaged, match=NAME):
        vault.get(NAME)


def test_a_file_cut_by_a_broken_disk_is_written_anew(vault: Vault) -> None:
    vault.put(RAW)
    vault.path(NAME).write_bytes(RAW[:5])
    vault.put(RAW)

    assert vault.get(NAME) == RAW


@pytest.mark.parametrize("name", ["", "../../etc/passwd", NAME.upper(), NAME + "\n", NAME[:-1]])
def test_only_hashes_are_names(vault: Vault, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        vault.path(name)


def test_only_the_owner_can_read(vault: Vault, tmp_path: Path) -> None:
    vault.put(RAW)
    folders = (tmp_path / "vault", vault.path(NAME).parent)

    assert [stat.S_IMODE(path.stat().st_mode) for path in folders] == [0o700, 0o700]
    assert stat.S_IMODE(vault.path(NAME).stat().st_mode) == 0o600


def test_bytes_are_synced_before_their_name_and_the_name_after(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync = os.fsync

    def fsync(handle: int) -> None:
        named = "named" if vault.path(NAME).exists() else "unnamed"
        steps.append(f"{'folder' if stat.S_ISDIR(os.fstat(handle).st_mode) else 'file'}, {named}")
        sync(handle)

    vault.put(b"another, so that the folders of the vault are there")
    monkeypatch.setattr(os, "fsync", fsync)
    vault.put(RAW)

    assert [step for step in steps if step != "folder, unnamed"] == ["file, unnamed", "folder, named"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_what_finds_no_room_leaves_nothing_and_is_kept_at_the_next_try(
    vault: Vault, tmp_path: Path, disk: Disk, number: int
) -> None:
    disk.fail(number, folders=False)
    with pytest.raises(OSError, match=os.strerror(number)):
        vault.put(RAW)
    assert NAME not in vault
    assert _files(tmp_path) == []
    disk.mend()
    assert vault.put(RAW) == NAME
    assert vault.get(NAME) == RAW


@pytest.mark.parametrize("where", ["files", "folders"])
def test_a_disk_that_fails_once_is_trusted_no_more(vault: Vault, disk: Disk, where: str) -> None:
    vault.put(b"another, so that the folders of the vault are there")
    disk.fail(errno.EIO, files=where == "files", folders=where == "folders")
    with pytest.raises(DiskBroken, match="lỗi đọc ghi của ổ đĩa"):
        vault.put(RAW)
    # The kernel tells of a loss once; the next fsync says that all is well.
    disk.mend()
    with pytest.raises(DiskBroken):
        vault.put(b"something else")


def test_leftovers_of_interrupted_writes_are_swept_after_an_hour(vault: Vault, tmp_path: Path) -> None:
    vault.put(RAW)
    now = datetime(2012, 7, 12, 8, 0, tzinfo=UTC)
    for name, age in (("old", 61), ("young", 59)):
        leftover = tmp_path / "vault" / "tmp" / name
        leftover.write_bytes(b"half")
        then = (now - timedelta(minutes=age)).timestamp()
        os.utime(leftover, (then, then))

    assert vault.sweep_temp(now) == 1
    assert [path.name for path in _files(tmp_path / "vault" / "tmp")] == ["young"]
    assert vault.get(NAME) == RAW


def test_a_vault_never_used_has_nothing_to_sweep(vault: Vault) -> None:
    assert vault.sweep_temp(datetime(2012, 7, 12, tzinfo=UTC)) == 0


def _put_for_ever(root: Path, seed: int, told: Connection) -> None:
    vault = Vault(root)
    chance = random.Random(seed)
    told.send("")
    while True:
        told.send(vault.put(chance.randbytes(chance.randrange(200_000))))


def test_a_process_killed_while_it_writes_leaves_complete_files_only(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    chance = random.Random(20120712)
    told: set[str] = set()
    for seed in range(10):
        ours, theirs = context.Pipe(duplex=False)
        writer = context.Process(target=_put_for_ever, args=(tmp_path, seed, theirs), daemon=True)
        writer.start()
        theirs.close()
        ours.recv()
        time.sleep(chance.uniform(0, 0.06))
        writer.kill()
        writer.join()
        try:
            while True:
                told.add(ours.recv())
        except EOFError:
            ours.close()

    named = [path for path in _files(tmp_path) if path.parent.name != "tmp"]
    vault = Vault(tmp_path)
    assert all(sha256(path.read_bytes()).hexdigest() == path.parent.name + path.name for path in named)
    assert all(name in vault for name in told)
