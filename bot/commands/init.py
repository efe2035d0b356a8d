"""``bot init``: the few questions that matter, and a configuration with every setting and its comment."""

from __future__ import annotations

import os
import tomllib
import warnings
from dataclasses import dataclass
from getpass import GetPassWarning
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.causes import sentence_of
from bot.config import ConfigMistakes, build_config
from bot.config.example import fill_example
from bot.config.providers import PROVIDERS, Server, guess_host, read_server
from bot.config.values import LOOPBACK
from bot.language import bare
from bot.terminal import chosen_config, give_up, give_up_on, out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config.providers import Provider

_SECRETS = Path("bi-mat")
_PASSWORD = _SECRETS / "mat-khau-thu"
_CLIENT_SECRET = _SECRETS / "khoa-ung-dung"
_CONTACTS = Path("danh-ba.csv")
_TRUSTED = ("authentication", "servers")
_RELAY = 25
_HEADER = "reporter,address,role\n"


@dataclass(frozen=True, slots=True)
class _Login:
    """How the bot signs in: the settings that say so, and the secret that lies apart."""

    values: Mapping[tuple[str, str], object]
    secret: str = ""
    file: Path | None = None
    """Where the secret goes, from the folder of the configuration; None where nothing is to be kept."""
    next_step: str = "bot doctor"


def init(
    provider: Annotated[
        str | None, typer.Option("--provider", help=f"Dịch vụ thư: {', '.join(PROVIDERS)}.", metavar="NAME")
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="Địa chỉ hộp thư nhận báo cáo.", metavar="ADDRESS")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="Tên đăng nhập, nếu khác địa chỉ.", metavar="USER")] = None,
    imap: Annotated[
        str | None, typer.Option("--imap", help="Máy chủ IMAP, kèm cổng nếu khác 993.", metavar="HOST[:PORT]")
    ] = None,
    smtp: Annotated[
        str | None, typer.Option("--smtp", help="Máy chủ SMTP, kèm cổng nếu khác 587.", metavar="HOST[:PORT]")
    ] = None,
    password_env: Annotated[
        str | None,
        typer.Option("--password-env", help="Lấy mật khẩu ở biến môi trường này, không hỏi.", metavar="NAME"),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="Google OAuth2: tệp khóa JSON, thay cho mật khẩu.", metavar="FILE")
    ] = None,
    tenant: Annotated[
        str | None, typer.Option("--tenant", help="Microsoft 365: mã hoặc tên miền của tổ chức.", metavar="ID")
    ] = None,
    client_id: Annotated[
        str | None, typer.Option("--client-id", help="Microsoft 365: mã ứng dụng.", metavar="ID")
    ] = None,
    trust: Annotated[
        list[str] | None,
        typer.Option(
            "--trust", help="Máy chủ của Bộ, như ghi ở dòng Authentication-Results của thư nhận được.", metavar="NAME"
        ),
    ] = None,
    operator: Annotated[
        str | None, typer.Option("--operator", help="Địa chỉ nhận cảnh báo sự cố.", metavar="ADDRESS")
    ] = None,
    digest_to: Annotated[
        list[str] | None, typer.Option("--digest-to", help="Địa chỉ nhận bản tổng hợp tuần.", metavar="ADDRESS")
    ] = None,
    campaign: Annotated[
        list[str] | None, typer.Option("--campaign", help="Đợt báo cáo mà hộp thư thu.", metavar="ID")
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            "--mode", help="Thư gửi đi: live (tự gửi), approve (chờ duyệt), drafts (thư nháp).", metavar="MODE"
        ),
    ] = "live",
    shared: Annotated[bool, typer.Option("--shared", help="Có người cùng đọc hộp thư này.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ghi ngay, không hỏi lại.")] = False,
) -> None:
    """Hỏi vài điều rồi viết config.toml có chú thích cho từng tham số; mật khẩu để riêng, chỉ chủ tệp đọc được.

    Dùng một lần, khi cài đặt cho một hộp thư.

    Điều nào đã cho bằng tùy chọn thì không hỏi. Không ghi đè tệp đã có. Viết xong, chạy bot doctor để kiểm tra.

    Ví dụ: bot init --provider gmail --address baocao@bo.example
    """
    config = chosen_config()
    _refuse(config)
    key = _ask("Dịch vụ thư: " + ", ".join(f"{one} ({PROVIDERS[one].name})" for one in PROVIDERS), provider, "dovecot")
    if key not in PROVIDERS:
        give_up(f"Không có dịch vụ {key}; hãy chọn một trong: {', '.join(PROVIDERS)}.")
    known = PROVIDERS[key]
    mailbox = _ask("Địa chỉ hộp thư nhận báo cáo", address)
    servers = {
        "mailbox": _server("Máy chủ IMAP", imap, known.imap, guess_host(mailbox, key, "imap"), 993),
        "smtp": _server("Máy chủ SMTP", smtp, known.smtp, guess_host(mailbox, key, "smtp"), 587),
    }
    alarms = _ask("Địa chỉ nhận cảnh báo sự cố (người vận hành)", operator)
    digests = digest_to or [_ask("Địa chỉ nhận bản tổng hợp tuần (đơn vị của Bộ)", None, alarms)]
    trusted = trust or known.settings.get(_TRUSTED) or _ask_trusted(known)
    if password_env:
        login = _Login(dict.fromkeys([(section, "password_env") for section in servers], password_env))
    elif key_file:
        login = _by_key(key_file)
    elif known.sign_in == "microsoft":
        login = _by_application(config, mailbox, known, tenant, client_id)
    else:
        login = _by_password(config, known)
    values = _values(known, servers, user or mailbox, mailbox) | dict(login.values)
    values |= {
        _TRUSTED: trusted,
        ("mailbox", "shared_inbox"): shared,
        ("sending", "mode"): mode,
        ("ministry", "operator"): alarms,
        ("ministry", "digest_to"): digests,
        ("ministry", "campaigns"): _campaigns(campaign),
    }
    text = _checked(_without_login(values, servers["smtp"]), config)
    _show(config, login, servers, mailbox, [alarms, *digests])
    if not yes and not _agreed():
        give_up("Chưa ghi gì.")
    _write(config, text, login)


