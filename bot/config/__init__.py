"""The operator's TOML file as one frozen Config; every mistake in it is told at once, by key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from bot.causes import cause_of
from bot.config.accounts import Account, Folders, Mailbox, Smtp
from bot.config.authentication import Authentication
from bot.config.mistakes import ConfigMistakes, tell_mistakes, tell_syntax
from bot.config.oauth import OAuth
from bot.config.sections import Alarm, Content, Ministry, Schedule, Store, Watch, Work
from bot.config.sending import Mode, Modes, Sending
from bot.config.values import LOOPBACK, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "LOOPBACK",
    "Account",
    "Alarm",
    "Authentication",
    "Config",
    "ConfigMistakes",
    "Content",
    "Folders",
    "Mailbox",
    "Ministry",
    "Mode",
    "Modes",
    "OAuth",
    "Schedule",
    "Sending",
    "Smtp",
    "Store",
    "Watch",
    "Work",
    "build_config",
    "load_config",
]


class Config(Section):
    """The whole configuration. Paths are absolute after loading."""

    mailbox: Mailbox
    smtp: Smtp
    sending: Sending = Sending()
    store: Store = Store()
    content: Content = Content()
    work: Work = Work()
    schedule: Schedule = Schedule()
    watch: Watch = Watch()
    alarm: Alarm = Alarm()
    ministry: Ministry = Ministry()
    authentication: Authentication = Authentication()
    oauth: Annotated[OAuth, Field(validate_default=True)] = OAuth()

    @field_validator("oauth")
    @classmethod
    def _is_enough(cls, value: OAuth, info: ValidationInfo) -> OAuth:
        kinds = dict.fromkeys(kind for kind in map(_kind_of, map(info.data.get, ("mailbox", "smtp"))) if kind)
        if len(kinds) > 1:
            raise ValueError("[mailbox] và [smtp] phải đăng nhập ở cùng một nhà cung cấp")
        for kind in kinds:
            if lacks := value.missing(kind):
                raise ValueError(lacks)
        return value

    @property
    def provider(self) -> str:
        """Return who gives the tokens to sign in with, ``google`` or ``microsoft``; empty for passwords."""
        return _kind_of(self.mailbox) or _kind_of(self.smtp)


def _kind_of(account: Account | None) -> str:
    return "" if account is None or account.sign_in == "password" else account.sign_in


def load_config(path: Path) -> Config:
    """Read and check *path*; relative paths in it are taken from its folder.

    Raises:
        ConfigMistakes: with one sentence for each mistake, all of them at once.
    """
    try:
        # Editors on Windows begin a UTF-8 file with a byte order mark.
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigMistakes(
            path, ("không có tệp này; chạy bot init để lập, hoặc sao chép config.example.toml rồi sửa lại",)
        ) from None
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


def _with_absolute_paths(section: Section, base: Path) -> Config:
    changes: dict[str, object] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Path):
            changes[name] = base / value
        elif isinstance(value, Section):
            changes[name] = _with_absolute_paths(value, base)
    return section.model_copy(update=changes)  # type: ignore[return-value]  # the outermost call is given a Config
