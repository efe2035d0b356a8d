"""Postman behind locked doors: certificates, STARTTLS, and a secret that never comes out."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import pytest

from bot.adapters.delivery import Accepted, Deferred
from bot.adapters.smtp import Postman
from tests.adapters.smtp_samples import RAW, SENDER, TO, UNTRIED, kind_of, settings
from tests.adapters.smtp_scripts import Certificates, Script, ScriptedServer, make_certificates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "mật khẩu rất kín"


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def server(script: Script) -> Iterator[ScriptedServer]:
    with ScriptedServer(script) as running:
        yield running


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


# -- encryption -------------------------------------------------------------------------------------------------


def test_nothing_goes_in_clear_to_another_machine() -> None:
    open_door = settings(25).model_copy(update={"host": "smtp.example"})
    with pytest.raises(ValueError, match=r"in clear to smtp\.example"):
        Postman(open_door)


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_an_encrypted_connection_with_a_certificate_of_ones_own(
    script: Script, certificates: Certificates, security: str, host: str
) -> None:
    with ScriptedServer(script, security=security, certificate=certificates.server) as server:
        place = settings(server.port, security, host=host, ca_file=certificates.ca_file)
        with Postman(place) as postman:
            assert [type(postman.deliver(SENDER, (TO,), RAW)) for _ in range(3)] == [Accepted] * 3
    assert script.connections == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("fault", ["other name", "unknown authority"])
def test_a_certificate_that_does_not_hold_stops_the_mail(
    script: Script, certificates: Certificates, security: str, fault: str
) -> None:
    context = certificates.other_name if fault == "other name" else certificates.server
    ca_file = certificates.ca_file if fault == "other name" else None
    with ScriptedServer(script, security=security, certificate=context) as server:
        result = Postman(settings(server.port, security, ca_file=ca_file)).deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == UNTRIED
    assert "chứng thư không được chấp nhận" in str(result)
    assert script.taken == []


def test_starttls_that_was_stripped_stops_the_mail(server: ScriptedServer, script: Script) -> None:
    result = Postman(settings(server.port, "starttls")).deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == UNTRIED
    assert "STARTTLS; thư không được gửi ở dạng không mã hóa" in str(result)
    assert script.commands == []


def test_tls_to_a_server_that_speaks_clear_text_is_told(server: ScriptedServer, script: Script) -> None:
    result = Postman(settings(server.port, "tls")).deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == UNTRIED
    assert "không lập được kết nối TLS" in str(result)
    assert script.taken == []


def test_a_ca_file_that_is_missing_is_told(server: ScriptedServer, tmp_path: Path) -> None:
    result = Postman(settings(server.port, "tls", ca_file=tmp_path / "none.pem")).deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == UNTRIED
    assert "ca_file" in str(result)


# -- the login --------------------------------------------------------------------------------------------------


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SMTP_SECRET", SECRET)
    return SECRET


def log_in_as(port: int) -> Postman:
    return Postman(settings(port, user="tiepnhan", password_env="SMTP_SECRET"))


def test_the_login_carries_a_vietnamese_secret(script: Script, secret: str) -> None:
    with ScriptedServer(script, logins=True) as server, log_in_as(server.port) as postman:
        assert isinstance(postman.deliver(SENDER, (TO,), RAW), Accepted)
    assert script.logins == [(b"tiepnhan", secret.encode())]


def test_a_refused_login_is_one_try_and_one_sentence_without_the_secret(script: Script, secret: str) -> None:
    script.login = deque([f"535 5.7.8 wrong: {secret} AHRpZXBuaGFuAG3huq10IGto4bqpdSBy4bqldCBrw61u"])
    with ScriptedServer(script, logins=True) as server, log_in_as(server.port) as postman:
        result = postman.deliver(SENDER, (TO,), RAW)
        assert result == Deferred(
            535,
            f"máy chủ gửi thư 127.0.0.1:{server.port} từ chối đăng nhập của tiepnhan: 5.7.8 wrong: *** ***",
            whole_server=True, tried=False, login=True,
        )  # fmt: skip
        assert len(script.logins) == 1
        assert secret not in repr(postman) + repr(vars(postman))


def test_too_many_logins_wait_until_tomorrow(script: Script, secret: str) -> None:
    script.login = deque(["454 4.7.0 Too many login attempts, please try again later."])
    with ScriptedServer(script, logins=True) as server, log_in_as(server.port) as postman:
        result = postman.deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == Deferred(0, "", True, until_tomorrow=True, tried=False, login=True)


def test_a_missing_secret_is_told(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMTP_SECRET", raising=False)
    with log_in_as(server.port) as postman:
        result = postman.deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == Deferred(0, "", True, tried=False, login=True)
    assert "SMTP_SECRET chưa được đặt" in str(result)


def test_a_server_without_logins_is_told(server: ScriptedServer, secret: str) -> None:
    with log_in_as(server.port) as postman:
        result = postman.deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == Deferred(0, "", True, tried=False, login=True)
