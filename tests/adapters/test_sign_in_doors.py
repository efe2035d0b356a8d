"""The inbox at a Dovecot that asks the provider about tokens, and the post at a server that speaks XOAUTH2."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.clock import SimulatedClock
from bot.adapters.delivery import Accepted, Deferred
from bot.adapters.imap import Inbox, LoginRefused, MailboxLost
from bot.adapters.sign_in import tokens_of, xoauth2
from bot.adapters.smtp import Postman
from bot.config import build_config
from tests.adapters.smtp_scripts import ScriptedServer, TokenScript
from tests.provider import TokenServer, token_server
from tests.servers import NOON, DovecotServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.adapters.sign_in import SignIn
    from bot.config import Config
    from tests.servers import Certificate

USER = "baocao@bo.example"
RAW = b"From: baocao@bo.example\r\nTo: so@nghean.example\r\nMessage-ID: <1@bo.example>\r\nSubject: x\r\n\r\nx\r\n"


@pytest.fixture(scope="module")
def provider() -> Iterator[TokenServer]:
    with pytest.MonkeyPatch.context() as patch, token_server(patch) as started:
        yield started


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch, provider: TokenServer) -> None:
    monkeypatch.setenv("APP_SECRET", "s")
    provider.script.clear()
    provider.asked.clear()
    provider.good.clear()
    provider.user = USER


@pytest.fixture(scope="module")
def dovecot(certificate: Certificate, provider: TokenServer) -> Iterator[DovecotServer]:
    server = DovecotServer(certificate, introspection=f"{provider.url}introspect")
    try:
        server.start()
        yield server
    finally:
        server.close()


def configured(folder: Path, imap: int = 9, smtp: int = 9) -> Config:
    account = {
        "host": "127.0.0.1", "security": "none", "user": USER, "sign_in": "microsoft", "timeout_seconds": 5,
    }  # fmt: skip
    values: dict[str, Any] = {
        "mailbox": {**account, "port": imap},
        "smtp": {**account, "port": smtp, "sender": USER},
        "oauth": {"tenant": "bo.example", "client_id": "app-1", "client_secret_env": "APP_SECRET"},
    }
    return build_config(values, folder / "config.toml")


def tokens(config: Config) -> SignIn:
    return tokens_of(config, SimulatedClock(NOON))


# -- the inbox ---------------------------------------------------------------------------------------------------


def test_the_inbox_opens_by_a_token(tmp_path: Path, dovecot: DovecotServer, provider: TokenServer) -> None:
    config = configured(tmp_path, dovecot.port)
    inbox = Inbox(config.mailbox, sign_in=tokens(config))
    inbox.connect()
    assert inbox.select().exists == 0
    inbox.close()
    assert len(provider.asked) == 1


def test_a_kept_token_that_the_server_refuses_is_renewed_once(
    tmp_path: Path, dovecot: DovecotServer, provider: TokenServer
) -> None:
    config = configured(tmp_path, dovecot.port)
    sign_in = tokens(config)
    sign_in.token(USER)
    provider.good.clear()  # revoked, though its hour is not over
    inbox = Inbox(config.mailbox, sign_in=sign_in)
    inbox.connect()
    inbox.close()
    assert len(provider.asked) == 2


def test_a_mailbox_that_takes_no_token_is_told_without_it(
    tmp_path: Path, dovecot: DovecotServer, provider: TokenServer
) -> None:
    provider.user = "nguoi-khac@bo.example"  # the token is good, but for another mailbox
    config = configured(tmp_path, dovecot.port)
    with pytest.raises(LoginRefused, match=f"không nhận token của {USER}: ") as refused:
        Inbox(config.mailbox, sign_in=tokens(config)).connect()
    assert len(provider.asked) == 2
    assert not any(token in str(refused.value) for token in provider.good)
    assert "status 4" in str(refused.value) or "AUTHENTICATIONFAILED" in str(refused.value)


def test_a_provider_that_refuses_is_a_refused_login_and_one_that_is_away_a_lost_mailbox(
    tmp_path: Path, provider: TokenServer
) -> None:
    config = configured(tmp_path)
    provider.script.append((400, {"error": "invalid_client", "error_description": "AADSTS7000222: x"}))
    with pytest.raises(LoginRefused, match="khóa bí mật của ứng dụng đã hết hạn"):
        Inbox(config.mailbox, sign_in=tokens(config)).connect()
    provider.script.append((503, {}))
    with pytest.raises(MailboxLost, match="đang gặp sự cố"):
        Inbox(config.mailbox, sign_in=tokens(config)).connect()


def test_without_anybody_to_give_tokens_no_door_opens(tmp_path: Path) -> None:
    config = configured(tmp_path)
    with pytest.raises(ValueError, match="nobody gives tokens"):
        Inbox(config.mailbox).connect()
    with pytest.raises(ValueError, match="nobody gives tokens"):
        Postman(config.smtp)


# -- the post ----------------------------------------------------------------------------------------------------


def deliver(config: Config) -> object:
    with Postman(config.smtp, tokens(config)) as postman:
        return postman.deliver(USER, ("so@nghean.example",), RAW)


def test_the_post_opens_by_a_token(tmp_path: Path, provider: TokenServer) -> None:
    script = TokenScript()
    with ScriptedServer(script, logins=True) as server:
        assert isinstance(deliver(configured(tmp_path, smtp=server.port)), Accepted)
    assert script.offered == [xoauth2(USER, next(iter(provider.good)))]


def test_a_token_that_the_post_refuses_is_renewed_once(tmp_path: Path, provider: TokenServer) -> None:
    script = TokenScript(refuse=1)
    with ScriptedServer(script, logins=True) as server:
        assert isinstance(deliver(configured(tmp_path, smtp=server.port)), Accepted)
    assert script.offered == [xoauth2(USER, one) for one in provider.good]
    assert len(provider.asked) == 2


def test_a_post_that_takes_no_token_is_told_without_it(tmp_path: Path, provider: TokenServer) -> None:
    script = TokenScript(refuse=9)
    with ScriptedServer(script, logins=True) as server:
        result = deliver(configured(tmp_path, smtp=server.port))
    assert isinstance(result, Deferred)
    assert (result.code, result.login, result.tried) == (535, True, False)
    assert f"từ chối đăng nhập của {USER}: " in str(result)
    assert "status 401" in str(result)
    assert not any(token in str(result) for token in provider.good)
    assert not any(base64.b64encode(xoauth2(USER, one).encode()).decode() in str(result) for one in provider.good)


@pytest.mark.parametrize(
    ("status", "told", "login"),
    [(503, {}, False), (400, {"error": "invalid_grant", "error_description": "AADSTS65001: x"}, True)],
)
def test_why_the_provider_gives_no_token_is_told(
    status: int, told: dict[str, str], login: bool, tmp_path: Path, provider: TokenServer
) -> None:
    provider.script.append((status, told))
    with ScriptedServer(TokenScript(), logins=True) as server:
        result = deliver(configured(tmp_path, smtp=server.port))
    assert isinstance(result, Deferred)
    assert (result.login, result.tried, result.whole_server) == (login, False, True)
    assert ("chưa được cho phép" if login else "đang gặp sự cố") in str(result)
