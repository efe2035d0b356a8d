"""What an officer of a province runs on a workbook before it is sent: the same pipeline, without mail or ledger."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pebble import ProcessExpired

from bot.adapters.code import code_version
from bot.adapters.content import read_contacts, read_templates
from bot.model import Outcome, TrustedServers
from bot.reply.compose import Sender
from bot.runners.pool import Fault, Stock, WorkerPool
from bot.runners.rulebook import load_configured

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.config import Config
    from bot.model import Part, Rulebook


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one file."""

    file: str
    parts: tuple[Part, ...]
    marked: bytes | None = None
    fault: str = ""
    """Why we failed on it, in Vietnamese; empty where we did not."""

    @property
    def exit_code(self) -> int:
        """Return 0 when all is accepted, 1 when something must be corrected, 2 when it could not be read."""
        verdicts = {part.verdict for part in self.parts}
        if self.fault or verdicts == {Outcome.REFUSED}:
            return 2
        return 0 if verdicts == {Outcome.ACCEPTED} else 1


def stock_of(config: Config, rulebook: Rulebook | None = None, secret: bytes = b"", blank_secret: bytes = b"") -> Stock:
    """Return what a child process is given, as configured; the rules are loaded where no *rulebook* is given.

    *secret* seals the mark of our own mail; who sends none needs none. *blank_secret* makes the tokens of blanks: who
    neither encloses any nor asks who wrote a mail needs none either.

    Raises RulesBroken, before any child starts, and OSError.
    """
    return Stock(
        rulebook=rulebook or load_configured(config),
        templates=read_templates(config.content.templates),
        sender=sender_of(config, secret),
        operator=config.ministry.operator,
        shared_inbox=config.mailbox.shared_inbox,
        memory_mib=config.work.memory_mib,
        trust=trust_of(config),
        officers=config.ministry.officers,
        blank_secret=blank_secret,
    )


def trust_of(config: Config) -> TrustedServers:
    """Return by whose word, and whether without any, a mail counts as its author's."""
    settings = config.authentication
    return TrustedServers(
        settings.servers,
        settings.microsoft,
        settings.hops,
        signatures=settings.dkim,
        accept_unproved=settings.accept_unproved,
    )


def sender_of(config: Config, secret: bytes) -> Sender:
    """Return in whose name the configured daemon writes."""
    return Sender(config.smtp.sender, config.smtp.sender_name, config.smtp.domain, secret)


def way_of_deciding(config: Config, rules: str) -> str:
    """Return the hash of all by which this configuration decides: program, rules of the hash *rules*, words, settings.

    Raises OSError.
    """
    templates = read_templates(config.content.templates)
    sections = (config.authentication, config.ministry, config.mailbox.shared_inbox, config.work.tries)
    names = (config.smtp.sender, config.smtp.sender_name, config.smtp.domain)
    told = (code_version(), rules, read_contacts(config.content.contacts), sorted(templates.items()), sections, names)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def check_files(files: Sequence[Path], config: Config, now: datetime) -> tuple[Checked, ...]:
    """Check each file in a child process with the configured rules; a file that breaks the child is told so.

    Raises RulesBroken, and OSError where rules or templates cannot be read.
    """
    pool = WorkerPool(stock_of(config), config.work.model_copy(update={"workers": 1}))
    try:
        return tuple(_check(file, pool, now, config.work.seconds) for file in files)
    finally:
        pool.close()


def _check(file: Path, pool: WorkerPool, now: datetime, seconds: float) -> Checked:
    # A name in another encoding than the system's could be neither printed nor written as JSON.
    name = file.name.encode("utf-8", "replace").decode()
    try:
        parts, marked = pool.check(file.resolve(), name, now)
    except Fault as fault:
        return Checked(name, (), fault=tell_fault(fault, seconds))
    return Checked(name, parts, marked)


def tell_fault(fault: Fault, seconds: float) -> str:
    """Return in Vietnamese how a child failed; *seconds* is what it was allowed."""
    cause, text = fault.__cause__, str(fault)
    if isinstance(cause, TimeoutError):
        return f"đọc quá {seconds:g} giây chưa xong; tệp quá lớn hoặc có cấu trúc lạ"
    if isinstance(cause, MemoryError) or text.startswith("MemoryError"):
        return "tệp cần nhiều bộ nhớ hơn mức cho phép"
    if isinstance(cause, ProcessExpired):
        return "tiến trình đọc tệp bị dừng giữa chừng"
    return f"sự cố của chương trình: {text}"
