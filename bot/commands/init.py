"""``bot init``: the few questions that matter, and a configuration with every setting and its comment."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.causes import sentence_of
from bot.config import ConfigMistakes, build_config
from bot.config.example import fill_example
from bot.config.providers import PROVIDERS, Server, guess_host, read_server
from bot.language import bare
from bot.terminal import chosen_config, give_up, give_up_on, out

if TYPE_CHECKING:
    from bot.config.providers import Provider

_SECRET = Path("bi-mat") / "mat-khau-thu"
_CONTACTS = Path("danh-ba.csv")
_TRUSTED = ("authentication", "servers")
_HEADER = "reporter,address,role\n"


class _Files:
    """What is written, all in the folder of the configuration."""

    def __init__(self, config: Path, *, with_secret: bool) -> None:
        self.config = config
        self.contacts = config.parent / _CONTACTS
        self.secret = config.parent / _SECRET if with_secret else None

    def missing(self) -> list[Path]:
        """Return those that are not there yet."""
        return [one for one in (self.config, self.secret, self.contacts) if one is not None and not one.exists()]


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
    shared: Annotated[bool, typer.Option("--shared", help="Có người cùng đọc hộp thư này.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ghi ngay, không hỏi lại.")] = False,
) -> None:
    """Hỏi vài điều rồi viết config.toml có chú thích cho từng tham số; mật khẩu để riêng, chỉ chủ tệp đọc được.

    Điều nào đã cho bằng tùy chọn thì không hỏi. Không ghi đè tệp đã có. Viết xong, chạy bot doctor để kiểm tra.

    Ví dụ: bot init --provider gmail --address baocao@bo.example
    """
    files = _Files(chosen_config(), with_secret=not password_env)
    _refuse_existing(files)
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
    values = _values(known, servers, user or mailbox, mailbox, password_env)
    values |= {
        _TRUSTED: trusted,
        ("mailbox", "shared_inbox"): shared,
        ("ministry", "operator"): alarms,
        ("ministry", "digest_to"): digests,
        ("ministry", "campaigns"): _campaigns(campaign),
    }
    text = _checked(values, files)
    secret = None if password_env else _ask(f"Mật khẩu, không hiện khi gõ: {known.secret}", None, hidden=True)
    _show(files, servers, mailbox, alarms, digests)
    if not yes and not _agreed():
        give_up("Chưa ghi gì.")
    _write(files, text, secret)


def _refuse_existing(files: _Files) -> None:
    for path in (files.config, files.secret):
        if path is not None and path.exists():
            give_up(f"Đã có {path}, không ghi đè; hãy sửa tệp đó, hoặc đổi tên rồi chạy lại.")


def _ask(question: str, given: str | None, usual: str = "", *, hidden: bool = False) -> str:
    """Return what was given, else the answer of the person at the terminal; gives up where there is none."""
    if given:
        return given.strip()
    try:
        return str(typer.prompt(question, default=usual or None, hide_input=hidden)).strip()
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


def _values(
    known: Provider, servers: dict[str, Server], user: str, mailbox: str, password_env: str | None
) -> dict[tuple[str, str], object]:
    values: dict[tuple[str, str], object] = {("smtp", "sender"): mailbox}
    for section, server in servers.items():
        values |= {
            (section, "host"): server.host,
            (section, "port"): server.port,
            (section, "security"): server.security,
            (section, "user"): user,
            (section, "password_env"): password_env,
            (section, "password_file"): None if password_env else _SECRET.as_posix(),
        }
    return values | dict(known.settings)


def _checked(values: dict[tuple[str, str], object], files: _Files) -> str:
    """Return the file's text; what is wrong with an answer is told by its key, and nothing is written."""
    from bot.adapters.content import default_folder

    example = default_folder("rules").parent / "config.example.toml"
    text = fill_example(example.read_text("utf-8"), values)
    text = text.replace("# Cấu hình mẫu. Sao chép thành config.toml rồi sửa;", "# Cấu hình do bot init viết;", 1)
    try:
        build_config(tomllib.loads(text), files.config)
    except ConfigMistakes as mistakes:
        give_up_on("Chưa ghi gì, vì có câu trả lời chưa đúng:", mistakes.mistakes)
    return text


def _show(files: _Files, servers: dict[str, Server], mailbox: str, operator: str, digest_to: list[str]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("Hộp thư", mailbox)
    for name, section in (("Đọc thư", "mailbox"), ("Gửi thư", "smtp")):
        one = servers[section]
        table.add_row(name, f"{one.host}:{one.port} ({one.security})")
    table.add_row("Cảnh báo", operator)
    table.add_row("Bản tổng hợp", ", ".join(digest_to))
    table.add_row("Sẽ ghi", ", ".join(str(one) for one in files.missing()))
    out.print(table)


def _write(files: _Files, text: str, secret: str | None) -> None:
    """Write the files; the secret is never, not for a moment, open to others, and the configuration comes last."""
    try:
        if files.secret is not None:
            files.secret.parent.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(files.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{secret}\n")
        if not files.contacts.exists():
            files.contacts.write_text(_HEADER, "utf-8")
        with files.config.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        give_up(f"Không ghi được {sentence_of(problem)}.")
    out.print(f"Đã ghi {files.config}. Tiếp theo: ghi danh bạ vào {files.contacts}, rồi chạy bot doctor.", markup=False)
