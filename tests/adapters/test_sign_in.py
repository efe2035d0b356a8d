"""Tokens instead of passwords: asked for, kept to ourselves, renewed in time, and refusals told with their cure."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.adapters.clock import SimulatedClock
from bot.adapters.providers import Microsoft, tell_refusal
from bot.adapters.sign_in import SignInAway, SignInRefused, hide_token, status_of, tokens_of, xoauth2
from bot.config import build_config
from tests.provider import TokenServer, token_server
from tests.servers import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.adapters.sign_in import SignIn
    from bot.config import Config

USER = "baocao@bo.example"
SECRET = "bí-mật-của-ứng-dụng-7719"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    monkeypatch.setenv("APP_SECRET", SECRET)
    with token_server(monkeypatch) as started:
        yield started


def configured(folder: Path, kind: str, **oauth: Any) -> Config:
    account = {"host": "127.0.0.1", "port": 9, "security": "none", "user": USER, "sign_in": kind}
    values = {"mailbox": account, "smtp": {**account, "sender": USER}, "oauth": oauth}
    return build_config(values, folder / "config.toml")


def as_app(folder: Path, **more: Any) -> Config:
    return configured(
        folder, "microsoft", tenant="bo.example", client_id="app-1", client_secret_env="APP_SECRET", **more
    )


def as_person(folder: Path) -> Config:
    return configured(folder, "microsoft", tenant="bo.example", client_id="app-1")


def by_key(folder: Path, info: dict[str, Any] | str) -> Config:
    (folder / "khoa.json").write_text(info if isinstance(info, str) else json.dumps(info))
    (folder / "khoa.json").chmod(0o600)
    return configured(folder, "google", key_file="khoa.json")


def authorized_user() -> dict[str, Any]:
    return {"type": "authorized_user", "client_id": "c-1", "client_secret": "s-1", "refresh_token": "r-1"}


def service_account() -> dict[str, Any]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place = "https://oauth2.googleapis.com/token"
    mail = "bot@du-an.iam.example"
    return {"type": "service_account", "client_email": mail, "private_key": key.decode(), "token_uri": place}


def keeper(config: Config, clock: SimulatedClock | None = None) -> SignIn:
    return tokens_of(config, clock or SimulatedClock(NOON))


def signed_in(config: Config, clock: SimulatedClock | None = None) -> SignIn:
    """Return the tokens after a person has signed in by a code."""
    from bot.adapters import providers

    tokens = keeper(config, clock)
    tokens.keep(USER, Microsoft(config.oauth, providers.Web()).sign_in(lambda *_: None))
    return tokens


# -- asked for and kept ------------------------------------------------------------------------------------------


def test_an_application_asks_once_and_keeps_its_token_to_itself(tmp_path: Path, server: TokenServer) -> None:
    config = as_app(tmp_path)
    token = keeper(config).token(USER)
    assert keeper(config).token(USER) == token  # as another process of ours finds it
    (asked,) = server.asked
    assert (asked["grant_type"], asked["client_secret"]) == ("client_credentials", SECRET)
    assert asked["scope"] == "https://outlook.office365.com/.default"
    kept = config.store.folder / "secrets" / "sign_in"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert SECRET not in kept.read_text()


def test_a_token_is_renewed_before_its_end_and_when_it_was_refused(tmp_path: Path, server: TokenServer) -> None:
    clock = SimulatedClock(NOON)
    tokens = keeper(as_app(tmp_path), clock)
    first = tokens.token(USER)
    clock.move_to(NOON + timedelta(minutes=54))
    assert tokens.token(USER) == first
    clock.move_to(NOON + timedelta(minutes=56))
    second = tokens.token(USER)
    third = tokens.token(USER, renew=True)
    assert len({first, second, third}) == len(server.asked) == 3


def test_a_refresh_token_of_google_is_used(tmp_path: Path, server: TokenServer) -> None:
    config = by_key(tmp_path, authorized_user())
    assert keeper(config).token(USER) in server.good
    (asked,) = server.asked
    assert (asked["grant_type"], asked["refresh_token"], asked["client_id"]) == ("refresh_token", "r-1", "c-1")


def test_a_service_account_speaks_for_the_mailbox(tmp_path: Path, server: TokenServer) -> None:
    assert keeper(by_key(tmp_path, service_account())).token(USER) in server.good
    claims = server.asked[0]["assertion"].split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (told["sub"], told["scope"]) == (USER, "https://mail.google.com/")


def test_a_person_signs_in_by_a_code_and_never_again(tmp_path: Path, server: TokenServer) -> None:
    from bot.adapters import providers

    config, clock, shown = as_person(tmp_path), SimulatedClock(NOON), list[tuple[str, str]]()
    with pytest.raises(SignInRefused, match="chưa có ai đăng nhập cho bot") as refused:
        keeper(config).token(USER)
    assert "bot sign-in" in refused.value.cure
    server.script.append((400, {"error": "authorization_pending"}))
    server.more = {"refresh_token": "r-7", "id_token": _id_token(), "client_info": _client_info(), "scope": "x"}
    tokens = keeper(config, clock)
    tokens.keep(USER, Microsoft(config.oauth, providers.Web()).sign_in(lambda *told: shown.append(told)))
    assert shown == [("https://ms.example/device", "ABCD-EFGH")]
    first = tokens.token(USER)
    clock.move_to(NOON + timedelta(days=40))
    assert keeper(config, clock).token(USER) not in ("", first)
    assert (server.asked[-1]["grant_type"], server.asked[-1]["refresh_token"]) == ("refresh_token", "r-7")
    assert "IMAP.AccessAsUser.All" in server.asked[-1]["scope"]


def _id_token() -> str:
    claims = {"aud": "app-1", "iss": "https://login.microsoftonline.com/bo.example/v2.0", "sub": "1", "oid": "u-1",
              "tid": "bo.example", "preferred_username": USER, "exp": 9_999_999_999, "iat": 1}  # fmt: skip
    return f"e30.{_base64(claims)}.x"


def _client_info() -> str:
    return _base64({"uid": "u-1", "utid": "bo.example"})


def _base64(told: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def test_what_is_kept_for_another_provider_or_is_damaged_is_asked_for_again(
    tmp_path: Path, server: TokenServer
) -> None:
    kept = tmp_path / "data" / "secrets" / "sign_in"
    keeper(as_app(tmp_path)).token(USER)
    assert keeper(by_key(tmp_path, authorized_user())).token(USER) in server.good
    for content in ("cut off {", "[]", '{"provider": "google", "tokens": {"baocao@bo.example": 7}}'):
        kept.write_text(content)
        keeper(by_key(tmp_path, authorized_user())).token(USER)
    assert len(server.asked) == 5


# -- when it ends ------------------------------------------------------------------------------------------------


def test_the_earlier_of_what_operator_and_provider_say_is_the_end(tmp_path: Path, server: TokenServer) -> None:
    server.more = {"refresh_token_expires_in": 10 * 86400}
    clock = SimulatedClock(NOON)
    tokens = keeper(by_key(tmp_path, authorized_user()), clock)
    assert tokens.ends() is None
    tokens.token(USER)
    assert tokens.ends() == date(2012, 7, 20)
    server.more = {}
    clock.move_to(NOON + timedelta(hours=2))
    tokens.token(USER)  # not told again: what was told still holds
    assert tokens.ends() == date(2012, 7, 20)
    assert keeper(as_app(tmp_path, expires=date(2012, 7, 15))).ends() == date(2012, 7, 15)


# -- refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "description", "sentence", "cure"),
    [
        ("invalid_grant", "Token has been expired or revoked.", "hết hạn hoặc bị thu hồi", "bot sign-in"),
        ("invalid_grant", "AADSTS700082: The refresh token has expired", "hết hạn hoặc bị thu hồi", "bot sign-in"),
        ("invalid_grant", "Invalid JWT Signature.", "không nhận chữ ký", "đồng hồ"),
        ("invalid_grant", "Invalid email or User ID", "không có hộp thư này", "user"),
        ("invalid_client", "AADSTS7000222: keys are expired", "khóa bí mật của ứng dụng đã hết hạn", "bí mật mới"),
        ("invalid_client", "AADSTS7000215: Invalid client secret", "khóa bí mật của ứng dụng không đúng", "bí mật mới"),
        ("invalid_grant", "AADSTS65001: has not consented", "chưa được cho phép", "Quản trị viên"),
        ("unauthorized_client", "Client is unauthorized", "chưa được cho phép", "ủy quyền toàn miền"),
        ("invalid_client", "The OAuth client was not found.", "không nhận ứng dụng", "client_id"),
        ("something_new", "", "nhà cung cấp từ chối đăng nhập (something_new)", "[oauth]"),
    ],
)  # fmt: skip
def test_each_refusal_is_told_with_its_cure(error: str, description: str, sentence: str, cure: str) -> None:
    told = tell_refusal(error, description)
    assert sentence in str(told)
    assert cure in told.cure


@pytest.mark.parametrize("kind", ["google", "app", "person"])
def test_a_refusal_of_the_provider_reaches_the_operator_without_any_secret(
    kind: str, tmp_path: Path, server: TokenServer
) -> None:
    server.more = {"refresh_token": "r-7", "id_token": _id_token(), "client_info": _client_info(), "scope": "x"}
    makers = {
        "google": lambda: keeper(by_key(tmp_path, authorized_user())),
        "app": lambda: keeper(as_app(tmp_path)),
        "person": lambda: signed_in(as_person(tmp_path)),
    }
    with capture_logs() as logs:
        tokens = makers[kind]()
        server.script.append((400, {"error": "invalid_grant", "error_description": f"revoked {SECRET} r-7 s-1"}))
        with pytest.raises(SignInRefused, match="hết hạn hoặc bị thu hồi") as refused:
            tokens.token(USER, renew=True)
        assert tokens.token(USER) in server.good
    told = repr(logs) + repr(refused.value) + repr(refused.value.__cause__) + repr(vars(tokens))
    assert [one for one in (SECRET, "r-7", "s-1", *server.good) if one in told] == []


@pytest.mark.parametrize("kind", ["app", "person"])
def test_a_provider_in_trouble_is_asked_again_later(kind: str, tmp_path: Path, server: TokenServer) -> None:
    server.more = {"refresh_token": "r-7", "id_token": _id_token(), "client_info": _client_info(), "scope": "x"}
    tokens = keeper(as_app(tmp_path)) if kind == "app" else signed_in(as_person(tmp_path))
    server.script.append((503, {}))
    with pytest.raises(SignInAway, match="Microsoft"):
        tokens.token(USER, renew=True)


@pytest.mark.parametrize("kind", ["google", "microsoft"])
def test_a_provider_that_cannot_be_reached_is_asked_again_later(
    kind: str, tmp_path: Path, server: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests

    def away(*_: object, **__: object) -> None:
        raise requests.ConnectionError("no route")

    tokens = keeper(as_app(tmp_path) if kind == "microsoft" else by_key(tmp_path, authorized_user()))
    monkeypatch.setattr(requests.Session, "request", away)
    with pytest.raises(SignInAway):
        tokens.token(USER)


def test_a_tenant_that_nobody_knows_is_told(tmp_path: Path, server: TokenServer) -> None:
    config = configured(tmp_path, "microsoft", tenant="nobody.example", client_id="x", client_secret_env="APP_SECRET")
    with pytest.raises(SignInRefused, match="không có tổ chức"):
        keeper(config).token(USER)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "không phải tệp JSON mà Google cấp"),
        ('["x"]', "không phải tệp JSON mà Google cấp"),
        ('{"type": "external_account"}', "service_account hoặc authorized_user"),
        ('{"type": "authorized_user", "client_id": "c"}', "key_file thiếu refresh_token"),
        ('{"type": "service_account", "private_key": "hỏng", "client_email": "x", "token_uri": "y"}', "không phải tệp"),
    ],
)
def test_a_key_file_that_is_none_is_told_without_its_content(
    content: str, sentence: str, tmp_path: Path, server: TokenServer
) -> None:
    with pytest.raises(SignInRefused, match=sentence):
        keeper(by_key(tmp_path, content)).token(USER)
    assert server.asked == []


# -- what goes over the line --------------------------------------------------------------------------------------


def test_a_token_is_hidden_in_every_shape_that_a_server_may_echo() -> None:
    whole = base64.b64encode(xoauth2(USER, "t0ken").encode()).decode()
    assert hide_token(f"NO {whole} t0ken {base64.b64encode(b't0ken').decode()}", USER, "t0ken") == "NO … … …"


@pytest.mark.parametrize(
    ("challenge", "told"),
    [
        (base64.b64encode(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'), "status 400"),
        (b'{"status":"401"}', "status 401"),
        (base64.b64encode(b'{"status":"<b>x"}'), ""),
        (b"\xff\xfe", ""),
        (b"", ""),
        (base64.b64encode(b"[1]"), ""),
    ],
)
def test_of_a_challenge_only_its_status_is_told(challenge: bytes, told: str) -> None:
    assert status_of(challenge) == told
