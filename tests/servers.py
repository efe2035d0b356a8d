"""Mail servers as fixtures: pymap always, Dovecot where it is installed.

Import the fixtures where they are needed (in a ``conftest.py``).
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

from bot.config import Mailbox
from bot.demo.servers import DemoImap, DemoSmtp
from bot.language import VIETNAM
from tests.liar import PASSWORD, LiarServer

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Certificate", "DemoSmtp", "DovecotServer", "ImapServer", "LiarServer", "PymapServer", "certificate", "dovecot",
    "either_server", "imap_server", "mailbox_of", "person_at",
]  # fmt: skip

NOON = datetime(2012, 7, 10, 12, 0, tzinfo=VIETNAM)
_numbers = itertools.count(1)


class ImapServer(Protocol):
    """What the tests ask of every real server."""

    host: str
    port: int
    user: str
    password: str

    def start(self) -> int: ...
    def stop(self) -> None: ...
    def deliver(self, raw: bytes, received_at: datetime, folder: str = "INBOX") -> int: ...
    def renumber(self) -> None:
        """Change UIDVALIDITY, and with it every UID."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-made certificate for localhost and 127.0.0.1, which is its own authority."""

    certificate: Path
    key: Path

    def for_server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificate(folder: Path, names: str = "DNS:localhost,IP:127.0.0.1") -> Certificate:
    """Write a certificate for *names* into *folder*; skips the test where there is no openssl command."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate, so nothing over TLS")
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "3650", "-subj", "/CN=localhost", "-addext", f"subjectAltName={names}"),
            *("-keyout", str(made.key), "-out", str(made.certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return made


def make_expired(folder: Path) -> Certificate:
    """Write a certificate for 127.0.0.1 whose days are over into *folder*."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOON)
        .not_valid_after(NOON + timedelta(days=90))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    made.certificate.write_bytes(built.public_bytes(Encoding.PEM))
    made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


class PymapServer(DemoImap):
    """pymap, with the means to lose its numbers."""

    def renumber(self) -> None:
        self._run(self._renumber())

    async def _renumber(self) -> None:
        mailbox = await (await self._mailboxes()).get_mailbox("INBOX")
        mailbox._uid_validity += 1
        moved = [(uid - 50, message) for uid, message in mailbox._messages.items()]
        mailbox._messages = {uid: type(message).copy(message, uid=uid) for uid, message in moved}


class DovecotServer:
    """A private Dovecot 2.3 below a folder of its own; any user may log in with the one password."""

    host = "127.0.0.1"

    def __init__(self, certificate: Certificate, *, introspection: str = "", more: str = "") -> None:
        """Prepare a server; where *introspection* is the address that knows tokens (RFC 7662), it takes them too.

        *more* is put at the end of its configuration, with ``{folder}`` filled in.
        """
        self._introspection = introspection
        self._more = more
        self._folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port, self.tls_port = _free_port(), _free_port()
        self.password = PASSWORD
        self.log = self._folder / "dovecot.log"
        self._write(certificate)

    def start(self) -> int:
        if self._process is None:
            command = [_dovecot_command() or "dovecot", "-F", "-c", str(self._folder / "dovecot.conf")]
            # A file, not a pipe: Dovecot's children inherit it and would keep a pipe open.
            with self.log.open("ab") as said:
                self._process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
            self._wait_until_it_listens(self._process)
        return self.port

    def stop(self) -> None:
        if self._process is not None:
            # The whole group, as a power cut would: told politely, its children serve on for a while.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def restrict(self, rights: str) -> None:
        """Write the list of rights that all mailboxes have, where *more* speaks of ``{folder}/acl``."""
        (self._folder / "acl").write_text(rights, "utf-8")

    def forget_numbers(self, user: str) -> None:
        """Delete what Dovecot remembers of that user's inbox; it then begins with a new UIDVALIDITY."""
        home = self._folder / "mail" / user
        for memory in home.glob("dovecot*"):
            # This one counts UIDVALIDITY up; without it the clock decides, and one second may be the same number.
            if not memory.name.startswith("dovecot-uidvalidity"):
                memory.unlink()

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(500):
            if process.poll() is not None:
                raise RuntimeError(f"Dovecot did not start: {self.log.read_text()}")
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.tls_port), timeout=1):
                return
            time.sleep(0.01)
        raise RuntimeError("Dovecot does not listen")

    def _write(self, certificate: Certificate) -> None:
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        mail_user = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        mail = self._folder / "mail"
        mail.mkdir()
        # The login processes run as another user and must be able to pass through.
        self._folder.chmod(0o755)
        os.chown(mail, mail_user.pw_uid, mail_user.pw_gid)
        for name, source in (("certificate.pem", certificate.certificate), ("key.pem", certificate.key)):
            shutil.copy(source, self._folder / name)
        group = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {_group()}\n"
        (self._folder / "oauth2.conf").write_text(
            f"introspection_url = {self._introspection}\nintrospection_mode = post\nusername_attribute = username\n"
            "active_attribute = active\nactive_value = true\n"
        )
        (self._folder / "dovecot.conf").write_text(
            ("" if root else group)
            + _DOVECOT.format(folder=self._folder, port=self.port, tls_port=self.tls_port, password=self.password)
            + (_OAUTH2.format(folder=self._folder) if self._introspection else "")
            + f"mail_uid = {mail_user.pw_uid}\nmail_gid = {mail_user.pw_gid}\n"
            + self._more.format(folder=self._folder)
        )


