"""A well set-up that the tests of the doctor spoil in one point."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from bot.config import Config, build_config
from bot.demo.arriving import MX
from bot.demo.letters import contacts_csv
from bot.demo.servers import DemoImap, DemoSmtp
from bot.preview.mails import Gallery, open_gallery
from bot.reply.render import Renderer
from bot.runners.doctor import Examined, clock, examine, registers
from bot.runners.rulebook import load_followed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.reply.mistakes import TemplateMistake

__all__ = ["JULY", "SECRET", "USER", "SetUp", "load_once", "servers"]

SECRET = "mật-khẩu-rất-riêng-8431"
USER = "baocao@bokehoach.example"
JULY = date(2012, 7, 1)
"""A day on which there are 63 provinces, and the corporations."""


class Standing(Protocol):
    """A server that stands somewhere."""

    host: str
    port: int


class SetUp:
    """A healthy set-up, to be spoilt in one point."""

    def __init__(self, folder: Path, imap: Standing, smtp: Standing) -> None:
        self.folder = folder
        (folder / "mat-khau").write_text(SECRET)
        (folder / "mat-khau").chmod(0o600)
        (folder / "danh-ba.csv").write_bytes(contacts_csv())
        account = {"security": "none", "user": USER, "password_file": "mat-khau"}
        self.values: dict[str, dict[str, Any]] = {
            "mailbox": {**account, "host": imap.host, "port": imap.port},
            "smtp": {**account, "host": smtp.host, "port": smtp.port, "sender": USER},
            "authentication": {"servers": MX},
            "store": {"folder": "du-lieu"},
            "content": {"contacts": "danh-ba.csv"},
            "ministry": {
                "digest_to": "vu@bokehoach.example",
                "operator": "quantri@bokehoach.example",
                "campaigns": ["2012-kkt-kcn"],
            },
        }

    def config(self) -> Config:
        return build_config(self.values, self.folder / "config.toml")

    def examined(self) -> list[Examined]:
        return list(examine(self.config(), JULY))

    def ill(self) -> Examined:
        """Return the one point that is not well, and prove that nothing tells the secret."""
        found = self.examined()
        assert len(found) == 13
        assert SECRET not in repr(found)
        ill = [one for one in found if not one.well]
        assert len(ill) == 1, ill
        assert ill[0].cure
        return ill[0]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[DemoImap, DemoSmtp]]:
    with DemoImap(USER, SECRET) as imap, DemoSmtp(login=(USER, SECRET)) as smtp:
        yield imap, smtp


@pytest.fixture
def load_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the same rules and compile the same templates once for all tests, on a machine whose clock is kept."""
    monkeypatch.setattr(clock, "is_synchronised", lambda: True)
    monkeypatch.setattr(registers, "load_followed", lambda files, *more: _load(tuple(files.items()), *more))
    monkeypatch.setattr(registers, "Renderer", lambda texts: _Found(_compiled(tuple(texts.items()))))
    monkeypatch.setattr(registers, "open_gallery", lambda texts: _Found(_written(tuple(texts.items()))))


@cache
def _load(files: tuple[tuple[str, bytes], ...], contacts: bytes | None, campaigns: tuple[str, ...]) -> object:
    return load_followed(dict(files), contacts, campaigns)


@cache
def _compiled(texts: tuple[tuple[str, str], ...]) -> tuple[TemplateMistake, ...]:
    return Renderer(dict(texts)).find_mistakes()


@cache
def _written(texts: tuple[tuple[str, str], ...]) -> tuple[TemplateMistake, ...]:
    gallery = open_gallery(dict(texts))
    assert isinstance(gallery, Gallery)
    return gallery.find_mistakes()


class _Found:
    """Stands for a renderer or a gallery whose mistakes are known already."""

    def __init__(self, mistakes: tuple[TemplateMistake, ...]) -> None:
        self._mistakes = mistakes

    def find_mistakes(self) -> tuple[TemplateMistake, ...]:
        return self._mistakes