def _refuse(path: Path) -> None:
    if path.exists():
        give_up(f"Đã có {path}, không ghi đè; hãy sửa tệp đó, hoặc đổi tên rồi chạy lại.")


def _by_password(config: Path, provider: Provider) -> _Login:
    _refuse(config.parent / _PASSWORD)
    secret = _ask(f"Mật khẩu, không hiện khi gõ: {provider.secret}", None, hidden=True)
    files = {(section, "password_file"): _PASSWORD.as_posix() for section in ("mailbox", "smtp")}
    return _Login(files, secret, _PASSWORD)


def _by_key(key_file: Path) -> _Login:
    """Return the login with Google's key, which stays where it is."""
    signs = {(section, "sign_in"): "google" for section in ("mailbox", "smtp")}
    return _Login({**signs, ("oauth", "key_file"): str(key_file.absolute())})


def _by_application(
    config: Path, address: str, provider: Provider, tenant: str | None, client_id: str | None
) -> _Login:
    """Return the login of an application at Microsoft: with its own secret, or with a person's consent."""
    _refuse(config.parent / _CLIENT_SECRET)
    values: dict[tuple[str, str], object] = {(section, "sign_in"): "microsoft" for section in ("mailbox", "smtp")}
    values["oauth", "tenant"] = _ask("Mã hoặc tên miền của tổ chức ở Microsoft 365", tenant, address.rpartition("@")[2])
    values["oauth", "client_id"] = _ask("Mã ứng dụng (client id) đã đăng ký ở Microsoft Entra", client_id)
    secret = _ask(f"Không hiện khi gõ: {provider.secret}", None, hidden=True, optional=True)
    if not secret:
        return _Login(values, next_step="bot sign-in, sau đó bot doctor")
    values["oauth", "client_secret_file"] = _CLIENT_SECRET.as_posix()
    return _Login(values, secret, _CLIENT_SECRET)


def _ask(question: str, given: str | None, usual: str = "", *, hidden: bool = False, optional: bool = False) -> str:
    """Return what was given, else the answer of the person at the terminal; gives up where there is none."""
    if given:
        return given.strip()
    try:
        with warnings.catch_warnings():
            # Where answers come through a pipe nothing is shown anyway, and the warning is English.
            warnings.simplefilter("ignore", GetPassWarning)
            default = usual or ("" if optional else None)
            return str(typer.prompt(question, default=default, hide_input=hidden, show_default=not optional)).strip()
    except typer.Abort:
        give_up(f"Thiếu: {question}. Chưa ghi gì; có thể cho bằng tùy chọn, xem bot init --help.")