_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u:LAYOUT=fs
mailbox_list_index = yes
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_max_userip_connections = 100
namespace inbox {{
  inbox = yes
  mailbox "Thư nháp" {{
    special_use = \\Drafts
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = home={folder}/mail/%u
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""


_OAUTH2 = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""


class DovecotUser:
    """One fresh mailbox at a Dovecot."""

    host = DovecotServer.host

    def __init__(self, server: DovecotServer, *, tls: bool) -> None:
        self._server = server
        self.tls_port = server.tls_port
        self.user = f"hop-thu-{next(_numbers)}"
        self.password = server.password
        self.port = server.tls_port if tls else server.port

    def start(self) -> int:
        self._server.start()
        return self.port

    def stop(self) -> None:
        self._server.stop()

    def deliver(self, raw: bytes, received_at: datetime, folder: str = "INBOX") -> int:
        with IMAPClient(self.host, self._server.port, ssl=False, timeout=10) as person:
            person.login(self.user, self.password)
            told = bytes(person.append(folder, raw, msg_time=received_at))
        return int(told.partition(b"]")[0].split()[-1])

    def renumber(self) -> None:
        self._server.forget_numbers(self.user)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _group() -> str:
    import grp

    return grp.getgrgid(os.getegid()).gr_name


def _dovecot_command() -> str | None:
    # It lies where only root looks.
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _dovecot_missing() -> str:
    command = _dovecot_command()
    if command is None:
        return "Dovecot is not installed (apt-get install dovecot-imapd)"
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout
    return "" if version.startswith("2.3.") else f"the configuration here is for Dovecot 2.3, this is {version.strip()}"


def mailbox_of(server: ImapServer | LiarServer, **changes: Any) -> Mailbox:
    """Return the settings of a mailbox at *server*; its secret is expected in the variable BOT_TEST_SECRET."""
    values = {
        "host": server.host, "port": server.port, "security": "none", "user": server.user,
        "password_env": "BOT_TEST_SECRET", "timeout_seconds": 5,
    }  # fmt: skip
    return Mailbox.model_validate({**values, **changes})


@contextlib.contextmanager
def person_at(settings: Mailbox) -> Iterator[IMAPClient]:
    """Log in as a person with a mail program would, with INBOX open."""
    encrypted = settings.security == "tls"
    context = ssl.create_default_context(cafile=settings.ca_file) if encrypted else None
    with IMAPClient(settings.host, settings.port, ssl=encrypted, ssl_context=context, timeout=10) as person:
        person.login(settings.user, settings.password())
        person.normalise_times = False
        person.select_folder("INBOX")
        yield person


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def dovecot(certificate: Certificate) -> Iterator[DovecotServer]:
    if missing := _dovecot_missing():
        pytest.skip(missing)
    server = DovecotServer(certificate)
    try:
        server.start()
        yield server
    finally:
        server.close()


@dataclass(frozen=True, slots=True)
class Door:
    """A real server and the settings that open it."""

    server: ImapServer
    settings: Mailbox


@pytest.fixture(params=["pymap", "pymap-tls", "dovecot", "dovecot-tls"])
def imap_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Yield an empty mailbox at each kind of server, in clear and over TLS."""
    yield from _open(request, monkeypatch)


@pytest.fixture(params=["pymap", "dovecot-tls"])
def either_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Yield an empty mailbox at both servers: for what lies above the connection."""
    yield from _open(request, monkeypatch)


def _open(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setenv("BOT_TEST_SECRET", PASSWORD)
    kind, _, tls = request.param.partition("-")
    made: Certificate | None = request.getfixturevalue("certificate") if tls else None
    encrypted = {"security": "tls", "ca_file": made.certificate} if made else {}
    if kind == "pymap":
        with PymapServer(password=PASSWORD, tls=made.for_server() if made else None) as server:
            yield Door(server, mailbox_of(server, **encrypted))
    else:
        user = DovecotUser(request.getfixturevalue("dovecot"), tls=bool(tls))
        user.start()
        yield Door(user, mailbox_of(user, **encrypted))
