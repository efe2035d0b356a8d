"""The logins: the inbox that is read and the server that takes our mail. Secrets never stand in the config."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from bot.config.secret_files import open_to, read_secret
from bot.config.values import (
    LOOPBACK,
    Address,
    Day,
    Host,
    Line,
    Name,
    Section,
    Security,
)

_FILE = "tệp mật khẩu"


class Account(Section):
    """A login at a mail server: its secret comes from the environment or from a file, never from the config."""

    host: Host
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security = "tls"
    user: Line = ""
    sign_in: Literal["password", "google", "microsoft"] = "password"
    """By a password (also an app password), or by a token of that provider (OAuth2, XOAUTH2)."""
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

    @field_validator("sign_in")
    @classmethod
    def _somebody(cls, value: str, info: ValidationInfo) -> str:
        if value != "password" and not info.data.get("user", ""):
            raise ValueError("cần ghi user: token chỉ dùng được cho một hộp thư")
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
        return "" if self.password_file is None else read_secret(self.password_file, _FILE)

    def find_secret_trouble(self) -> str:
        """Return why this login has no secret, or none that is one; empty where it has, or needs none.

        A sign-in by token is looked at where the tokens come from.
        """
        if not self.user or self.sign_in != "password":
            return ""
        if not self.password_env and self.password_file is None:
            return f"chưa khai báo password_env hoặc password_file cho {self.user}"
        try:
            self.password()
        except LookupError as problem:
            return str(problem.args[0])
        if open_to(self.password_file) & 0o007:
            path = self.password_file
            return f"tệp mật khẩu {path} ai trên máy này cũng đọc hoặc sửa được; hãy chạy: chmod 600 {path}"
        return ""

    def find_open_secret(self) -> str:
        """Return a warning where the group of the password file may read it; empty otherwise."""
        if not open_to(self.password_file):
            return ""
        return f"tệp mật khẩu {self.password_file} đang cho người khác đọc; hãy chạy: chmod 600 {self.password_file}"


class Folders(Section):
    """Where a mail is filed on the server after its outcome is committed."""

    done: Name = "Đã xử lý"
    held: Name = "Chờ xem xét"
    ignored: Name = "Thư tự động"
    aside: Name = "Sự cố"
    sent: Name = "Sent"
    drafts: Name = "Drafts"
    """Where the server does not say which folder is that of drafts (RFC 6154)."""


class Mailbox(Account):
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


class Smtp(Account):
    """The server that takes our mail."""

    sender: Address
    """The address in From."""
    sender_name: Line = "Hệ thống tiếp nhận báo cáo"
    daily_limit: Annotated[int, Field(ge=1)] = 450
    """How many mails the provider lets out in 24 hours (a Gmail account: 500)."""
    replies_per_hour: Annotated[int, Field(ge=1, le=100)] = 3
    """To one address. These three can be moved, never switched off: they are what ends a loop of mails."""
    replies_per_day: Annotated[int, Field(ge=1, le=1000)] = 20
    """To one address."""
    replies_in_all: Annotated[int, Field(ge=1, le=5000)] = 200
    """To all addresses in an hour."""

    @property
    def domain(self) -> str:
        """Return the part after the @, used in our Message-IDs."""
        return self.sender.rpartition("@")[2]
