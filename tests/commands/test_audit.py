"""``bot audit`` at the command line."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from typer.testing import CliRunner

from bot.adapters.ledger import Ledger
from bot.cli import app
from bot.commands.audit import DEEDS
from bot.config import load_config
from bot.language import VIETNAM
from bot.model import AuditEntry, Deed
from tests.fixtures.office import write_config

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

AT = datetime(2012, 7, 12, 8, 30, tzinfo=VIETNAM)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_config(tmp_path_factory.mktemp("office"))
    ledger = Ledger(load_config(path).store.ledger_url)
    ledger.migrate()
    ledger.note_deed(AuditEntry("lan", AT, Deed.ACCEPT, "12-40-0057/III.4/2", "=HYPERLINK đã gọi điện [xong]"))
    ledger.note_deed(AuditEntry("minh", AT + timedelta(days=2), Deed.EXTEND, "2012-kkt-kcn/I.1/48", "Chờ số liệu"))
    ledger.close()
    return path


def run(config: Path, *arguments: str) -> Result:
    try:
        return CliRunner().invoke(app, ["--config", str(config), "audit", *arguments])
    finally:
        structlog.reset_defaults()


def test_the_trail_is_told_in_sentences(config: Path) -> None:
    told = run(config)
    assert told.exit_code == 0, told.output
    assert told.stdout == (
        "08:30 ngày 12/7/2012, lan: chấp nhận lần nộp 12-40-0057/III.4/2\n  =HYPERLINK đã gọi điện [xong]\n"
        "08:30 ngày 14/7/2012, minh: gia hạn 2012-kkt-kcn/I.1/48\n  Chờ số liệu\n"
    )


@pytest.mark.parametrize(
    "arguments", [("I.1",), ("--who", "minh"), ("--deed", "extend"), ("--since", "2012-07-13"), ("2012-kkt-kcn",)]
)
def test_the_trail_is_filtered(config: Path, arguments: tuple[str, ...]) -> None:
    assert [json.loads(line)["nguoi"] for line in run(config, *arguments, "--json").stdout.splitlines()] == ["minh"]


def test_a_table_for_excel_holds_no_formula(config: Path) -> None:
    title, first, _ = run(config, "--csv").stdout.splitlines()
    assert title == "luc,nguoi,viec,doi_tuong,ghi_chu"
    assert first == "2012-07-12T08:30:00+07:00,lan,accept,12-40-0057/III.4/2,'=HYPERLINK đã gọi điện [xong]"


def test_nothing_found_is_said(config: Path) -> None:
    assert run(config, "12-40-9999").stdout == "Chưa có việc nào được ghi.\n"


def test_every_deed_has_words() -> None:
    assert set(DEEDS) == set(Deed)
