"""What the doctor sees: on a healthy set-up nothing, otherwise the cause and its cure, and never a secret."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from dns.exception import Timeout
from sqlalchemy import create_engine, text

from bot.adapters.clock import SystemClock
from bot.adapters.content import default_folder
from bot.adapters.signing_keys import SigningKeys
from bot.demo.servers import DemoImap, DemoSmtp
from bot.runners.doctor import Examined, machine, point, receiving, registers
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


@pytest.mark.parametrize(("section", "point"), [("mailbox", "Hộp thư (IMAP)"), ("smtp", "Máy chủ gửi (SMTP)")])
def test_a_wrong_password_is_told(section: str, point: str, setup: SetUp) -> None:
    wrong = "sai-8431"
    (setup.folder / "sai").write_text(wrong)
    (setup.folder / "sai").chmod(0o600)
    setup.values[section]["password_file"] = "sai"
    ill = setup.ill()
    assert ill.point == point
    assert "đăng nhập" in ill.said
    assert "mật khẩu" in ill.cure
    assert wrong not in repr(ill)


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


@pytest.mark.parametrize(
    ("description", "said", "cure"),
    [
        ("AADSTS700082: expired", "phiên đăng nhập đã hết hạn hoặc bị thu hồi", "bot sign-in"),
        ("AADSTS7000222: expired", "khóa bí mật của ứng dụng đã hết hạn", "Tạo khóa bí mật mới"),
        ("AADSTS65001: no consent", "ứng dụng chưa được cho phép đọc và gửi thư", "Quản trị viên"),
    ],
)
def test_why_the_provider_gives_no_token_is_told_with_its_cure(
    description: str, said: str, cure: str, setup: SetUp, provider: TokenServer
) -> None:
    provider.script.extend(3 * [(400, {"error": "invalid_grant", "error_description": description})])
    point = sign_in_of(setup)
    assert not point.well
    assert said in point.said
    assert cure in point.cure


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


def test_the_server_for_alarms_is_tried_too(setup: SetUp) -> None:
    setup.values["alarm"] = {"smtp": {"host": "127.0.0.1", "port": 1, "security": "none", "sender": "bot@khac.example"}}
    ill = setup.ill()
    assert ill.point == "Máy chủ báo sự cố"
    assert "[alarm] smtp" in ill.cure


@pytest.mark.parametrize("section", ["mailbox", "smtp"])
def test_a_wrong_port_is_told(section: str, setup: SetUp) -> None:
    setup.values[section]["port"] = 1
    ill = setup.ill()
    assert "127.0.0.1:1: máy chủ từ chối kết nối; có thể sai port" in ill.said
    assert f"[{section}]" in ill.cure
    assert "Errno" not in ill.said


@pytest.mark.parametrize("section", ["mailbox", "smtp"])
def test_a_name_that_is_no_server_is_told(section: str, setup: SetUp) -> None:
    setup.values[section] |= {"host": "khong-co.invalid", "security": "tls"}
    ill = setup.ill()
    assert "khong-co.invalid" in ill.said
    assert "tên máy chủ" in ill.said


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


@pytest.mark.parametrize("section", ["mailbox", "smtp"])
def test_a_server_without_encryption_is_told(section: str, setup: SetUp) -> None:
    setup.values[section]["security"] = "starttls"
    assert "STARTTLS" in setup.ill().said


def test_a_certificate_that_nobody_vouches_for_is_told(certificate: Certificate, setup: SetUp) -> None:  # noqa: F811
    with DemoImap(USER, SECRET, tls=certificate.for_server()) as imap:
        setup.values["mailbox"] |= {"port": imap.port, "security": "tls"}
        assert "chứng thư" in setup.ill().said
        setup.values["mailbox"]["ca_file"] = str(certificate.certificate)
        assert all(one.well for one in setup.examined())


def test_a_folder_that_is_not_there_is_told(setup: SetUp) -> None:
    setup.values["mailbox"]["folder"] = "Báo cáo"
    assert "thư mục Báo cáo" in setup.ill().said


# -- secrets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["mailbox", "smtp"])
def test_a_secret_that_is_missing_is_told_before_any_server_is_asked(section: str, setup: SetUp) -> None:
    del setup.values[section]["password_file"]
    setup.values[section] |= {"password_env": "BOT_KHONG_CO", "port": 1}
    ill = setup.ill()
    assert ill.said == "biến môi trường BOT_KHONG_CO chưa được đặt hoặc đang để trống"
    assert "password_env" in ill.cure


def test_a_password_file_that_is_not_there_is_told(setup: SetUp) -> None:
    setup.values["smtp"]["password_file"] = "khong-co"
    assert f"{setup.folder / 'khong-co'}: không có tệp hoặc thư mục này" in setup.ill().said


def test_a_data_folder_that_others_may_read_is_told_with_its_cure(setup: SetUp) -> None:
    (setup.folder / "du-lieu").mkdir(exist_ok=True)
    (setup.folder / "du-lieu").chmod(0o750)
    ill = setup.ill()
    assert f"người khác đọc được {setup.folder / 'du-lieu'}" in ill.said
    assert f"chmod -R go= {setup.folder / 'du-lieu'}" in ill.cure


def test_a_password_file_that_its_group_may_read_is_well_but_remarked(setup: SetUp) -> None:
    (setup.folder / "mat-khau").chmod(0o640)
    found = setup.examined()
    assert all(one.well for one in found)
    path = setup.folder / "mat-khau"
    warning = f"Tệp mật khẩu {path} đang cho người khác đọc; hãy chạy: chmod 600 {path}"
    assert [one.cure for one in found if one.cure] == [warning, warning]


# -- content ---------------------------------------------------------------------------------------------------


def test_a_contacts_file_that_is_not_there_is_told(setup: SetUp) -> None:
    setup.values["content"]["contacts"] = "khong-co.csv"
    ill = setup.ill()
    assert (ill.point, ill.said) == (
        "Danh bạ",
        f"{setup.folder / 'khong-co.csv'}: không có tệp hoặc thư mục này",
    )
    assert "reporter,address,role" in ill.cure


def test_no_contacts_at_all_is_told(setup: SetUp) -> None:
    del setup.values["content"]["contacts"]
    assert setup.ill().point == "Danh bạ"


def test_a_wrong_line_of_the_contacts_is_named(setup: SetUp) -> None:
    (setup.folder / "danh-ba.csv").write_text("reporter,address,role\n40,bql@nghean.example,\n999,x@y.example,\n")
    assert setup.ill().said.startswith("danh-ba.csv, dòng 3: ")


def test_reporters_without_an_address_are_remarked(setup: SetUp) -> None:
    (setup.folder / "danh-ba.csv").write_text("reporter,address,role\n40,bql@nghean.example,\n")
    contacts = next(one for one in setup.examined() if one.point == "Danh bạ")
    assert contacts.well
    assert contacts.said == "1 đơn vị có địa chỉ thư; 62 đơn vị chưa có"
    (setup.folder / "danh-ba.csv").write_text("reporter,address,role\n")
    assert setup.ill().said == "0 đơn vị có địa chỉ thư; 63 đơn vị chưa có"


def test_a_broken_rule_is_named_by_file_and_line(setup: SetUp) -> None:
    shutil.copytree(default_folder("rules"), setup.folder / "rules")
    form = next((setup.folder / "rules").glob("*/I.1.toml"))
    lines = form.read_text("utf-8").splitlines()
    wrong = next(number for number, line in enumerate(lines) if line.startswith("severity"))
    lines[wrong] = 'severity = "nặng"'
    form.write_text("\n".join(lines), "utf-8")
    setup.values["content"]["rules"] = "rules"
    found = {one.point: one for one in setup.examined() if not one.well}
    assert found["Quy tắc"].said.startswith(f"{form.parent.name}/I.1.toml:{wrong + 1}: ")
    assert found["Danh bạ"].said == "chưa xem được vì quy tắc còn lỗi"
    assert len(found) == 2


def test_a_rules_folder_that_is_not_there_is_told(setup: SetUp) -> None:
    setup.values["content"]["rules"] = "khong-co"
    found = [one for one in setup.examined() if not one.well]
    assert [one.point for one in found] == ["Quy tắc", "Danh bạ"]
    assert "không có tệp hoặc thư mục này" in found[0].said
    assert "[content] rules" in found[0].cure


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vi/reply_accepted/body.txt", "{% if %}"),
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


def test_a_value_that_no_mail_has_is_told_with_its_line(setup: SetUp) -> None:
    folder = setup.folder / "mau" / "vi" / "held"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("[Chưa xử lý]\n{{ bien_nhan }}\n", "utf-8")
    setup.values["content"]["templates"] = "mau"
    assert setup.ill().said == "held/subject.txt, dòng 2: thư này không có giá trị “bien_nhan”"


def test_a_template_in_another_encoding_is_told(setup: SetUp) -> None:
    (setup.folder / "mau").mkdir()
    (setup.folder / "mau" / "la.txt").write_bytes(b"K\xednh g\xfdi")
    setup.values["content"]["templates"] = "mau"
    assert setup.ill().said == f"{setup.folder / 'mau' / 'la.txt'}: không phải chữ UTF-8; hãy lưu lại bằng UTF-8"


# -- store -----------------------------------------------------------------------------------------------------


def test_a_data_folder_that_is_a_file_is_told(setup: SetUp) -> None:
    (setup.folder / "tep").write_text("")
    setup.values["store"] = {"folder": "tep/du-lieu", "ledger": f"sqlite:///{setup.folder / 'ledger.db'}"}
    ill = setup.ill()
    assert (ill.point, ill.said) == ("Ổ đĩa", f"{setup.folder / 'tep' / 'du-lieu'}: không phải thư mục")


def test_little_room_on_the_disk_is_told(setup: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 10**9))
    assert setup.ill().said.startswith("còn 0,9 GiB tại ")


def test_a_ledger_that_is_none_is_told(setup: SetUp) -> None:
    (setup.folder / "du-lieu").mkdir(mode=0o700)
    (setup.folder / "du-lieu" / "ledger.db").write_text("đây không phải là cơ sở dữ liệu, dù tên có nói vậy" * 20)
    (setup.folder / "du-lieu" / "ledger.db").chmod(0o600)
    ill = setup.ill()
    assert (ill.point, ill.said) == ("Sổ ghi", "tệp này không phải cơ sở dữ liệu")


def test_a_ledger_of_a_later_program_is_told(setup: SetUp) -> None:
    setup.examined()
    engine = create_engine(setup.config().store.ledger_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "phiên bản mới hơn" in setup.ill().said


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


def test_a_database_server_that_is_not_there_is_told_without_its_url(setup: SetUp) -> None:
    setup.values["store"]["ledger"] = "postgresql+psycopg://bot@127.0.0.1:1/bot"
    ill = setup.ill()
    assert ill.point == "Sổ ghi"
    assert "postgresql+psycopg" not in ill.said


# -- people, and what nobody foresaw ---------------------------------------------------------------------------


def test_people_who_are_not_named_are_told(setup: SetUp) -> None:
    setup.values["ministry"] = {"digest_to": "vu@bokehoach.example"}
    assert setup.ill().said == "chưa khai báo operator"


def test_a_point_that_breaks_hides_no_other(setup: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(registers, "load_followed", broken)
    found = setup.examined()
    assert [one.said for one in found if not one.well] == ["sự cố của chương trình (ZeroDivisionError)"] * 2
    assert SECRET not in repr(found)


def test_archives_that_cannot_be_opened_are_remarked(setup: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "archive_support", lambda: ("zip", "tar"))
    (archives,) = (one for one in setup.examined() if one.point == "Tệp nén")
    assert archives.well
    assert archives.said == "mở được zip, tar; gặp tệp nén khác sẽ đề nghị gửi .zip"
    assert "libarchive13" in archives.cure


@pytest.mark.parametrize(("machine", "said"), [("x86_64", ""), ("riscv64", "linux riscv64")])
def test_children_that_cannot_be_shut_in_are_said_with_their_cure(
    setup: SetUp, monkeypatch: pytest.MonkeyPatch, machine: str, said: str
) -> None:
    monkeypatch.setattr("bot.adapters.cage.platform.machine", lambda: machine)
    (children,) = (one for one in setup.examined() if one.point == "Tiến trình đọc tệp")
    assert (children.well, bool(children.cure)) == (not said, bool(said))
    assert said in children.said
