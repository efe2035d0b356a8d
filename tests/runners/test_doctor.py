"""What the doctor sees: on a healthy set-up nothing, otherwise the cause and its cure, and never a secret.

The list of broken set-ups stands in ``test_doctor_broken.py``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from dns.exception import Timeout

from bot.adapters.clock import SystemClock
from bot.adapters.signing_keys import SigningKeys
from bot.demo.servers import DemoImap, DemoSmtp
from bot.runners.doctor import Examined, point, receiving, registers
from tests.fixtures.signing import ScriptedDns
from tests.liar import LiarServer
from tests.provider import TokenServer, token_server
from tests.runners.well import SECRET, USER, SetUp, load_once, servers  # noqa: F401  fixtures
from tests.s3 import S3Server
from tests.servers import certificate  # noqa: F401  a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import Certificate

pytestmark = [
    pytest.mark.usefixtures("load_once"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]
"""The sink asks for a login in clear, on loopback."""


@pytest.fixture
def setup(tmp_path: Path, servers: tuple[DemoImap, DemoSmtp]) -> SetUp:  # noqa: F811
    return SetUp(tmp_path, *servers)


def test_a_healthy_set_up_is_well_in_every_point(setup: SetUp) -> None:
    found = setup.examined()
    assert [one.point for one in found] == [
        "Quy tắc", "Danh bạ", "Mẫu thư", "Ổ đĩa", "Sổ ghi", "Hộp thư (IMAP)", "Chứng thực người gửi",
        "Đồng hồ", "Máy chủ gửi (SMTP)", "Máy chủ báo sự cố", "Người nhận", "Tệp nén",
        "Tiến trình đọc tệp",
    ]  # fmt: skip
    assert all(one.well and not one.cure for one in found), found
    assert SECRET not in repr(found)


def test_looking_twice_finds_the_same(setup: SetUp) -> None:
    first, second = ([one for one in setup.examined() if one.point != "Đồng hồ"] for _ in range(2))
    assert first == second


# -- servers -----------------------------------------------------------------------------------------------------


@pytest.fixture
def provider(setup: SetUp, monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    """Let the mailbox be opened by a token of a provider on loopback."""
    monkeypatch.setenv("APP_SECRET", SECRET)
    setup.values["mailbox"] |= {"sign_in": "microsoft"}
    setup.values["oauth"] = {"tenant": "bo.example", "client_id": "app-1", "client_secret_env": "APP_SECRET"}
    with token_server(monkeypatch) as server:
        yield server


def sign_in_of(setup: SetUp) -> Examined:
    """Return the point of the sign-in, which does without a mail server that takes tokens."""
    found = setup.examined()
    assert SECRET not in repr(found)
    (point,) = (one for one in found if one.point == "Đăng nhập (OAuth2)")
    return point


def test_a_provider_that_gives_a_token_is_well(setup: SetUp, provider: TokenServer) -> None:
    point = sign_in_of(setup)
    assert (point.well, point.said) == (True, f"microsoft cấp token cho {USER}")


def test_a_provider_in_trouble_and_one_that_nobody_has_signed_in_at_are_told(
    setup: SetUp, provider: TokenServer
) -> None:
    provider.script.extend(3 * [(503, {})])
    assert "đang gặp sự cố" in sign_in_of(setup).said
    del setup.values["oauth"]["client_secret_env"]
    point = sign_in_of(setup)
    assert (point.said, point.cure) == ("chưa có ai đăng nhập cho bot", "Chạy bot sign-in một lần.")


@pytest.mark.parametrize(("days", "well", "told"), [(31, True, False), (30, True, True), (-1, False, True)])
def test_a_permission_that_ends_soon_is_told(
    days: int, well: bool, told: bool, setup: SetUp, provider: TokenServer
) -> None:
    ends = SystemClock().now().date() + timedelta(days=days)
    setup.values["oauth"] |= {"expires": ends}
    point = sign_in_of(setup)
    assert (point.well, f"hết hạn ngày {ends.day}/{ends.month}" in point.said) == (well, told)


def test_a_client_secret_that_others_may_read_is_told(setup: SetUp, provider: TokenServer) -> None:
    (setup.folder / "khoa").write_text(SECRET)
    (setup.folder / "khoa").chmod(0o640)
    setup.values["oauth"] = {"tenant": "bo.example", "client_id": "app-1", "client_secret_file": "khoa"}
    assert "chmod 600" in sign_in_of(setup).said
    assert provider.asked == []


@pytest.mark.parametrize("section", ["mailbox", "smtp"])
def test_a_silent_server_is_not_waited_for(section: str, setup: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point, "PATIENCE_SECONDS", 0.2)
    with LiarServer(greeting=b"") as silent:
        setup.values[section]["port"] = silent.port
        assert "không trả lời" in setup.ill().said


def test_signatures_are_looked_at_only_where_they_count_and_need_a_dns_that_answers(
    setup: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    dns = ScriptedDns()
    monkeypatch.setattr(receiving, "SigningKeys", lambda: SigningKeys(resolver=dns))
    assert not any(one.point == "Chữ ký DKIM" for one in setup.examined())
    setup.values["authentication"]["dkim"] = True
    (point,) = (one for one in setup.examined() if one.point == "Chữ ký DKIM")
    assert point.well
    assert dns.asked == ["_domainkey.bokehoach.example"]
    dns.records[dns.asked[0]] = Timeout
    (point,) = (one for one in setup.examined() if one.point == "Chữ ký DKIM")
    assert not point.well
    assert "không trả lời" in point.said
    assert "/etc/resolv.conf" in point.cure


def test_the_doctor_is_less_patient_than_the_daemon(setup: SetUp) -> None:
    assert point.PATIENCE_SECONDS <= 10 < setup.config().mailbox.timeout_seconds


def test_a_certificate_that_nobody_vouches_for_is_told(certificate: Certificate, setup: SetUp) -> None:  # noqa: F811
    with DemoImap(USER, SECRET, tls=certificate.for_server()) as imap:
        setup.values["mailbox"] |= {"port": imap.port, "security": "tls"}
        assert "chứng thư" in setup.ill().said
        setup.values["mailbox"]["ca_file"] = str(certificate.certificate)
        assert all(one.well for one in setup.examined())


# -- secrets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["mailbox", "smtp"])
def test_a_secret_that_is_missing_is_told_before_any_server_is_asked(section: str, setup: SetUp) -> None:
    del setup.values[section]["password_file"]
    setup.values[section] |= {"password_env": "BOT_KHONG_CO", "port": 1}
    ill = setup.ill()
    assert ill.said == "biến môi trường BOT_KHONG_CO chưa được đặt hoặc đang để trống"
    assert "password_env" in ill.cure


def test_a_password_file_that_its_group_may_read_is_well_but_remarked(setup: SetUp) -> None:
    (setup.folder / "mat-khau").chmod(0o640)
    found = setup.examined()
    assert all(one.well for one in found)
    path = setup.folder / "mat-khau"
    warning = f"Tệp mật khẩu {path} đang cho người khác đọc; hãy chạy: chmod 600 {path}"
    assert [one.cure for one in found if one.cure] == [warning, warning]


# -- content ---------------------------------------------------------------------------------------------------


def test_reporters_without_an_address_are_remarked(setup: SetUp) -> None:
    (setup.folder / "danh-ba.csv").write_text("reporter,address,role\n40,bql@nghean.example,\n")
    contacts = next(one for one in setup.examined() if one.point == "Danh bạ")
    assert contacts.well
    assert contacts.said == "1 đơn vị có địa chỉ thư; 62 đơn vị chưa có"
    (setup.folder / "danh-ba.csv").write_text("reporter,address,role\n")
    assert setup.ill().said == "0 đơn vị có địa chỉ thư; 63 đơn vị chưa có"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vi/_phrases.txt", "{% macro %}"),
        ("vi/reply_accepted/subject.txt", "{{ mot_ten | bo_loc_khong_co }}"),
    ],
)
def test_a_broken_template_is_told(name: str, content: str, setup: SetUp) -> None:
    path = setup.folder / "mau" / name
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    setup.values["content"]["templates"] = "mau"
    ill = setup.ill()
    assert ill.point == "Mẫu thư"
    assert "templates/" in ill.cure


# -- store -----------------------------------------------------------------------------------------------------


def test_a_store_for_the_vault_is_written_to_read_and_left_as_it_was(
    setup: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "bot")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with S3Server() as server:
        setup.values["store"] |= {"vault_url": "s3://bao-cao/vault", "vault_endpoint": server.endpoint}
        assert [one.said for one in setup.examined() if one.point == "Kho lưu trữ S3"] == ["s3://bao-cao/vault"]
        assert server.files == {}
        assert "PUT" in {command for command, _ in server.asked}
        server.is_broken = True
        (ill,) = (one for one in setup.examined() if not one.well)
    assert ill.point == "Kho lưu trữ S3"
    assert "AWS_ACCESS_KEY_ID" in ill.cure
    assert SECRET not in ill.said


# -- people, and what nobody foresaw ---------------------------------------------------------------------------


def test_a_point_that_breaks_hides_no_other(setup: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(registers, "load_followed", broken)
    found = setup.examined()
    assert [one.said for one in found if not one.well] == ["sự cố của chương trình (ZeroDivisionError)"] * 2
    assert SECRET not in repr(found)


@pytest.mark.parametrize(("machine", "said"), [("x86_64", ""), ("riscv64", "linux riscv64")])
def test_children_that_cannot_be_shut_in_are_said_with_their_cure(
    setup: SetUp, monkeypatch: pytest.MonkeyPatch, machine: str, said: str
) -> None:
    monkeypatch.setattr("bot.adapters.cage.platform.machine", lambda: machine)
    (children,) = (one for one in setup.examined() if one.point == "Tiến trình đọc tệp")
    assert (children.well, bool(children.cure)) == (not said, bool(said))
    assert said in children.said
