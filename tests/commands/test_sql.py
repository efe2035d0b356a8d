"""``bot sql`` at the command line."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which Nghệ An has sent two rows."""
    folder = tmp_path_factory.mktemp("sql")
    for name, data in files().items():
        path = folder / "rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    write_config(folder, folder / "rules")
    (folder / "data").mkdir()
    rulebook = load_rulebook(files())
    assert isinstance(rulebook, Rulebook)
    form = rulebook.form("thu/A")
    store = Store(folder / "data")
    store.send("40", form, rows_of(form, {"ten": "=1+1", "dien_tich": Decimal("12.5")}, {"ten": "Hai", "so_nguoi": 7}))
    store.ledger.close()
    return folder


def ask(folder: Path, *arguments: str) -> Result:
    try:
        return CliRunner().invoke(app, ["--config", str(folder / "config.toml"), "sql", *arguments])
    finally:
        structlog.reset_defaults()  # the log goes to the runner's standard error, which is closed by now


def test_a_form_is_a_table_with_where_each_row_came_from(folder: Path) -> None:
    result = ask(folder, "SELECT dot, don_vi, ten, dien_tich, dong FROM a ORDER BY dong", "--json")
    assert result.exit_code == 0, result.output
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"dot": "thu", "don_vi": "Nghệ An", "ten": "=1+1", "dien_tich": 12.5, "dong": 9},
        {"dot": "thu", "don_vi": "Nghệ An", "ten": "Hai", "dien_tich": None, "dong": 10},
    ]


def test_the_full_id_the_registers_and_the_standing_are_tables_too(folder: Path) -> None:
    sql = """SELECT s.ma_don_vi, s.tinh_hinh, d.name, count(t.ten) AS dong FROM tinh_hinh s
        JOIN don_vi d ON d.code = s.ma_don_vi LEFT JOIN "thu/A" t ON t.ma_don_vi = s.ma_don_vi
        GROUP BY ALL ORDER BY 1"""
    assert ask(folder, sql, "--csv").stdout.splitlines() == [
        "ma_don_vi,tinh_hinh,name,dong",
        "01,nothing,Hà Nội,0",
        "40,accepted,Nghệ An,2",
    ]


def test_a_text_that_looks_like_a_formula_is_guarded_in_csv(folder: Path) -> None:
    assert ask(folder, "SELECT ten, -1 AS so FROM a WHERE dong = 9", "--csv").stdout.splitlines()[1] == "'=1+1,-1"


def test_a_table_is_printed_for_people(folder: Path) -> None:
    shown = ask(folder, "SELECT ten, dien_tich FROM a WHERE dien_tich > 1").stdout
    assert "12,5" in shown
    assert "1 dòng." in shown


def test_the_tables_tell_their_names(folder: Path) -> None:
    shown = ask(folder, "SHOW TABLES", "--csv").stdout.split()
    assert {"a", "thu/A", "tinh_hinh", "don_vi"} <= set(shown)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE a",
        "SELECT 1; SELECT 2",
        "COPY a TO 'x.csv'",
        "ATTACH 'x.db'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT content FROM read_text('/etc/hostname')",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT nope FROM a",
        "SELEC 1",
    ],
)
def test_nothing_but_one_select_over_these_tables(folder: Path, sql: str) -> None:
    result = ask(folder, sql)
    assert result.exit_code == 3
    assert "Câu hỏi chưa dùng được" in result.stderr
