"""All doors of one configuration: opened together, closed together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from bot.adapters.clock import SystemClock
from bot.adapters.content import read_rules, read_templates
from bot.adapters.imap import Inbox
from bot.adapters.ledger import Ledger
from bot.adapters.own_secret import own_secret
from bot.adapters.smtp import Postman
from bot.adapters.vault import Vault
from bot.reply.render import Renderer
from bot.reply.write import Writer
from bot.runners.blank import BlankMaker
from bot.runners.check import sender_of, stock_of
from bot.runners.editions import keep_edition
from bot.runners.norms import NormBook
from bot.runners.pool import WorkerPool
from bot.runners.process import Desk, Workers
from bot.runners.remind import RemindDesk
from bot.runners.rulebook import load_configured

if TYPE_CHECKING:
    from types import TracebackType

    from bot.adapters.clock import Clock
    from bot.config import Config
    from bot.model import Rulebook

OWN_MARK = "own_mark"
"""The secret that seals the mark of our own mail."""


class Doors:
    """Rules, templates, vault, ledger, mailbox and post of one configuration, and the desks at which runners work."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or SystemClock()
        self.stop = threading.Event()
        self.rulebook = load_configured(config)
        templates = read_templates(config.content.templates)
        self._blanks = BlankMaker(self.rulebook, templates) if config.schedule.enclose_blanks else None
        self.renderer = Renderer(templates)
        self.writer = Writer(self.renderer, self.rulebook)
        config.store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sender = sender_of(config, own_secret(config.store.folder, OWN_MARK))
        self.vault = Vault(config.store.folder / "vault")
        self.ledger = Ledger(config.store.ledger_url)
        self.ledger.migrate()
        self.inbox = Inbox(config.mailbox, self.clock)
        self.postman = Postman(config.smtp)
        self.norms = NormBook(self.ledger, self.vault, self.rulebook)
        self._pool: Workers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every door."""
        if self._pool is not None:
            self._pool.close()
        self.inbox.close()
        self.postman.close()
        self.ledger.close()

    @property
    def desk(self) -> Desk:
        """Return what settling needs; the child processes start when they are first asked for."""
        if self._pool is None:
            self._pool = WorkerPool(stock_of(self.config, self.rulebook, self.sender.secret), self.config.work)
            files = read_rules(self.config.content.rules)
            keep_edition(self.ledger, self.vault, files, self.rulebook.hash, self.clock.now())
        return Desk(self.ledger, self.vault, self._pool, self.config.work, self.clock, self.norms)

    def remind_desk(self) -> RemindDesk:
        """Return what reminding needs."""
        rulebook, at = self.extended_rulebook(), self.config.schedule.remind_at
        return RemindDesk(self.ledger, self.vault, rulebook, self.writer, self.sender, at, self._blanks)

    def extended_rulebook(self) -> Rulebook:
        """Return the rulebook with what was granted to single reporters until now."""
        return self.rulebook.extended(self.ledger.extensions())
