"""Broken set-ups, each in one way: `bot doctor` names the cause and the cure, and finds nothing else ill.

Dovecot and an SMTP server stand behind a configuration that is well; each case of the list spoils one thing. Where a
case is ``well``, the bot works as it is, and the doctor remarks what is missing.
"""

# ruff: noqa: E501  a list is read line by line

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from bot.adapters.clock import SystemClock
from bot.adapters.content import default_folder
from bot.adapters.ledger import database
from bot.cli import app
from bot.demo.arriving import stamp
from bot.demo.servers import DemoImap, DemoSmtp
from bot.runners.doctor import Examined, machine, point
from tests.liar import LiarServer
from tests.provider import token_server
from tests.runners.well import SECRET, USER, SetUp, load_once  # noqa: F401  a fixture
from tests.servers import DovecotServer, DovecotUser, make_certificate, make_expired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers import Certificate

pytestmark = [
    pytest.mark.usefixtures("load_once"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]

IMAP, SMTP, LEDGER, DISK = "Hộp thư (IMAP)", "Máy chủ gửi (SMTP)", "Sổ ghi", "Ổ đĩa"
RULES, CONTACTS, TEMPLATES, AUTHORS = "Quy tắc", "Danh bạ", "Mẫu thư", "Chứng thực người gửi"
CLOCK, SIGN_IN = "Đồng hồ", "Đăng nhập (OAuth2)"
_ACL = (
    "protocol imap {{\n  mail_plugins = acl imap_acl\n}}\nmail_plugins = acl\n"
    "plugin {{\n  acl = vfile:{folder}/acl\n}}\n"
)
_QUOTA = (
    "protocol imap {{\n  mail_plugins = quota imap_quota\n}}\nmail_plugins = quota\n"
    "plugin {{\n  quota = count:User quota\n  quota_rule = *:storage=20K\n  quota_vsizes = yes\n}}\n"
)
_ALARM = {"host": "127.0.0.1", "port": 1, "security": "none", "sender": "bot@khac.example"}


class Office(SetUp):
    """The well set-up at a Dovecot, with all that a case needs to spoil it."""

    def __init__(
        self, folder: Path, user: DovecotUser, smtp: DemoSmtp, certificate: Certificate, patch: pytest.MonkeyPatch
    ) -> None:
        super().__init__(folder, user, smtp)
        self.imap, self.sink, self.certificate, self.patch = user, smtp, certificate, patch
        self.stack = ExitStack()
        self.values["mailbox"] |= {"user": user.user, "ca_file": str(certificate.certificate)}
        (folder / "mat-khau-hop-thu").write_text(user.password)
        (folder / "mat-khau-hop-thu").chmod(0o600)
        self.values["mailbox"]["password_file"] = "mat-khau-hop-thu"

    def doctor(self) -> tuple[int, list[Examined]]:
        """Ask `bot doctor`; return its exit code and what it printed, point by point."""
        path = self.folder / "config.toml"
        path.write_text(_toml(self.values), "utf-8")
        result = CliRunner().invoke(app, ["--config", str(path), "doctor"], prog_name="bot")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        told = result.output
        assert "Traceback" not in told
        assert "Errno" not in told
        assert SECRET not in told
        found: list[Examined] = []
        for line in result.stdout.splitlines():
            if line.startswith("    → "):
                last = found.pop()
                found.append(Examined(last.point, last.well, last.said, line.removeprefix("    → ")))
            else:
                sign, _, rest = line.partition(" ")
                name, _, said = rest.partition(": ")
                found.append(Examined(name, sign in "✓!", said))
        return result.exit_code, found

    def secret(self, name: str, content: str, mode: int = 0o600) -> str:
        (self.folder / name).write_text(content)
        (self.folder / name).chmod(mode)
        return name

    def templates(self, name: str, content: str) -> None:
        path = self.folder / "mau" / name
        path.parent.mkdir(parents=True)
        path.write_text(content, "utf-8")
        self.values["content"]["templates"] = "mau"

    def ledger(self) -> Path:
        """Let a healthy ledger be made; return its file."""
        assert self.doctor()[0] == 0
        return self.folder / "du-lieu" / "ledger.db"

    def another_dovecot(self, certificate: Certificate | None = None, more: str = "") -> DovecotServer:
        """Move the mailbox to a Dovecot of its own kind."""
        server = DovecotServer(certificate or self.certificate, more=more)
        self.stack.callback(server.close)
        server.start()
        self.values["mailbox"]["port"] = server.port
        return server

    def over_tls(self, certificate: Certificate) -> None:
        """Let the mailbox be at a server with that certificate, over TLS."""
        server = self.another_dovecot(certificate)
        self.values["mailbox"] |= {"security": "tls", "port": server.tls_port}

    def another_smtp(self, **more: Any) -> DemoSmtp:
        server = self.stack.enter_context(DemoSmtp(login=self.sink._login, **more))
        self.values["smtp"]["port"] = server.port
        return server

    def deliver(self, raw: bytes) -> None:
        self.imap.deliver(raw, SystemClock().now())

    @contextmanager
    def person(self) -> Iterator[IMAPClient]:
        """Log in where the mailbox is now."""
        with IMAPClient(self.imap.host, self.values["mailbox"]["port"], ssl=False, timeout=10) as person:
            person.login(self.imap.user, self.imap.password)
            yield person

    def make_folder(self, name: str) -> None:
        with self.person() as person:
            person.create_folder(name)

    def without(self, capability: bytes) -> None:
        """Let the mailbox be at a server that lacks one capability."""
        server = self.stack.enter_context(LiarServer())
        server.capabilities = b" ".join(one for one in server.capabilities.split() if one != capability)
        self.values["mailbox"] |= {"port": server.port, "user": server.user}


def _toml(values: dict[str, Any], above: str = "") -> str:
    lines, below = [], []
    for key, value in values.items():
        if isinstance(value, dict):
            below.append(f"[{above}{key}]\n{_toml(value, f'{above}{key}.')}")
        elif isinstance(value, (bool, int, float)):
            lines.append(f"{key} = {str(value).lower()}\n")
        else:
            quoted = [f"'{one}'" for one in value] if isinstance(value, list) else f"'{value}'"
            lines.append(f"{key} = [{', '.join(quoted)}]\n" if isinstance(value, list) else f"{key} = {quoted}\n")
    return "".join([*lines, *below])


# -- how a set-up is spoilt --------------------------------------------------------------------------------------


def setting(section: str, **values: object) -> Callable[[Office], None]:
    """Spoil it by settings; what is None is taken out."""

    def spoil(office: Office) -> None:
        here = office.values.setdefault(section, {})
        for key, value in values.items():
            here.pop(key, None) if value is None else here.update({key: value})

    return spoil


def wrong_password(section: str) -> Callable[[Office], None]:
    return lambda office: office.values[section].update(password_file=office.secret("sai", "sai-8431"))


def imap_points_at_smtp(office: Office) -> None:
    office.values["mailbox"]["port"] = office.sink.port


def smtp_points_at_imap(office: Office) -> None:
    office.values["smtp"]["port"] = office.imap.port


def imap_tls_port_in_clear(office: Office) -> None:
    office.values["mailbox"] |= {"port": office.imap.tls_port, "security": "starttls"}


def imap_without_starttls(office: Office) -> None:
    server = office.stack.enter_context(DemoImap(office.imap.user, office.imap.password))
    office.values["mailbox"] |= {"port": server.port, "security": "starttls"}


def smtp_tls_port_in_clear(office: Office) -> None:
    office.another_smtp(tls=office.certificate.for_server())


def other_name(office: Office) -> None:
    folder = office.folder / "tls"
    folder.mkdir()
    made = make_certificate(folder, "DNS:thu.bo.example")
    office.over_tls(made)
    office.values["mailbox"]["ca_file"] = str(made.certificate)


def smtp_other_name(office: Office) -> None:
    folder = office.folder / "tls"
    folder.mkdir()
    made = make_certificate(folder, "DNS:gui.bo.example")
    office.another_smtp(starttls=made.for_server())
    office.values["smtp"] |= {"security": "starttls", "ca_file": str(made.certificate)}


def expired(office: Office) -> None:
    made = make_expired(office.folder)
    office.over_tls(made)
    office.values["mailbox"]["ca_file"] = str(made.certificate)


def unknown_ca(office: Office) -> None:
    office.values["mailbox"] |= {"security": "tls", "port": office.imap.tls_port}
    del office.values["mailbox"]["ca_file"]


def no_ca_file(office: Office) -> None:
    tls = {"security": "tls", "port": office.imap.tls_port, "ca_file": "khong-co.pem"}
    office.values["mailbox"] |= tls


def read_only_inbox(office: Office) -> None:
    office.another_dovecot(more=_ACL).restrict("INBOX owner lr\n")


def no_right_to_file(office: Office) -> None:
    server = office.another_dovecot(more=_ACL)
    office.make_folder("Xong")
    office.values["mailbox"]["folders"] = {"done": "Xong"}
    server.restrict("Xong owner lr\n")


def no_right_to_make(office: Office) -> None:
    server = office.another_dovecot(more=_ACL)
    office.make_folder("Kho")
    office.values["mailbox"]["folders"] = {"done": "Kho/Xong"}
    server.restrict("Kho owner lrwstipe\n")


def full_mailbox(office: Office) -> None:
    office.another_dovecot(more=_QUOTA)
    with office.person() as person:
        person.append("INBOX", stamp(b"Subject: day\r\n\r\n" + b"x" * 19_800))


def no_sender_allowed(office: Office) -> None:
    office.another_smtp(script=["RCPT 553 5.7.1 sender address rejected: not owned by user"] * 2)


def mailbox_by_token(description: str) -> Callable[[Office], None]:
    def spoil(office: Office) -> None:
        office.patch.setenv("APP_SECRET", SECRET)
        office.values["mailbox"] |= {"sign_in": "microsoft"}
        office.values["oauth"] = {"tenant": "bo.example", "client_id": "app-1", "client_secret_env": "APP_SECRET"}
        server = office.stack.enter_context(token_server(office.patch))
        server.script.extend(9 * [(400, {"error": "invalid_grant", "error_description": description})])

    return spoil


def sealed_elsewhere(office: Office) -> None:
    office.deliver(stamp(b"From: a@b.example\r\n\r\nx\r\n"))
    office.values["authentication"]["servers"] = "mx.khac.example"


def no_servers(office: Office) -> None:
    office.deliver(stamp(b"From: a@b.example\r\n\r\nx\r\n"))
    del office.values["authentication"]


def slow_clock(office: Office) -> None:
    office.deliver(stamp(b"From: a@b.example\r\n\r\nx\r\n"))
    right = SystemClock.now
    office.patch.setattr(SystemClock, "now", lambda clock: right(clock) - timedelta(hours=3))


def nobody_keeps_the_clock(office: Office) -> None:
    office.patch.setattr("bot.runners.doctor.clock.is_synchronised", lambda: False)


def broken_rule(office: Office) -> None:
    shutil.copytree(default_folder("rules"), office.folder / "rules")
    form = next((office.folder / "rules").glob("*/I.1.toml"))
    form.write_text(re.sub(r"^severity.*$", 'severity = "nặng"', form.read_text("utf-8"), flags=re.M), "utf-8")
    office.values["content"]["rules"] = "rules"


def contacts(content: str) -> Callable[[Office], None]:
    def spoil(office: Office) -> None:
        (office.folder / "danh-ba.csv").write_text(f"reporter,address,role\n{content}", "utf-8")

    return spoil


def template(name: str, content: str) -> Callable[[Office], None]:
    return lambda office: office.templates(name, content)


def template_in_tcvn(office: Office) -> None:
    office.templates("la.txt", "")
    (office.folder / "mau" / "la.txt").write_bytes(b"K\xednh g\xfdi")


def little_room(office: Office) -> None:
    office.patch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 10**9))


