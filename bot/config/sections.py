"""The other sections: where things are kept, by what rules, within which limits, when, and for whom."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, field_validator

from bot.config.accounts import Smtp
from bot.config.values import LOOPBACK, ONE_OR_MANY, Address, AddressOrNone, Section, Time

_DATABASES = ("sqlite:///", "postgresql+psycopg://")


class Store(Section):
    """Where everything is kept."""

    ledger: str = ""
    """A database URL; empty means the SQLite file ``ledger.db`` in ``folder``."""
    folder: Path = Path("data")
    """The vault where no other place is named, the ledger when it is SQLite, and the program's own secrets."""
    vault: Path | None = None
    """A folder for the vault that other machines share; None is ``vault`` in ``folder``."""
    vault_url: str | None = None
    """``s3://bucket/prefix``: the vault lies there, and ``vault`` holds copies."""
    vault_endpoint: str | None = None
    """The server of ``vault_url``; None is Amazon's."""
    page: Path | None = None
    """Where the status page is written whenever something has changed; None writes none."""
    keep_raw_months: Annotated[int, Field(ge=1, le=1200)] | None = None
    """After so many months of 31 days a mail that does not count is dropped from the vault; None keeps all for ever."""

    @field_validator("ledger")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(_DATABASES):
            raise ValueError('chỉ nhận "sqlite:///…" hoặc "postgresql+psycopg://…"; để trống là SQLite trong folder')
        parts = urlsplit(value)
        if parts.password or "password" in parse_qs(parts.query):
            raise ValueError("không ghi mật khẩu ở đây; PostgreSQL đọc biến môi trường PGPASSWORD hoặc tệp ~/.pgpass")
        return value

    @field_validator("vault_url")
    @classmethod
    def _known_store(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if value is not None and (parts.scheme != "s3" or not parts.hostname):
            raise ValueError('chỉ nhận "s3://tên-kho/thư-mục"; không ghi thì cất trong thư mục trên máy')
        if parts.password or parts.username or parts.query:
            raise ValueError("không ghi khóa truy cập ở đây; đặt AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY")
        return value

    @field_validator("vault_endpoint")
    @classmethod
    def _safe_endpoint(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if value is not None and parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ValueError('phải bắt đầu bằng "https://": thư và số liệu đi qua đường này')
        return value

    @property
    def vault_folder(self) -> Path:
        """Return where the files of the vault lie, or their copies."""
        return self.vault or self.folder / "vault"

    @property
    def ledger_url(self) -> str:
        """Return the SQLAlchemy URL of the ledger."""
        return self.ledger or f"sqlite:///{self.folder / 'ledger.db'}"


class Content(Section):
    """The ministry's knowledge and voice; empty means what is packed with the program."""

    rules: Path | None = None
    templates: Path | None = None
    contacts: Path | None = None
    """CSV: reporter,address,role[,valid_from,valid_until,exception]. Who may send for whom, and who is reminded."""


class Work(Section):
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
    claim_seconds: Annotated[int, Field(ge=2, le=3600)] = 60
    """Where several workers share a ledger: one that gives no sign of life for so long loses what it had in hand."""


class Schedule(Section):
    """When the clock speaks. All times are Vietnamese."""

    remind_at: Time = time(8, 0)
    enclose_blanks: bool = True
    """The first reminder of a deadline brings the pre-filled blanks of what is missing."""
    rush_days: Annotated[int, Field(ge=0, le=30)] = 2
    """So many days before a deadline the inbox is looked into more often, and who must wait for long gets a receipt."""
    rush_sweep_minutes: Annotated[float, Field(gt=0, le=60)] = 1
    digest_day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    digest_at: Time = time(7, 30)


class Watch(Section):
    """From where on something is not well, so that somebody is told."""

    sweep_minutes: Annotated[float, Field(gt=0, le=1440)] = 15
    """Since the inbox was read last; never less than two regular sweeps."""
    send_minutes: Annotated[float, Field(gt=0, le=1440)] = 30
    """Since the server took no mail of ours."""
    undecided_minutes: Annotated[float, Field(gt=0, le=10080)] = 60
    """Since a message came that has no decision."""
    job_minutes: Annotated[float, Field(gt=0, le=1440)] = 90
    """Since something was due by the clock; the daemon itself makes up for it every hour."""
    stuck_minutes: Annotated[float, Field(ge=15, le=1440)] = 30
    """Without a sign of life; a server may take ten minutes for an answer."""
    disk_mib: Annotated[int, Field(ge=1)] = 1024
    http_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Where ``/healthz`` and ``/metrics`` are served on 127.0.0.1; None serves nothing."""


class Alarm(Section):
    """How the operator hears of a trouble when our own server takes no mail."""

    to: AddressOrNone = ""
    """An address that does not lie on that server; empty is that of the operator."""
    smtp: Smtp | None = None
    """Another server, with a sender of its own."""

    @field_validator("smtp")
    @classmethod
    def _by_password(cls, value: Smtp | None) -> Smtp | None:
        # Who tells that the provider gives no tokens must not need one.
        if value is not None and value.sign_in != "password":
            raise ValueError('máy chủ gửi cảnh báo chỉ đăng nhập bằng mật khẩu: sign_in = "password"')
        return value


class Ministry(Section):
    """Who is served, and who is called when something breaks."""

    digest_to: Annotated[tuple[Address, ...], ONE_OR_MANY] = ()
    operator: AddressOrNone = ""
    """The address for alarms."""
    officers: Annotated[tuple[Address, ...], ONE_OR_MANY] = ()
    """Who may give orders by mail; a mail of theirs counts only where a server of ours proves that it is theirs."""
    campaigns: tuple[str, ...] = ()
    """The campaigns that this mailbox collects, by their folders in ``rules/``; all where none is named."""
