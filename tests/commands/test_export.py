"""``bot export`` at the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import structlog
from typer.testing import CliRunner

from bot.check.load import load_rulebook
from bot.cli import app
from bot.model import Rulebook
from tests.check.small import files
from tests.fixtures.accepted import Store, rows_of
from tests.fixtures.office import write_config

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder in which Nghệ An has sent two rows."""
    for name, data in files().items():
        path = tmp_path / "rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    write_config(tmp_path, tmp_path / "rules")
    (tmp_path / "data").mkdir()
    rulebook = load_rulebook(files())
    assert isinstance(rulebook, Rulebook)
    form = rulebook.form("thu/A")
    store = Store(tmp_path / "data")
    store.send("40", form, rows_of(form, {"ten": "Một"}, {"ten": "Hai"}))
    store.ledger.close()
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    try:
        return CliRunner().invoke(app, ["--config", str(folder / "config.toml"), "export", *arguments])
    finally:
        structlog.reset_defaults()  # the log goes to the runner's standard error, which is closed by now


def test_the_table_is_written_whole_and_told(folder: Path) -> None:
    target = folder / "toan-quoc.parquet"
    result = run(folder, "A", "--to", str(target))
    assert result.exit_code == 0, result.output
    assert "2 dòng của 1 đơn vị; 1 đơn vị chưa có." in result.stdout
    assert pq.read_table(target)["ten"].to_pylist() == ["Một", "Hai"]
    assert [one.name for one in folder.iterdir() if "toan-quoc" in one.name] == ["toan-quoc.parquet"]


def test_a_file_that_is_there_is_replaced_only_by_force(folder: Path) -> None:
    target = folder / "toan-quoc.csv"
    target.write_text("của tôi")
    refused = run(folder, "A", "--to", str(target))
    assert (refused.exit_code, target.read_text()) == (3, "của tôi")
    assert "để ghi đè, thêm --force" in refused.stderr

    assert run(folder, "A", "--to", str(target), "--force").exit_code == 0
    assert "Một" in target.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("A", "--to", "x.pdf"), "phải có đuôi .xlsx, .csv, .parquet"),
        (("B", "--to", "x.xlsx"), "Không có biểu B"),
        (("A", "--to", "nowhere/x.xlsx"), "Không ghi được"),
        (("A", "--campaign", "khac", "--to", "x.xlsx"), "Không có biểu khac/A"),
        (("A", "--period", "2026-6T", "--to", "x.xlsx"), "Không có kỳ 2026-6T"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(folder)
    result = run(folder, *arguments)
    assert result.exit_code == 3
    assert said in result.stderr
