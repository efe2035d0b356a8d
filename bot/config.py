"""The operator's TOML file as one frozen Config; every mistake in it is told at once, by key."""

from __future__ import annotations

import os
import tomllib
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

Security = Literal["tls", "starttls", "none"]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_KINDS = {
    "missing": "thiếu giá trị bắt buộc",
    "extra_forbidden": "không có tham số này; kiểm tra lại tên",
    "int_parsing": "phải là số nguyên",
    "int_type": "phải là số nguyên",
    "string_type": "phải là chữ, đặt trong ngoặc kép",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
}


class ConfigMistakes(Exception):  # noqa: N818  it carries a list for the operator, it is not our failure
    """The configuration cannot be used; ``mistakes`` holds one sentence for each wrong key."""

    def __init__(self, path: Path, mistakes: tuple[str, ...]) -> None:
        super().__init__(f"{path}: {'; '.join(mistakes)}")
        self.path = path
        self.mistakes = mistakes


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Account(_Section):
    """A login at a mail server: its secret comes from the environment or from a file, never from the config."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security = "tls"
    user: str = ""
    password_env: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    """A certificate authority of one's own, beside those of the system."""
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60

    @model_validator(mode="after")
    def _never_in_clear(self) -> _Account:
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError(
                'security = "none" chỉ dùng được với máy chủ trên chính máy này; hãy dùng "tls" hoặc "starttls"'
            )
        return self

    def password(self) -> str:
        """Return the secret; raises LookupError with a sentence for the operator where it cannot be had."""
        if self.password_env:
            secret = os.environ.get(self.password_env, "")
            if not secret:
                raise LookupError(f"biến môi trường {self.password_env} chưa được đặt hoặc đang để trống")
            return secret
        if self.password_file is not None:
            try:
                return self.password_file.read_text("utf-8").rstrip("\r\n")
            except OSError as problem:
                raise LookupError(f"không đọc được tệp mật khẩu {self.password_file}: {problem.strerror}") from problem
        return ""


class Folders(_Section):
    """Where a mail is filed on the server after its outcome is committed."""

    done: str = "Đã xử lý"
    held: str = "Chờ xem xét"
    ignored: str = "Thư tự động"
    aside: str = "Sự cố"
    sent: str = "Sent"


class Mailbox(_Account):
    """The ministry's inbox, read by IMAP."""

    folder: str = "INBOX"
    shared_inbox: bool = False
    """A person reads this inbox too: mail that is not ours is left exactly as it was."""
    since: date | None = None
    """Mail that arrived before this day is not looked at."""
    folders: Folders = Folders()
    save_sent: bool = True
    """Append a copy of each mail to the folder ``sent``; switch it off where the provider does so (Gmail)."""
    idle: bool = True
    idle_minutes: Annotated[float, Field(gt=0, le=5)] = 5
    sweep_minutes: Annotated[float, Field(gt=0, le=60)] = 3

    @property
    def account(self) -> str:
        """Return the name under which the ledger knows this login."""
        return f"{self.user}@{self.host}:{self.port}"


class Smtp(_Account):
    """The server that takes our mail."""

    sender: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    """The address in From."""
    sender_name: str = "Hệ thống tiếp nhận báo cáo"
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

    remind_at: time = time(8, 0)
    digest_day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    digest_at: time = time(7, 30)


class Ministry(_Section):
    """Who is served, and who is called when something breaks."""

    digest_to: tuple[str, ...] = ()
    operator: str = ""
    """The address for alarms."""

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
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigMistakes(path, ("không có tệp này; sao chép config.example.toml rồi sửa lại",)) from None
    except OSError as problem:
        raise ConfigMistakes(path, (f"không đọc được tệp: {problem.strerror}",)) from problem
    except UnicodeDecodeError as problem:
        raise ConfigMistakes(path, (f"tệp không phải UTF-8 (byte thứ {problem.start})",)) from problem
    except tomllib.TOMLDecodeError as problem:
        raise ConfigMistakes(path, (f"sai cú pháp TOML: {problem}",)) from problem
    return build_config(values, path)


def build_config(values: Mapping[str, object], path: Path) -> Config:
    """Check *values* as read from *path*; raises ConfigMistakes as :func:`load_config` does."""
    try:
        config = Config.model_validate(values)
    except ValidationError as problem:
        raise ConfigMistakes(path, tuple(_sentence(error) for error in problem.errors())) from None
    return _with_absolute_paths(config, path.resolve().parent)


def _sentence(error: ErrorDetails) -> str:
    key = ".".join(str(step) for step in error["loc"])
    if error["type"] == "value_error":
        return f"{key}: {error['ctx']['error']}"
    bounds = error.get("ctx", {})
    told = _KINDS.get(error["type"]) or f"giá trị không hợp lệ ({error['msg']}{f'; {bounds}' if bounds else ''})"
    return f"{key}: {told}"


def _with_absolute_paths(section: _Section, base: Path) -> Config:
    changes: dict[str, object] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Path):
            changes[name] = base / value
        elif isinstance(value, _Section):
            changes[name] = _with_absolute_paths(value, base)
    return section.model_copy(update=changes)  # type: ignore[return-value]  # the outermost call is given a Config
