"""All doors of one configuration: opened together, closed together."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Self

from bot.adapters.claims import Claims
from bot.adapters.clock import SystemClock
from bot.adapters.content import read_rules
from bot.adapters.far_vault import open_vault
from bot.adapters.imap import Inbox
from bot.adapters.ledger import Ledger
from bot.adapters.order_code import new_code
from bot.adapters.sign_in import sign_in_of
from bot.adapters.signing_keys import SigningKeys
from bot.adapters.smtp import Postman
from bot.daemon.content import load_content
from bot.own_mark import OWN_MARK
from bot.runners.blank import BlankMaker
from bot.runners.blank_secret import BLANK_TOKEN, secret_in_common
from bot.runners.check import sender_of, stock_of, way_of_deciding
from bot.runners.editions import keep_edition
from bot.runners.norms import NormBook
from bot.runners.officer import Office
from bot.runners.pool import WorkerPool
from bot.runners.process import Desk, Workers
from bot.runners.remind import RemindDesk

if TYPE_CHECKING:
    from types import TracebackType

    from bot.adapters.clock import Clock
    from bot.config import Config
    from bot.daemon.content import Content
    from bot.model import Rulebook
    from bot.reply.render import Renderer
    from bot.reply.write import Writer


class Doors:
    """Rules, templates, vault, ledger, mailbox and post of one configuration, and the desks at which runners work."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or SystemClock()
        self.stop = threading.Event()
        self._content = load_content(config)
        config.store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.vault = open_vault(config.store)
        self.ledger = Ledger(config.store.ledger_url)
        self.ledger.migrate()
        self.sender = sender_of(config, self._secret(OWN_MARK))
        self._blank_secret = self._secret(BLANK_TOKEN)
        self.sign_in = sign_in_of(config, self.clock)
        self.inbox = Inbox(config.mailbox, self.clock, self.sign_in)
        self.postman = Postman(config.smtp, self.sign_in)
        self.norms = NormBook(self.ledger, self.vault, self.rulebook)
        self.signing_keys = SigningKeys(self.clock) if config.authentication.dkim else None
        self._pool: Workers | None = None
        self._claims: Claims | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every door."""
        if self._pool is not None:
            self._pool.close()
        if self._claims is not None:
            self._claims.close()
        self.inbox.close()
        self.postman.close()
        self.ledger.close()

    @property
    def rulebook(self) -> Rulebook:
        """Return the rules in force."""
        return self._content.rulebook

    @property
    def renderer(self) -> Renderer:
        """Return the templates in force."""
        return self._content.renderer

    @property
    def writer(self) -> Writer:
        """Return who writes our mails."""
        return self._content.writer

    def take_up(self, content: Content) -> None:
        """Work by *content* from now on; to be called by the thread that settles, between two messages."""
        self._content = content
        self.norms = NormBook(self.ledger, self.vault, content.rulebook)
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    @property
    def desk(self) -> Desk:
        """Return what settling needs; the child processes start when they are first asked for."""
        if self._pool is None:
            content = self._content
            stock = stock_of(self.config, content.rulebook, self.sender.secret, self._blank_secret)
            stock = replace(stock, templates=content.templates)
            self._pool = WorkerPool(stock, self.config.work)
            files = read_rules(self.config.content.rules)
            keep_edition(self.ledger, self.vault, files, self.rulebook.hash, self.clock.now())
        if self._claims is None and self.ledger.is_shared:
            self._claims = Claims(self.ledger, timedelta(seconds=self.config.work.claim_seconds))
        doors = (self.ledger, self.vault, self._pool, self.config.work, self.clock, self.norms, self._claims)
        return Desk(*doors, self.signing_keys, self.office())

    def office(self) -> Office:
        """Return where orders of officers are carried out."""
        config = self.config
        return Office(self.ledger, self.rulebook, new_code, (*config.ministry.officers, config.smtp.sender))

    def remind_desk(self) -> RemindDesk:
        """Return what reminding needs."""
        content, at = self._content, self.config.schedule.remind_at
        rulebook = self.extended_rulebook()
        blanks = None
        if self.config.schedule.enclose_blanks:
            blanks = BlankMaker(content.rulebook, content.templates, self._blank_secret)
        return RemindDesk(self.ledger, self.vault, rulebook, content.writer, self.sender, at, blanks)

    @property
    def lease_name(self) -> str:
        """Return the name of the lease that one process holds at a time: who receives, sends and keeps the clock."""
        return f"{self.config.mailbox.account}/{self.config.mailbox.folder}"

    @cached_property
    def way(self) -> str:
        """Return the hash of all by which mail is decided here: who shares a ledger must have it in common."""
        return way_of_deciding(self.config, self.rulebook.hash)

    def _secret(self, name: str) -> bytes:
        return secret_in_common(self.ledger, self.config.store.folder, name)

    def extended_rulebook(self) -> Rulebook:
        """Return the rulebook with the time that was granted and the contacts that were approved until now."""
        return self.rulebook.extended(self.ledger.extensions()).with_contacts(self.ledger.contacts())
