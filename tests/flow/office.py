"""The daemon's surroundings in a test: a configuration at loopback servers, and the pieces that need no server."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.adapters.content import read_rules, read_templates
from bot.check.load import load_rulebook
from bot.config import build_config
from bot.demo.arriving import MX
from bot.demo.letters import contacts_csv
from bot.language import VIETNAM
from bot.model import Rulebook, TrustedServers
from bot.reply.compose import Sender
from bot.reply.render import Renderer
from bot.reply.write import Writer
from bot.runners.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Config

NOON = datetime(2012, 7, 10, 12, 0, tzinfo=VIETNAM)
"""Five days before the deadline of form I.1; a Tuesday."""
OURS = "baocao@bokehoach.example"
OPERATOR = "quantri@bokehoach.example"
MINISTRY = "vu.kkt@bokehoach.example"
TRUST = TrustedServers((MX,))
EASY = TrustedServers((MX,), accept_unproved=True)
"""Most tests write mails as they leave their senders; no server has said anything about them."""
SECRET = b"k" * 32
SENDER = Sender(OURS, "Hệ thống tiếp nhận báo cáo", "bokehoach.example", SECRET)


def configure(folder: Path, **sections: dict[str, Any]) -> Config:
    """Return a configuration of the demo's provinces in *folder*; each of *sections* adds to what stands here."""
    (folder / "danh-ba.csv").write_bytes(contacts_csv())
    nowhere = {"host": "127.0.0.1", "port": 9, "security": "none", "timeout_seconds": 10}
    values: dict[str, dict[str, Any]] = {
        "mailbox": {**nowhere, "user": OURS},
        "smtp": {
            **nowhere,
            "sender": OURS,
            "daily_limit": 10_000,
            # What is told here is what is written; how much of it may go out is told where the caps are.
            "replies_per_hour": 100,
            "replies_per_day": 1000,
            "replies_in_all": 5000,
        },
        "authentication": {"servers": MX, "accept_unproved": True},
        "store": {"folder": "du-lieu"},
        "content": {"contacts": "danh-ba.csv"},
        # Those of a whole country take half a minute; one reporter's are drawn where reminders are tested.
        "schedule": {"enclose_blanks": False},
        "ministry": {"digest_to": MINISTRY, "operator": OPERATOR, "campaigns": ["2012-kkt-kcn"]},
    }
    for name, more in sections.items():
        values[name] = {**values.get(name, {}), **more}
    return build_config(values, folder / "config.toml")


def rulebook() -> Rulebook:
    """Return the rules that come with the program, with the demo's addresses."""
    loaded = load_rulebook(read_rules(None), contacts_csv())
    assert isinstance(loaded, Rulebook), loaded
    return loaded.following(["2012-kkt-kcn"])


def templates() -> dict[str, str]:
    """Return the templates that come with the program."""
    return read_templates(None)


def writer(rules: Rulebook) -> Writer:
    """Return who writes our mails."""
    return Writer(_renderer(), rules)


@cache
def _renderer() -> Renderer:
    """Compile the templates' shared parts once: it takes as long as a whole test."""
    return Renderer(templates())


def pipeline(rules: Rulebook, **more: Any) -> Pipeline:
    """Return the pipeline of a child, in this process."""
    return Pipeline(rules, templates(), SENDER, operator=OPERATOR, **{"trust": EASY, **more})
