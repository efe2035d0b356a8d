"""``bot explain`` at the command line: where a verdict came from, made again by the rules of then and of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from typer.testing import CliRunner

from bot.adapters.code import code_version
from bot.adapters.content import read_rules
from bot.check.load import hash_of
from bot.cli import app
from bot.runners.editions import keep_edition
from tests.check.small import FORM, files
from tests.fixtures.office import ARRIVED, mail_with, office_at, sheet_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fixtures.office import Office

HEADERS = ("TT", "Tên khu", "Nhóm", "Diện tích", "Đã cho thuê", "Số người", "Năm", "Ngày")
OVER = sheet_with(HEADERS, (1, "Khu Hai", "", 12.5, 13, 30, 2005, "15/7/2005"))


def write_rules(folder: Path, form: str) -> None:
    for name, data in files(form).items():
        path = folder / "rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office that has returned a workbook and kept the rules by which it did."""
    folder = tmp_path_factory.mktemp("office")
    write_rules(folder, FORM)
    with office_at(folder, folder / "rules") as opened:
        rules = read_rules(folder / "rules")
        keep_edition(opened.desk.ledger, opened.desk.vault, rules, hash_of(rules), ARRIVED)
        assert opened.settle(mail_with(OVER, 1)).outcome == "returned"
        yield opened


def explain(office: Office, receipt: str = "12-40-0001") -> str:
    config = office.config.store.folder.parent / "config.toml"
    try:
        result = CliRunner().invoke(app, ["--config", str(config), "explain", receipt])
    finally:
        structlog.reset_defaults()  # the log goes to the runner's standard error, which is closed by now
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_verdict_names_its_bytes_rules_and_program_and_is_made_again(office: Office) -> None:
    write_rules(office.config.store.folder.parent, FORM)
    shown = office.desk.ledger.show("12-40-0001")
    assert shown is not None
    said = explain(office)
    assert f"Thư gốc: SHA-256 {shown.sha256}" in said
    assert f"SHA-256 {shown.parts[0].content}" in said
    assert f"Quy tắc: {shown.rules}" in said
    assert f"Chương trình: {code_version()} (như hiện nay)" in said
    assert "Làm lại bằng quy tắc khi đó: cùng kết luận, cùng các phát hiện." in said
    assert "Quy tắc hiện nay là quy tắc khi đó." in said


def test_edited_rules_are_told_apart_from_those_of_then(office: Office) -> None:
    write_rules(office.config.store.folder.parent, FORM.replace('status   = "active"', 'status   = "trial"'))
    said = explain(office)
    assert "Làm lại bằng quy tắc khi đó: cùng kết luận, cùng các phát hiện." in said
    assert "kết luận khác." in said
    assert "cần chỉnh sửa → đạt yêu cầu" in said
    assert "± cho_thue_vuot (lỗi → lỗi, đang thử)" in said


def test_a_daemon_keeps_the_rules_by_which_it_decides(office: Office, tmp_path: Path) -> None:
    ledger, vault = office.desk.ledger, office.desk.vault
    edited = files(FORM.replace("Biểu A", "Biểu A mới"))
    keep_edition(ledger, vault, edited, hash_of(files(FORM)), ARRIVED)  # not the files that were loaded
    assert ledger.edition(hash_of(edited)) == ""
    keep_edition(ledger, vault, edited, hash_of(edited), ARRIVED)
    assert ledger.edition(hash_of(edited)) in vault
