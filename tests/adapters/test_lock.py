"""One daemon for each data folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.adapters.lock import AlreadyRunning, FolderLock

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import sys
from pathlib import Path
from bot.adapters.lock import FolderLock
with FolderLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_lock_makes_a_private_folder_and_names_its_holder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "du-lieu"
    with FolderLock(folder):
        assert folder.stat().st_mode & 0o077 == 0
        assert (folder / "bot.lock").stat().st_mode & 0o077 == 0
        with pytest.raises(AlreadyRunning, match=f"tiến trình {os.getpid()} đang dùng thư mục"), FolderLock(folder):
            pytest.fail("two held the lock")


def test_the_lock_can_be_taken_again_once_it_is_free(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    for _ in range(2):
        with lock:
            pass


def test_two_folders_do_not_know_each_other(tmp_path: Path) -> None:
    with FolderLock(tmp_path / "a"), FolderLock(tmp_path / "b"):
        pass


def test_a_long_number_of_an_earlier_holder_leaves_no_digits_behind(tmp_path: Path) -> None:
    (tmp_path / "bot.lock").write_text("99999999999")
    with FolderLock(tmp_path):
        assert (tmp_path / "bot.lock").read_text() == str(os.getpid())


def test_the_system_frees_the_lock_of_a_holder_that_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning, match=str(holder.pid)), FolderLock(tmp_path):
            pytest.fail("two held the lock")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with FolderLock(tmp_path):
        pass