def _ask_trusted(provider: Provider) -> list[str]:
    """Return whose word about senders counts; nobody's where it is not known yet, and then every mail is held."""
    if provider.settings.get(("authentication", "microsoft")):
        return []
    question = "Tên máy chủ ở dòng Authentication-Results của thư nhận được; chưa biết thì gõ -, bot doctor sẽ chỉ"
    answer = _ask(question, None, "-")
    return [] if answer == "-" else answer.replace(",", " ").split()


def _agreed() -> bool:
    return bare(_ask("Ghi các tệp này? (c: có, k: không)", None, "k")) in ("c", "co", "y", "yes")


def _server(question: str, given: str | None, known: Server | None, usual: str, port: int) -> Server:
    """Return the server that was named; where nobody names one, the service's own or the answer at the terminal."""
    if known is not None and not given:
        return known
    text = _ask(question, given, usual)
    try:
        return read_server(text, port)
    except ValueError:
        give_up(f"{question}: {text} không phải tên máy chủ hoặc tên:cổng.")


def _campaigns(given: list[str] | None) -> list[str]:
    """Return the campaigns that were named, which must be there; none is all of them."""
    from bot.adapters.content import read_rules
    from bot.check.load import CAMPAIGN, drafts_in

    files = read_rules(None)
    known = {name.split("/")[0] for name in files if name.endswith(f"/{CAMPAIGN}")} - set(drafts_in(files))
    for one in given or ():
        if one not in known:
            give_up(f"Không có đợt báo cáo {one}; các đợt đang có: {', '.join(sorted(known))}.")
    return given or []


def _values(known: Provider, servers: dict[str, Server], user: str, mailbox: str) -> dict[tuple[str, str], object]:
    values: dict[tuple[str, str], object] = {("smtp", "sender"): mailbox}
    for section, server in servers.items():
        values |= {
            (section, "host"): server.host,
            (section, "port"): server.port,
            (section, "security"): server.security,
            (section, "user"): user,
            (section, "password_env"): None,
        }
    return values | dict(known.settings)


def _without_login(values: dict[tuple[str, str], object], smtp: Server) -> dict[tuple[str, str], object]:
    """Return *values* for a server that takes mail of its own machine without a login: port 25 on the loopback."""
    if smtp.port != _RELAY or smtp.host not in LOOPBACK:
        return values
    return values | {("smtp", "user"): "", ("smtp", "password_env"): None, ("smtp", "password_file"): None}


def _checked(values: dict[tuple[str, str], object], config: Path) -> str:
    """Return the file's text; what is wrong with an answer is told by its key, and nothing is written."""
    from bot.adapters.content import default_folder

    example = default_folder("rules").parent / "config.example.toml"
    text = fill_example(example.read_text("utf-8"), values)
    text = text.replace("# Cấu hình mẫu. Sao chép thành config.toml rồi sửa;", "# Cấu hình do bot init viết;", 1)
    try:
        build_config(tomllib.loads(text), config)
    except ConfigMistakes as mistakes:
        give_up_on("Chưa ghi gì, vì có câu trả lời chưa đúng:", mistakes.mistakes)
    return text


def _show(config: Path, login: _Login, servers: dict[str, Server], mailbox: str, people: list[str]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("Hộp thư", mailbox)
    for name, section in (("Đọc thư", "mailbox"), ("Gửi thư", "smtp")):
        one = servers[section]
        table.add_row(name, f"{one.host}:{one.port} ({one.security})")
    table.add_row("Cảnh báo", people[0])
    table.add_row("Bản tổng hợp", ", ".join(people[1:]))
    named = (config, config.parent / _CONTACTS, *([config.parent / login.file] if login.file else []))
    table.add_row("Sẽ ghi", ", ".join(str(one) for one in named if not one.exists()))
    out.print(table)


def _write(config: Path, text: str, login: _Login) -> None:
    """Write the files; the secret is never, not for a moment, open to others, and the configuration comes last."""
    contacts = config.parent / _CONTACTS
    try:
        if login.file is not None:
            (config.parent / _SECRETS).mkdir(mode=0o700, exist_ok=True)
            handle = os.open(config.parent / login.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{login.secret}\n")
        if not contacts.exists():
            contacts.write_text(_HEADER, "utf-8")
        with config.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        give_up(f"Không ghi được {sentence_of(problem)}.")
    out.print(f"Đã ghi {config}. Tiếp theo: ghi danh bạ vào {contacts}, rồi chạy {login.next_step}.", markup=False)
