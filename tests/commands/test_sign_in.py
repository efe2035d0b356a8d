"""`bot sign-in`: a person signs in once; what is in the way is one sentence; the end of it is announced."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.adapters.clock import SystemClock
from bot.cli import app
from bot.usage import WRONG_USE
from tests.provider import TokenServer, token_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result

USER = "baocao@bo.example"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    monkeypatch.setenv("APP_SECRET", "bí-mật")
    with token_server(monkeypatch) as server:
        server.more = {"refresh_token": "r-1", "scope": "x", "client_info": _base64({"uid": "u", "utid": "t"})}
        server.more["id_token"] = f"e30.{_base64({'aud': 'app-1', 'sub': 's', 'oid': 'u', 'exp': 9_999_999_999})}.x"
        yield server


def _base64(told: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def write_config(folder: Path, kind: str = "microsoft", more: str = "") -> Path:
    account = f'host = "127.0.0.1"\nport = 9\nsecurity = "none"\nuser = "{USER}"\nsign_in = "{kind}"\n'
    path = folder / "config.toml"
    path.write_text(
        f'[mailbox]\n{account}[smtp]\n{account}sender = "{USER}"\n'
        f'[oauth]\ntenant = "bo.example"\nclient_id = "app-1"\n{more}'
    )
    return path


def bot(path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(path), *words], prog_name="bot")


def test_a_person_signs_in_by_a_code_and_the_audit_trail_knows(tmp_path: Path, provider: TokenServer) -> None:
    path = write_config(tmp_path)
    result = bot(path, "sign-in")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "Mở https://ms.example/device và nhập mã ABCD-EFGH",
        "Đã đăng nhập; chạy bot doctor để kiểm tra hộp thư.",
    ]
    assert json.loads((tmp_path / "data" / "secrets" / "sign_in").read_text())["provider"] == "microsoft"
    assert "đăng nhập cho bot ở microsoft" in bot(path, "audit").stdout
    assert not any(token in result.output for token in (*provider.good, "r-1"))


def test_a_code_that_is_declined_is_told_and_nothing_is_kept(tmp_path: Path, provider: TokenServer) -> None:
    provider.script.append((400, {"error": "authorization_declined"}))
    result = bot(write_config(tmp_path), "sign-in")
    assert result.exit_code == WRONG_USE
    assert "Không đăng nhập được: người đăng nhập đã từ chối" in result.stderr
    assert not (tmp_path / "data" / "secrets" / "sign_in").exists()


def test_with_a_secret_of_its_own_the_bot_only_tries_whether_it_gets_a_token(
    tmp_path: Path, provider: TokenServer
) -> None:
    path = write_config(tmp_path, more='client_secret_env = "APP_SECRET"\n')
    result = bot(path, "sign-in")
    assert (result.exit_code, result.stdout) == (0, "Đã đăng nhập; chạy bot doctor để kiểm tra hộp thư.\n")
    provider.script.append((503, {}))
    away = bot(path, "sign-in")
    assert away.exit_code == WRONG_USE
    assert "đang gặp sự cố. Hãy thử lại sau." in away.stderr


def test_with_a_password_there_is_nothing_to_sign_in(tmp_path: Path) -> None:
    result = bot(write_config(tmp_path, "password"), "sign-in")
    assert result.exit_code == WRONG_USE
    assert "Cấu hình dùng mật khẩu" in result.stderr


@pytest.mark.parametrize(("days", "told"), [(29, True), (31, False)])
def test_status_announces_the_end_thirty_days_ahead(days: int, told: bool, tmp_path: Path) -> None:
    ends = SystemClock().now().date() + timedelta(days=days)
    result = bot(write_config(tmp_path, more=f"expires = {ends}\n"), "status")
    assert result.exit_code == 0, result.output
    assert (f"Quyền đăng nhập hộp thư hết hạn ngày {ends.day}/{ends.month}/{ends.year}" in result.stdout) == told


def test_the_daemon_does_not_begin_without_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APP_SECRET", raising=False)
    result = bot(write_config(tmp_path, more='client_secret_env = "APP_SECRET"\n'), "once")
    assert result.exit_code == WRONG_USE
    assert "oauth: biến môi trường APP_SECRET chưa được đặt" in result.stderr


def test_without_the_library_the_cure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "bot.adapters.providers", raising=False)
    monkeypatch.setitem(sys.modules, "msal", None)
    result = bot(write_config(tmp_path), "status")
    assert result.exit_code == WRONG_USE
    assert "thiếu gói Python msal. Cài thêm gói phụ: uv sync --extra oauth." in result.stderr
