"""A mail from a file instead of the inbox: to try what would happen, or to bring in what was lost elsewhere."""

from __future__ import annotations

import hashlib
import re
import tempfile
import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from bot.adapters.ledger import Arrival, Ledger, Mailbox, Undecided
from bot.adapters.lock import AlreadyRunning, FolderLock
from bot.decide.verdict import receipt_code
from bot.model import History
from bot.runners.blank_secret import known_blank_secret
from bot.runners.check import stock_of
from bot.runners.pool import Fault, Ticket, WorkerPool
from bot.runners.process import process_undecided, ticket_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.config import Config
    from bot.model import Settlement
    from bot.runners.process import Desk

_BY_HAND = Mailbox("feed", "", 1)
_MIB = 2**20
_ALL = 100_000
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of a mail that was fed."""

    known: bool
    """The very same bytes came in before: nothing was done."""
    receipt: str = ""
    """Empty while it is undecided: the running daemon settles it, or we failed and it is tried again."""
    left_to_daemon: bool = False


def preview_mails(raws: Sequence[bytes], config: Config, now: datetime) -> Iterator[Settlement | Fault]:
    """Yield what the bot would do with each mail at *now*, and leave no trace: no data folder, no ledger, no mail.

    Each is looked at as if it came alone. The receipts are not real: their number is given by the ledger.
    """
    with ExitStack() as stack:
        stock = stock_of(config, blank_secret=known_blank_secret(config.store))
        pool = stack.enter_context(closing(WorkerPool(stock, config.work.model_copy(update={"workers": 1}))))
        ledger = _existing_ledger(config.store.ledger_url)
        if ledger is not None:
            stack.enter_context(closing(ledger))
        path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bot-feed-"))) / "mail.eml"
        for number, raw in enumerate(raws, 1):
            kept, oversize = _within(raw, config.work.message_mib)
            path.write_bytes(kept)
            # The child keeps the last message by its ticket: the number tells two mails at one path apart.
            contacts = ledger.contacts() if ledger is not None else ()
            ticket = Ticket(path, number, now, oversize, contacts=contacts)
            try:
                yield _preview(ticket, pool, ledger, now)
            except Fault as fault:
                yield fault


def feed_mails(raws: Sequence[bytes], desk: Desk, folder: Path) -> tuple[Fed, ...]:
    """Keep each mail as if it had just arrived, and settle it, unless a daemon is at work in *folder*: then it will.

    What waited before is settled too, in its turn. The answers are put into the outbox; the daemon sends them.
    """
    hashes, new = [], set()
    for raw in raws:
        kept, oversize = _within(raw, desk.work.message_mib)
        sha256, now = desk.vault.put(kept), desk.clock.now()
        if desk.ledger.receive(_BY_HAND, [Arrival(_number(sha256), sha256, len(raw), now, oversize)], now):
            new.add(sha256)
        hashes.append(sha256)
    waiting = {one.sha256: one for one in desk.ledger.undecided(desk.clock.now(), _ALL)}
    try:
        with FolderLock(folder):
            process_undecided(desk, threading.Event())
            _file(desk)
    except AlreadyRunning:
        return tuple(Fed(known=one not in new, left_to_daemon=one in waiting) for one in hashes)
    return tuple(_fed(desk, waiting.get(one), known=one not in new) for one in hashes)


def _preview(ticket: Ticket, pool: WorkerPool, ledger: Ledger | None, now: datetime) -> Settlement:
    opened = pool.open(ticket)
    history = History()
    if ledger is not None:
        history = ledger.history(opened.reporter, opened.heading.sender, opened.contents, pointers=opened.pointers)
    return pool.settle(ticket, history, now)


def _existing_ledger(url: str) -> Ledger | None:
    """Return the ledger if there is one to look into; opening SQLite's would create it."""
    parts = make_url(url)
    missing = parts.get_backend_name() == "sqlite" and not (parts.database and Path(parts.database).is_file())
    return None if missing else Ledger(url)


def _within(raw: bytes, message_mib: int) -> tuple[bytes, bool]:
    """Return what is kept of a mail, and whether it is only the header, as of one that is too large to fetch."""
    if len(raw) <= message_mib * _MIB:
        return raw, False
    end = _END_OF_HEADER.search(raw)
    return raw[: end.end()] if end else raw[: message_mib * _MIB], True


def _file(desk: Desk) -> None:
    """Note the fed copies as filed: they lie in no mailbox."""
    copies = desk.ledger.unfiled(_BY_HAND, _ALL)
    desk.ledger.filed([one.location for one in copies], desk.clock.now())


def _fed(desk: Desk, message: Undecided | None, *, known: bool) -> Fed:
    if message is None:
        return Fed(known)
    path = desk.vault.path(message.sha256)
    ticket = ticket_of(message, path, desk.ledger.contacts())
    try:
        receipt = receipt_code(message.id, message.received_at, desk.pool.open(ticket).reporter)
    except Fault:
        return Fed(known=False)
    settled = desk.ledger.show(receipt) is not None
    return Fed(known=False, receipt=receipt if settled else "")


def _number(sha256: str) -> int:
    """A stand-in for the UID that a server would give: the same mail always has the same."""
    return int(hashlib.sha256(sha256.encode()).hexdigest()[:7], 16)
