"""The empty folder in which children work."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot.adapters.cell import Cell

_HOLDER = """
from bot.adapters.cell import Cell
cell = Cell()
print(cell.path, flush=True)
input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def hold() -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen((sys.executable, "-c", _HOLDER), stdin=-1, stdout=-1, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_cell_is_private_and_gone_when_it_is_closed(temporary: Path) -> None:
    cell = Cell()
    assert cell.path.parent == temporary
    assert cell.path.stat().st_mode & 0o077 == 0
    cell.close()
    cell.close()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_is_held_stays(temporary: Path) -> None:
    killed, left = hold()
    end(killed)
    alive, held = hold()
    try:
        assert not left.exists()
        cell = Cell()
        assert set(temporary.iterdir()) == {held, cell.path}
        cell.close()
    finally:
        end(alive)


def test_a_folder_that_holds_something_is_left_alone(temporary: Path) -> None:
    (temporary / "baocao-cua-ai").mkdir()
    (temporary / "baocao-cua-ai" / "thu.txt").write_text("x", "utf-8")
    (temporary / "baocao-tep").write_text("x", "utf-8")
    Cell().close()
    assert {one.name for one in temporary.iterdir()} == {"baocao-cua-ai", "baocao-tep"}
