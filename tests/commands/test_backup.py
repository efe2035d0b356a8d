"""``bot backup`` and ``bot verify``: a whole copy while work goes on, and every kind of damage told."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from typer.testing import CliRunner

from bot.adapters.ledger import Ledger
from bot.adapters.own_secret import own_secret
from bot.adapters.private import close_to_others
from bot.adapters.vault import Vault
from bot.cli import app
from bot.runners.verify import verify, verify_folder
from tests.check.small import files
from tests.fixtures.office import Office, mail_with, office_at, sheet_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typer.testing import Result

HEADERS = ("TT", "Tên khu", "Nhóm", "Diện tích", "Đã cho thuê", "Số người", "Năm", "Ngày")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    for name, data in files().items():
        path = folder / "rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with office_at(folder, folder / "rules") as opened:
        send(opened, 5)
        own_secret(opened.config.store.folder, "header")
        close_to_others(opened.config.store.folder)
        yield opened


def send(office: Office, leased: float) -> None:
    file = sheet_with(HEADERS, (1, "Khu Một", "", 12.5, leased, 30, 2005, "15/7/2005"))
    office.settle(mail_with(file, office.taken + 1))


def run(folder: Path, *arguments: str) -> Result:
    try:
        return CliRunner().invoke(app, ["--config", str(folder / "config.toml"), *arguments])
    finally:
        structlog.reset_defaults()


def home(office: Office) -> Path:
    return office.config.store.folder.parent


def kept(folder: Path) -> set[str]:
    return {one.parent.name + one.name for one in folder.glob("vault/[0-9a-f][0-9a-f]/*")}


def test_a_backup_is_whole_and_the_next_one_brings_what_is_new(office: Office, tmp_path: Path) -> None:
    to = tmp_path / "sao-luu"
    first = run(home(office), "backup", str(to))
    assert first.exit_code == 0, first.output
    before = kept(to)
    assert before >= set(office.desk.ledger.kept_files())
    assert {one.stat().st_mode & 0o077 for one in [to, *to.rglob("*")]} == {0}
    assert (to / "secrets" / "header").read_bytes() == own_secret(office.config.store.folder, "header")

    send(office, 6)
    again = run(home(office), "backup", str(to))
    assert f", {len(kept(to) - before)} tệp mới." in again.stdout
    assert kept(to) > before
    (ledger,) = to.glob("ledger-*")
    assert json.loads((to / "manifest.json").read_text())["ledger"] == ledger.name
    with closing(Ledger(f"sqlite:///{ledger}")) as copy:
        assert set(copy.kept_files()) == set(office.desk.ledger.kept_files()) == kept(to)
        assert copy.find_damage() == ()


@pytest.mark.parametrize(
    ("place", "said"), [("data/sao-luu", "nằm trong chính thư mục dữ liệu"), (".", "có những thứ khác")]
)
def test_a_wrong_place_is_refused(office: Office, place: str, said: str) -> None:
    result = run(home(office), "backup", str(home(office) / place))
    assert result.exit_code == 3
    assert said in result.stderr


@pytest.mark.parametrize("arguments", [(), ("--sample", "3")])
def test_what_is_sound_is_called_so(office: Office, arguments: tuple[str, ...]) -> None:
    result = run(home(office), "verify", *arguments)
    assert result.exit_code == 0, result.output
    assert [line[0] for line in result.stdout.splitlines()] == ["✓"] * 10


def _lose_a_table(_: sqlite3.Connection, vault: Vault, table: str) -> None:
    vault.path(table).unlink()


def _bend_a_mail(ledger: sqlite3.Connection, vault: Vault, _: str) -> None:
    (raw,) = ledger.execute("SELECT sha256 FROM message").fetchone()
    vault.path(raw).write_bytes(b"x")


def _rewrite_a_state(ledger: sqlite3.Connection, *_: object) -> None:
    ledger.execute("UPDATE message SET outcome = ''")


def _add_a_row(ledger: sqlite3.Connection, *_: object) -> None:
    ledger.execute("UPDATE part SET rows = rows + 1")


def _forge_a_deed(ledger: sqlite3.Connection, *_: object) -> None:
    ledger.execute("INSERT INTO audit VALUES (1, '2012-07-01 00:00:00', 'lan', 'accept', 's', 'n', '', 'no link')")


def _lose_a_message(ledger: sqlite3.Connection, *_: object) -> None:
    ledger.execute("PRAGMA foreign_keys = OFF")
    ledger.execute("DELETE FROM message WHERE id = 1")


@pytest.mark.parametrize(
    ("harm", "point", "said"),
    [
        (_lose_a_table, "Kho lưu trữ", "mất tệp: "),
        (_bend_a_mail, "Nội dung tệp", "bị hỏng: "),
        (_rewrite_a_state, "Thư", "trạng thái mâu thuẫn ở thư số: 1"),
        (_add_a_row, "Số liệu", "khác với các lần nộp ở: "),
        (_forge_a_deed, "Nhật ký", "dòng thứ 1 đã bị sửa"),
        (_lose_a_message, "Cơ sở dữ liệu", "bị hỏng: "),
    ],
)
def test_every_kind_of_damage_is_told_with_its_cure(
    office: Office, tmp_path: Path, harm: Callable[[sqlite3.Connection, Vault, str], None], point: str, said: str
) -> None:
    office.desk.ledger.copy_to(tmp_path / "ledger.db")
    shutil.copytree(office.config.store.folder / "vault", tmp_path / "data" / "vault")
    (tmp_path / "ledger.db").rename(tmp_path / "data" / "ledger.db")
    with closing(sqlite3.connect(tmp_path / "data" / "ledger.db")) as opened:
        (table,) = opened.execute("SELECT table_sha256 FROM part WHERE table_sha256 <> ''").fetchone()
        harm(opened, Vault(tmp_path / "data" / "vault"), table)
        opened.commit()

    with closing(Ledger(f"sqlite:///{tmp_path / 'data' / 'ledger.db'}")) as ledger:
        found = list(verify(ledger, Vault(tmp_path / "data" / "vault"), 1, lambda *_: None))
    assert [one.said.startswith(said) and bool(one.cure) for one in found if one.point == point] == [True]
    assert [one for one in found if one.point == point and one.well] == []


def test_damage_is_told_at_the_command_line_by_its_exit_code(office: Office) -> None:
    table, *_ = {facts[-2] for facts in office.desk.ledger.accepted_parts() if facts[-2]}
    path = office.desk.vault.path(table)
    kept_bytes = path.read_bytes()
    path.unlink()
    try:
        result = run(home(office), "verify")
        assert result.exit_code == 1, result.output
        assert f"✗ Kho lưu trữ: mất tệp: {table}\n    → Khôi phục từ bản sao lưu" in result.stdout
        told = run(home(office), "backup", str(home(office).parent / "khac"))
        assert told.exit_code == 1
        assert "1 tệp bị mất hoặc hỏng" in told.stderr
    finally:
        path.write_bytes(kept_bytes)


def test_what_nobody_names_is_remarked_and_does_no_harm(office: Office, tmp_path: Path) -> None:
    stray = office.desk.vault.put(b"nobody names it")
    try:
        result = run(home(office), "verify")
        assert result.exit_code == 0, result.output
        assert "✓ Tệp thừa: 1 tệp không sổ nào nhắc tới" in result.stdout
    finally:
        office.desk.vault.path(stray).unlink()


def test_who_may_read_what_is_broken_and_what_was_left_is_told_about_the_folder(tmp_path: Path) -> None:
    vault, now = Vault(tmp_path / "vault"), datetime.now(UTC)
    vault.put(b"x")
    own_secret(tmp_path, "header")
    tmp_path.chmod(0o700)

    def ill() -> dict[str, str]:
        return {one.point: one.said for one in verify_folder(tmp_path, None, vault, now) if not one.well}

    assert ill() == {}
    left = tmp_path / "vault" / "tmp" / "moi"
    left.write_bytes(b"half")
    assert ill() == {}
    os.utime(left, times=(0, (now - timedelta(minutes=61)).timestamp()))
    (tmp_path / "secrets" / "header").chmod(0o640)
    (tmp_path / "secrets" / "header").write_bytes(b"short")
    assert ill() == {
        "Quyền truy cập": "người khác đọc được: secrets/header",
        "Khóa riêng": "đã hỏng: secrets/header",
        "Tệp tạm": "còn dở dang quá một giờ: moi",
    }


def test_a_restore_overwrites_nothing_and_keeps_what_was_there(office: Office, tmp_path: Path) -> None:
    run(home(office), "backup", str(tmp_path / "sao-luu"))
    for name in ("config.toml", "danh-ba.csv"):
        (tmp_path / name).write_bytes((home(office) / name).read_bytes())

    first = run(tmp_path, "restore", str(tmp_path / "sao-luu"))
    assert first.exit_code == 0, first.output
    assert kept(tmp_path / "data") == kept(tmp_path / "sao-luu")
    assert run(tmp_path, "verify").exit_code == 0
    assert "khôi phục từ bản sao lưu ledger-" in run(tmp_path, "audit").stdout

    again = run(tmp_path, "restore", str(tmp_path / "sao-luu"))
    assert again.exit_code == 3
    assert "đã có sổ ghi" in again.stderr
    assert run(tmp_path, "restore", str(tmp_path / "sao-luu"), "--yes").exit_code == 0
    (aside,) = tmp_path.glob("data.truoc-khoi-phuc-*")
    assert (aside / "ledger.db").is_file()


@pytest.mark.parametrize(
    ("lose", "said"), [("manifest.json", "không phải bản sao lưu"), ("ledger-*", "bị mất hoặc bị")]
)
def test_half_a_backup_is_refused_before_anything_is_touched(
    office: Office, tmp_path: Path, lose: str, said: str
) -> None:
    run(home(office), "backup", str(tmp_path))
    next(tmp_path.glob(lose)).unlink()
    result = run(home(office), "restore", str(tmp_path), "--yes")
    assert result.exit_code == 3
    assert said in result.stderr
    assert office.config.store.folder.is_dir()
