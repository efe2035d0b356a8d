"""The operator's TOML file as one frozen Config; every mistake in it is told at once, by key."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.causes import cause_of
from bot.config_mistakes import ConfigMistakes, tell_mistakes, tell_syntax

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LOOPBACK", "Config", "ConfigMistakes", "build_config", "load_config"]

Security = Literal["tls", "starttls", "none"]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\[\]\\]+@[^@\s<>(),;:\"\[\]\\]+")
_HOST = re.compile(r"[^\s/@:]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHORT_TIME = re.compile(r"\d:\d\d(:\d\d)?")


def _check_address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("không phải địa chỉ thư; ghi như baocao@bo.example")
    return value


def _check_host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("chỉ ghi tên máy chủ, không kèm giao thức hay cổng; cổng ghi ở port")
    return value


def _check_line(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("không được xuống dòng hay có ký tự điều khiển")
    return value


def _check_name(value: str) -> str:
    if not value:
        raise ValueError("không được để trống")
    return _check_line(value)


def _accept_day(value: object) -> object:
    # Pydantic takes a bare number for seconds since 1970, which nobody means here.
    if isinstance(value, (bool, int, float)):
        raise ValueError("phải là ngày, ghi như 2026-01-31")  # noqa: TRY004  pydantic turns only this into a mistake
    return value.date() if isinstance(value, datetime) else value


def _accept_time(value: object) -> object:
    if isinstance(value, (bool, int, float)):
        raise ValueError("phải là giờ trong ngày, ghi như 08:00:00")  # noqa: TRY004  as above
    return f"0{value}" if isinstance(value, str) and _SHORT_TIME.fullmatch(value.strip()) else value


def _check_time(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("luôn là giờ Việt Nam, không ghi múi giờ")
    return value


Address = Annotated[str, AfterValidator(_check_address)]
AddressOrNone = Annotated[str, AfterValidator(lambda value: _check_address(value) if value else value)]
Line = Annotated[str, AfterValidator(_check_line)]
Name = Annotated[str, AfterValidator(_check_name)]
Day = Annotated[date, BeforeValidator(_accept_day)]
Time = Annotated[time, BeforeValidator(_accept_time), AfterValidator(_check_time)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Account(_Section):
    """A login at a mail server: its secret comes from the environment or from a file, never from the config."""

    host: Annotated[str, AfterValidator(_check_host)]
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security = "tls"
    user: Line = ""
    password_env: Line = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    """A certificate authority of one's own, beside those of the system."""
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60

    # Fields are checked one by one, not the whole at its end: so this mistake is told together with all others.
    @field_validator("security")
    @classmethod
    def _never_in_clear(cls, value: Security, info: ValidationInfo) -> Security:
        if value == "none" and info.data.get("host", "localhost") not in LOOPBACK:
            raise ValueError('"none" chỉ dùng được với máy chủ trên chính máy này; hãy dùng "tls" hoặc "starttls"')
        return value

    @field_validator("password_file")
    @classmethod
    def _one_secret(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("password_env"):
            raise ValueError("chỉ dùng một trong hai: password_env hoặc password_file")
        return value

    def password(self) -> str:
        """Return the secret; raises LookupError with a sentence for the operator where it cannot be had."""
        if self.password_env:
            secret = os.environ.get(self.password_env, "")
            if not secret:
                raise LookupError(f"biến môi trường {self.password_env} chưa được đặt hoặc đang để trống")
            return secret
        return "" if self.password_file is None else _read_secret(self.password_file)

    def find_secret_trouble(self) -> str:
        """Return why this login has no secret; empty where it has one, or needs none."""
        if not self.user:
            return ""
        if not self.password_env and self.password_file is None:
            return f"chưa khai báo password_env hoặc password_file cho {self.user}"
        try:
            self.password()
        except LookupError as problem:
            return str(problem.args[0])
        return ""

    def find_open_secret(self) -> str:
        """Return a warning where others than its owner may read the password file; empty otherwise."""
        path = self.password_file
        if path is None or not path.exists() or not stat.S_IMODE(path.stat().st_mode) & 0o077:
            return ""
        return f"tệp mật khẩu {path} đang cho người khác đọc; hãy chạy: chmod 600 {path}"


def _read_secret(path: Path) -> str:
    try:
        secret = path.read_text("utf-8").rstrip("\r\n")
    except OSError as problem:
        raise LookupError(f"không đọc được tệp mật khẩu {path}: {cause_of(problem)}") from problem
    except UnicodeDecodeError:
        # The exception holds the bytes that it choked on, so it is not handed on.
        raise LookupError(f"tệp mật khẩu {path} không phải chữ UTF-8") from None
    if not secret:
        raise LookupError(f"tệp mật khẩu {path} đang để trống")
    return secret


class Folders(_Section):
    """Where a mail is filed on the server after its outcome is committed."""

    done: Name = "Đã xử lý"
    held: Name = "Chờ xem xét"
    ignored: Name = "Thư tự động"
    aside: Name = "Sự cố"
    sent: Name = "Sent"


class Mailbox(_Account):
    """The ministry's inbox, read by IMAP."""

    folder: Name = "INBOX"
    shared_inbox: bool = False
    """A person reads this inbox too: mail that is not ours is left exactly as it was."""
    since: Day | None = None
    """Mail that arrived before this day is not looked at."""
    folders: Folders = Folders()
    save_sent: bool = True
    """Append a copy of each mail to the folder ``sent``; switch it off where the provider does so (Gmail)."""
    idle: bool = True
    idle_minutes: Annotated[float, Field(gt=0, le=5)] = 5
    sweep_minutes: Annotated[float, Field(gt=0, le=60)] = 3

    @field_validator("folders")
    @classmethod
    def _never_back_into_the_inbox(cls, value: Folders, info: ValidationInfo) -> Folders:
        inbox = str(info.data.get("folder", "")).casefold()
        same = [name for name in type(value).model_fields if getattr(value, name).casefold() == inbox]
        if same:
            raise ValueError(f"{', '.join(same)} trùng với hộp thư đang đọc (folder); thư sẽ quay lại đó mãi")
        return value

    @property
    def account(self) -> str:
        """Return the name under which the ledger knows this login."""
        return f"{self.user}@{self.host}:{self.port}"


class Smtp(_Account):
    """The server that takes our mail."""

    sender: Address
    """The address in From."""
    sender_name: Line = "Hệ thống tiếp nhận báo cáo"
    daily_limit: Annotated[int, Field(ge=1)] = 450
    """How many mails the provider lets out in 24 hours (a Gmail account: 500)."""

    @property
    def domain(self) -> str:
        """Return the part after the @, used in our Message-IDs."""
        return self.sender.rpartition("@")[2]


class Store(_Section):
    """Where everything is kept."""

    ledger: str = ""
    """A database URL; empty means the SQLite file ``ledger.db`` in ``folder``."""
    folder: Path = Path("data")
    """The vault, and the ledger when it is SQLite."""
    page: Path | None = None
    """Where the status page is written whenever something has changed; None writes none."""

    @field_validator("ledger")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(_DATABASES):
            raise ValueError('chỉ nhận "sqlite:///…" hoặc "postgresql+psycopg://…"; để trống là SQLite trong folder')
        parts = urlsplit(value)
        if parts.password or "password" in parse_qs(parts.query):
            raise ValueError("không ghi mật khẩu ở đây; PostgreSQL đọc biến môi trường PGPASSWORD hoặc tệp ~/.pgpass")
        return value

    @property
    def ledger_url(self) -> str:
        """Return the SQLAlchemy URL of the ledger."""
        return self.ledger or f"sqlite:///{self.folder / 'ledger.db'}"


class Content(_Section):
    """The ministry's knowledge and voice; empty means what is packed with the program."""

    rules: Path | None = None
    templates: Path | None = None
    contacts: Path | None = None
    """CSV: reporter,address,role. Who may send for whom, and who is reminded."""


class Work(_Section):
    """Limits of the child processes that parse foreign content."""

    workers: Annotated[int, Field(ge=1, le=64)] = 2
    seconds: Annotated[float, Field(gt=0, le=600)] = 20
    """Longest time for one message."""
    memory_mib: Annotated[int, Field(ge=256)] = 512
    """How much address space a child may take for one message."""
    message_mib: Annotated[int, Field(ge=1, le=200)] = 35
    """A larger mail is not fetched; its sender is asked to split it."""
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    """After so many failures of ours a message is set aside."""


class Schedule(_Section):
    """When the clock speaks. All times are Vietnamese."""

    remind_at: Time = time(8, 0)
    enclose_blanks: bool = True
    """The first reminder of a deadline brings the pre-filled blanks of what is missing."""
    rush_days: Annotated[int, Field(ge=0, le=30)] = 2
    """So many days before a deadline the inbox is looked into more often, and who must wait for long gets a receipt."""
    rush_sweep_minutes: Annotated[float, Field(gt=0, le=60)] = 1
    digest_day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    digest_at: Time = time(7, 30)


class Ministry(_Section):
    """Who is served, and who is called when something breaks."""

    digest_to: tuple[Address, ...] = ()
    operator: AddressOrNone = ""
    """The address for alarms."""
    campaigns: tuple[str, ...] = ()
    """The campaigns that this mailbox collects, by their folders in ``rules/``; all where none is named."""

    @field_validator("digest_to", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class Config(_Section):
    """The whole configuration. Paths are absolute after loading."""

    mailbox: Mailbox
    smtp: Smtp
    store: Store = Store()
    content: Content = Content()
    work: Work = Work()
    schedule: Schedule = Schedule()
    ministry: Ministry = Ministry()


def load_config(path: Path) -> Config:
    """Read and check *path*; relative paths in it are taken from its folder.

    Raises:
        ConfigMistakes: with one sentence for each mistake, all of them at once.
    """
    try:
        # Editors on Windows begin a UTF-8 file with a byte order mark.
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigMistakes(path, ("không có tệp này; sao chép config.example.toml rồi sửa lại",)) from None
    except OSError as problem:
        raise ConfigMistakes(path, (f"không đọc được tệp: {cause_of(problem)}",)) from problem
    except UnicodeDecodeError as problem:
        sentence = f"tệp không phải UTF-8 (byte thứ {problem.start + 1}); hãy lưu lại bằng UTF-8"
        raise ConfigMistakes(path, (sentence,)) from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigMistakes(path, (tell_syntax(problem),)) from None
    return build_config(values, path)


def build_config(values: Mapping[str, object], path: Path) -> Config:
    """Check *values* as read from *path*; raises ConfigMistakes as :func:`load_config` does."""
    try:
        config = Config.model_validate(values)
    except ValidationError as problem:
        raise ConfigMistakes(path, tell_mistakes(problem, Config)) from None
    return _with_absolute_paths(config, path.resolve().parent)


def _with_absolute_paths(section: _Section, base: Path) -> Config:
    changes: dict[str, object] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Path):
            changes[name] = base / value
        elif isinstance(value, _Section):
            changes[name] = _with_absolute_paths(value, base)
    return section.model_copy(update=changes)  # type: ignore[return-value]  # the outermost call is given a Config