def no_writing(code: int) -> Callable[[Office], None]:
    """Let every writing in the data folder fail as the system would say it; root is denied nothing for a test."""

    def spoil(office: Office) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise OSError(code, os.strerror(code))

        office.patch.setattr(tempfile, "TemporaryFile", refuse)

    return spoil


def folder_is_a_file(office: Office) -> None:
    (office.folder / "tep").write_text("")
    office.values["store"] = {"folder": "tep/du-lieu", "ledger": f"sqlite:///{office.folder / 'ledger.db'}"}


def folder_is_open(office: Office) -> None:
    (office.folder / "du-lieu").mkdir(mode=0o750)
    (office.folder / "du-lieu").chmod(0o750)


def damaged_secret(office: Office) -> None:
    (office.folder / "du-lieu" / "secrets").mkdir(parents=True, mode=0o700)
    (office.folder / "du-lieu").chmod(0o700)
    office.secret("du-lieu/secrets/seat", "cut off")


def not_a_ledger(office: Office) -> None:
    office.ledger().write_text("đây không phải là cơ sở dữ liệu" * 40)


def damaged_ledger(office: Office) -> None:
    path = office.ledger()
    raw = bytearray(path.read_bytes())
    raw[100:4096] = os.urandom(3996)
    path.write_bytes(raw)


