"""Signing in at Google or Microsoft without a password: what the provider was told about this program."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationInfo, field_validator

from bot.config.secret_files import open_to, read_secret
from bot.config.values import Day, Line, Section

_CLIENT_SECRET = "tệp khóa bí mật"  # noqa: S105  what it is called
_KEY = "tệp khóa Google"


class OAuth(Section):
    """One registration of this program at a provider, for mailbox and post alike."""

    tenant: Line = ""
    """Microsoft: the directory's id or its domain."""
    client_id: Line = ""
    """Microsoft: the application's id."""
    client_secret_env: Line = ""
    client_secret_file: Path | None = None
    """Microsoft: with a client secret the program signs in as itself; without one a person does it once."""
    key_file: Path | None = None
    """Google: the JSON of a service account, or of an authorized user with its refresh token."""
    expires: Day | None = None
    """The day on which secret or consent end, as the provider's portal says."""

    @field_validator("client_secret_file")
    @classmethod
    def _one_secret(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("client_secret_env"):
            raise ValueError("chỉ dùng một trong hai: client_secret_env hoặc client_secret_file")
        return value

    @property
    def is_app(self) -> bool:
        """Return whether the program has a client secret of its own at Microsoft."""
        return bool(self.client_secret_env) or self.client_secret_file is not None

    def missing(self, kind: str) -> str:
        """Return what lacks for signing in at *kind*; empty where nothing does."""
        wanted = ("key_file",) if kind == "google" else ("tenant", "client_id") if kind == "microsoft" else ()
        lacks = [name for name in wanted if not getattr(self, name)]
        return f'sign_in = "{kind}" cần thêm {", ".join(lacks)}' if lacks else ""

    def client_secret(self) -> str:
        """Return the client secret; raises LookupError with a sentence where it cannot be had."""
        if self.client_secret_env:
            secret = os.environ.get(self.client_secret_env, "")
            if not secret:
                raise LookupError(f"biến môi trường {self.client_secret_env} chưa được đặt hoặc đang để trống")
            return secret
        return "" if self.client_secret_file is None else read_secret(self.client_secret_file, _CLIENT_SECRET)

    def key(self) -> str:
        """Return Google's JSON as it stands in its file; raises LookupError as above."""
        return "" if self.key_file is None else read_secret(self.key_file, _KEY)

    def find_secret_trouble(self, kind: str) -> str:
        """Return why nobody could sign in at *kind* with what is here; empty where nothing is in the way."""
        try:
            _ = self.key() if kind == "google" else self.client_secret()
        except LookupError as problem:
            return str(problem.args[0])
        for what, path in ((_KEY, self.key_file), (_CLIENT_SECRET, self.client_secret_file)):
            if open_to(path) & 0o077:
                return f"{what} {path} người khác cũng đọc được; hãy chạy: chmod 600 {path}"
        return ""
