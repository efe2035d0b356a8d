"""What the doctor says of one point, and what all who look have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.config import Config, Mailbox, Smtp

    Account = TypeVar("Account", Mailbox, Smtp)

PATIENCE_SECONDS = 10.0
"""A person is waiting: shorter than what the daemon grants its servers."""
OF_SECRET = "Đặt biến môi trường ghi ở password_env, hoặc ghi mật khẩu vào tệp password_file với quyền 0600."  # noqa: S105
OF_LOGIN = (
    "Kiểm tra {section} user và mật khẩu (password_env, password_file); Gmail cần mật khẩu ứng dụng, "
    'Microsoft 365 cần sign_in = "microsoft".'
)


@dataclass(frozen=True, slots=True)
class Examined:
    """One point that was looked at."""

    point: str
    well: bool
    said: str
    cure: str = ""

    @property
    def is_remark(self) -> bool:
        """Return whether the bot works as it is, and would work better with the cure."""
        return self.well and bool(self.cure)


Point: TypeAlias = "tuple[str, Callable[[Config], Examined], str]"
"""Its name, who looks at it, and the cure where the look itself breaks."""


def impatient(account: Account) -> Account:
    """Return *account* with no more patience than a waiting person has."""
    return account.model_copy(update={"timeout_seconds": min(account.timeout_seconds, PATIENCE_SECONDS)})


def find_secret_trouble(config: Config, account: Mailbox | Smtp) -> str:
    """Return why *account* has no secret of its own, nor one to get tokens with; empty where it has."""
    if account.sign_in == "password":
        return account.find_secret_trouble()
    return config.oauth.find_secret_trouble(account.sign_in)


def first_upper(text: str) -> str:
    """Return *text* as a sentence begins."""
    return text[:1].upper() + text[1:]