def ledger_of_a_later_program(office: Office) -> None:
    engine = create_engine(f"sqlite:///{office.ledger()}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()


def held_ledger(office: Office) -> None:
    path = office.ledger()
    holder = office.stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN IMMEDIATE")
    office.patch.setattr(database, "_PRAGMAS", ("PRAGMA busy_timeout = 50",))
    office.patch.setattr(database, "_BUSY_SECONDS", 0)


def no_fence(office: Office) -> None:
    office.patch.setattr("bot.adapters.cage.platform.machine", lambda: "riscv64")


def no_shared_memory(office: Office) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    office.patch.setattr("_multiprocessing.SemLock", denied)


def no_libarchive(office: Office) -> None:
    office.patch.setattr(machine, "archive_support", lambda: ("zip", "tar"))


def open_secret(office: Office) -> None:
    (office.folder / "mat-khau").chmod(0o644)


@dataclass(frozen=True, slots=True)
class Case:
    """One way to break it, and what is to be told."""

    id: str
    spoil: Callable[[Office], None]
    point: str
    said: str
    cure: str
    also: frozenset[str] = frozenset()
    """Points that hang on the one that is ill."""
    well: bool = False


CASES = (
    # the mailbox
    Case("imap-wrong-password", wrong_password("mailbox"), IMAP, "không nhận đăng nhập của", "[mailbox] user và mật khẩu"),
    Case("imap-wrong-port", setting("mailbox", port=1), IMAP, "127.0.0.1:1: máy chủ từ chối kết nối", "993 (tls)"),
    Case("imap-no-such-host", setting("mailbox", host="khong-co.invalid", security="tls"), IMAP, "tên máy chủ", "[mailbox] host"),
    Case("imap-port-of-smtp", imap_points_at_smtp, IMAP, "ở port này là máy chủ SMTP, không phải IMAP", "[mailbox] port"),
    Case("imap-starttls-at-a-tls-port", imap_tls_port_in_clear, IMAP, "mã hóa TLS ngay từ đầu", '[mailbox] security = "tls"'),
    Case("imap-tls-at-a-clear-port", setting("mailbox", security="tls"), IMAP, "không mã hóa ngay từ đầu", '"starttls"'),
    Case("imap-no-starttls", imap_without_starttls, IMAP, "không hỗ trợ STARTTLS", "Bật STARTTLS trên máy chủ"),
    Case("imap-certificate-of-another-name", other_name, IMAP, "không cấp cho", "(thu.bo.example)"),
    Case("imap-certificate-expired", expired, IMAP, "chứng thư đã hết hạn", "gia hạn chứng thư"),
    Case("imap-certificate-of-unknown-ca", unknown_ca, IMAP, "chứng thư tự ký", "[mailbox] ca_file"),
    Case("imap-no-ca-file", no_ca_file, IMAP, "khong-co.pem", "Sửa [mailbox] ca_file"),
    Case("imap-no-such-folder", setting("mailbox", folder="Báo cáo"), IMAP, "thư mục Báo cáo", "một thư mục đang có: INBOX"),
    Case("imap-read-only", read_only_inbox, IMAP, "hộp thư chỉ cho đọc", "cấp quyền đọc, chuyển thư"),
    Case("imap-no-right-to-file", no_right_to_file, IMAP, "không có quyền ghi thư vào thư mục Xong", "quyền i (ACL)"),
    Case("imap-no-right-to-make-a-folder", no_right_to_make, IMAP, "không có quyền tạo thư mục Kho/Xong", "quyền k (ACL)"),
    Case("imap-quota-full", full_mailbox, IMAP, "trong 20 KiB", "tăng dung lượng"),
    Case("imap-no-idle", lambda office: office.without(b"IDLE"), IMAP, "không có IDLE", "3 phút một lần", well=True),
    Case("imap-no-move", lambda office: office.without(b"MOVE"), IMAP, "không có MOVE", "đánh dấu xóa", well=True),
    # the server that takes our mail
    Case("smtp-wrong-password", wrong_password("smtp"), SMTP, "từ chối đăng nhập của", "[smtp] user và mật khẩu"),
    Case("smtp-wrong-port", setting("smtp", port=1), SMTP, "127.0.0.1:1: máy chủ từ chối kết nối", "587 (starttls)"),
    Case("smtp-no-such-host", setting("smtp", host="khong-co.invalid", security="tls"), SMTP, "tên máy chủ", "[smtp] host"),
    Case("smtp-port-of-imap", smtp_points_at_imap, SMTP, "ở port này là máy chủ IMAP, không phải SMTP", "[smtp] port"),
    Case("smtp-clear-at-a-tls-port", smtp_tls_port_in_clear, SMTP, "mã hóa TLS ngay từ đầu", '[smtp] security = "tls"'),
    Case("smtp-tls-at-a-clear-port", setting("smtp", security="tls"), SMTP, "không mã hóa ngay từ đầu", '"starttls"'),
    Case("smtp-no-starttls", setting("smtp", security="starttls"), SMTP, "STARTTLS", "Bật STARTTLS trên máy chủ"),
    Case("smtp-certificate-of-another-name", smtp_other_name, SMTP, "không cấp cho", "(gui.bo.example)"),
    Case("smtp-sender-refused", no_sender_allowed, SMTP, "553 5.7.1 sender address rejected", "[smtp] sender"),
    Case("alarm-smtp-wrong-port", setting("alarm", smtp=_ALARM), "Máy chủ báo sự cố", "từ chối kết nối", "[alarm] smtp port"),
    # secrets and tokens
    Case("secret-file-missing", setting("smtp", password_file="khong-co"), SMTP, "khong-co: không có tệp", "0600"),
    Case("secret-variable-missing", setting("mailbox", password_file=None, password_env="BOT_KHONG_CO"), IMAP, "BOT_KHONG_CO", "password_env"),
    Case("secret-empty", lambda office: office.values["smtp"].update(password_file=office.secret("rong", "")), SMTP, "rong", "password_file"),
    Case("secret-readable-by-all", open_secret, SMTP, "ai trên máy này cũng đọc", "0600"),
    Case("token-expired", mailbox_by_token("AADSTS700082: expired"), SIGN_IN, "phiên đăng nhập đã hết hạn", "bot sign-in", frozenset({IMAP})),
    Case("token-key-expired", mailbox_by_token("AADSTS7000222: expired"), SIGN_IN, "khóa bí mật của ứng dụng đã hết hạn", "Tạo khóa bí mật mới", frozenset({IMAP})),
    Case("token-not-consented", mailbox_by_token("AADSTS65001: no"), SIGN_IN, "chưa được cho phép", "Quản trị viên", frozenset({IMAP})),
    # who is believed, and the clock
    Case("no-authentication-servers", no_servers, AUTHORS, "chưa khai báo", 'servers = ["mx.mpi.example"]'),
    Case("authentication-of-another-server", sealed_elsewhere, AUTHORS, "0 trong 1", 'servers = ["mx.mpi.example"]'),
    Case("clock-slow", slow_clock, CLOCK, "chậm ít nhất 3 giờ", "timedatectl"),
    Case("clock-kept-by-nothing", nobody_keeps_the_clock, CLOCK, "chưa có gì giữ đồng hồ", "timedatectl", well=True),
    # what the ministry writes
    Case("rule-error", broken_rule, RULES, "I.1.toml:", "Sửa dòng đó", frozenset({CONTACTS})),
    Case("rules-folder-missing", setting("content", rules="khong-co"), RULES, "khong-co: không có tệp", "[content] rules", frozenset({CONTACTS})),
    Case("campaign-not-in-rules", setting("ministry", campaigns=["2031-khong-co"]), RULES, "2031-khong-co", "[ministry] campaigns", frozenset({CONTACTS})),
    Case("contacts-not-named", setting("content", contacts=None), CONTACTS, "chưa khai báo", "[content] contacts"),
    Case("contacts-file-missing", setting("content", contacts="khong-co.csv"), CONTACTS, "khong-co.csv: không có tệp", "[content] contacts"),
    Case("contacts-unknown-reporter", contacts("999,x@y.example,\n"), CONTACTS, "danh-ba.csv, dòng 2: ", "Sửa dòng đó"),
    Case("contacts-without-addresses", contacts(""), CONTACTS, "0 đơn vị có địa chỉ thư", "ghi thêm vào danh bạ"),
    Case("template-syntax", template("vi/reply_accepted/body.txt", "{% if %}"), TEMPLATES, "reply_accepted/body.txt", "templates/"),
    Case("template-unknown-value", template("vi/held/subject.txt", "a\n{{ bien_nhan }}\n"), TEMPLATES, "held/subject.txt, dòng 2", "templates/"),
    Case("template-not-utf8", template_in_tcvn, TEMPLATES, "không phải chữ UTF-8", "[content] templates"),
    Case("nobody-to-alarm", setting("ministry", operator=None), "Người nhận", "chưa khai báo operator", "[ministry]"),
    # where it is kept
    Case("disk-nearly-full", little_room, DISK, "còn 0,9 GiB", "Dọn ổ đĩa"),
    Case("disk-full", no_writing(errno.ENOSPC), DISK, "hết chỗ trên ổ đĩa", "Dọn ổ đĩa"),
    Case("disk-not-writable", no_writing(errno.EACCES), DISK, "không có quyền truy cập", "quyền ghi"),
    Case("disk-read-only", no_writing(errno.EROFS), DISK, "chỉ cho đọc", "quyền ghi"),
    Case("data-folder-is-a-file", folder_is_a_file, DISK, "không phải thư mục", "[store] folder"),
    Case("data-folder-open", folder_is_open, DISK, "người khác đọc được", "chmod -R go="),
    Case("own-secret-damaged", damaged_secret, DISK, "secrets/seat của bot đã hỏng", "bản sao lưu"),
    Case("ledger-is-none", not_a_ledger, LEDGER, "không phải cơ sở dữ liệu", "bot restore"),
    Case("ledger-damaged", damaged_ledger, LEDGER, "bị hỏng", "bot restore"),
    Case("ledger-of-a-later-program", ledger_of_a_later_program, LEDGER, "phiên bản mới hơn", "phiên bản chương trình mới nhất"),
    Case("ledger-held", held_ledger, LEDGER, "bị tiến trình khác giữ", "fuser"),
    Case("ledger-server-away", setting("store", ledger="postgresql+psycopg://bot@127.0.0.1:1/bot"), LEDGER, "từ chối kết nối", "PostgreSQL"),
    # the machine
    Case("no-shared-memory", no_shared_memory, "Tiến trình đọc tệp", "Permission denied", "/dev/shm"),
    Case("no-fence-for-children", no_fence, "Tiến trình đọc tệp", "riscv64", "seccomp"),
    Case("no-libarchive", no_libarchive, "Tệp nén", "đề nghị gửi .zip", "libarchive13", well=True),
)  # fmt: skip


@pytest.fixture(scope="module")
def sink() -> Iterator[DemoSmtp]:
    with DemoSmtp(login=(USER, SECRET)) as server:
        yield server


@pytest.fixture
def office(
    tmp_path: Path,
    dovecot: DovecotServer,
    sink: DemoSmtp,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    monkeypatch.setattr(point, "PATIENCE_SECONDS", 0.7)
    made = Office(tmp_path, DovecotUser(dovecot, tls=False), sink, certificate, monkeypatch)
    with made.stack:
        yield made


def test_nothing_is_ill_before_it_is_spoilt(office: Office) -> None:
    code, found = office.doctor()
    assert code == 0
    assert [one for one in found if not one.well or one.cure] == []


def test_the_list_is_as_long_as_was_asked() -> None:
    assert len({one.id for one in CASES}) == len(CASES)
    assert sum(not one.well for one in CASES) >= 25


@pytest.mark.parametrize("case", CASES, ids=[one.id for one in CASES])
def test_the_cause_is_named_with_its_cure(case: Case, office: Office) -> None:
    case.spoil(office)
    code, found = office.doctor()
    ill = {one.point for one in found if not one.well}
    assert ill == (set() if case.well else {case.point} | case.also), found
    assert code == (0 if case.well else 1)
    (told,) = (one for one in found if one.point == case.point)
    assert case.said in told.said
    assert case.cure in told.cure
    assert [one.point for one in found if one.well and one.cure] == ([case.point] if case.well else [])
