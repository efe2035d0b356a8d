"""After a restore: what came, and what was answered, since the backup is found on the mail server.

Replies have Message-IDs that follow from what they answer, so the copy in the folder of sent mail says that one was
sent, and under which number. What was answered is decided again, for the ledger's sake, and not sent again.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.adapters.ledger import Mailbox
from bot.message import parse_message
from bot.reply.compose import message_id
from bot.runners.receive import fetched

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot import config
    from bot.adapters.clock import Clock
    from bot.adapters.imap import Inbox, Listed
    from bot.adapters.ledger import Arrival, Ledger
    from bot.adapters.vault import Vault

log = structlog.get_logger(__name__)

_LATE = timedelta(days=30)
"""Mail may have come so long before the backup, and be fetched after it: the daemon may have stood still."""
_RECEIPT = re.compile(r"\b\d{2}-\w{1,12}-(\d{4,8})\b")
_ANSWERS = ("reply", "receipt", "fault")
_MIB = 1024 * 1024


def recover(
    inbox: Inbox, vault: Vault, ledger: Ledger, settings: config.Config, clock: Clock, backup_at: datetime
) -> int:
    """Find what happened after *backup_at*, and take it into the ledger; return how many messages are new in it.

    It may be broken off and done again. Nothing may be received, decided or sent before it has come to its end.

    Raises:
        MailboxLost, MailboxRefused: as the inbox does.
    """
    mailbox = settings.mailbox
    if not inbox.connected:
        inbox.connect()
    known, since = ledger.arrivals_since(backup_at - _LATE), (backup_at - _LATE).date()
    places = (mailbox.folder, *(getattr(mailbox.folders, name) for name in ("done", "held", "ignored", "aside")))
    found: dict[Mailbox, Sequence[Arrival]] = {}
    for folder in dict.fromkeys(places):
        selected = inbox.look_into(folder)
        if selected is not None:
            listed = inbox.list(0, selected.uidnext - 1, max(since, mailbox.since or since))
            brought = fetched(inbox, vault, tuple(_unknown(listed, known, backup_at)), settings.work.message_mib * _MIB)
            arrivals = [one for batch in brought for one in batch]
            found[Mailbox(mailbox.account, folder, selected.uidvalidity)] = arrivals
    sent = dict(_sent_since(inbox, mailbox.folders.sent, backup_at))
    here = next(one for one in found if one.folder == mailbox.folder)
    # What was sent is noted first: from the moment in which a message is known, it may be answered.
    ledger.note_found_sent({identity: at for identity, (at, _) in sent.items()})
    numbers = _numbers({one.sha256 for some in found.values() for one in some}, sent, settings.smtp.domain)
    new = ledger.recover(found, numbers, here, clock.now())
    ledger.settle_found(clock.now())
    ledger.end_recovery(clock.now())
    inbox.close()  # the next sweep selects the inbox itself, to write
    log.info("recovered", since=backup_at.isoformat(), new=new, sent=len(sent))
    return new


def _unknown(listed: Sequence[Listed], known: Counter[tuple[int, datetime]], backup_at: datetime) -> Iterator[Listed]:
    """Yield what has to be fetched: all that came after the backup, and what no known message resembles."""
    for one in listed:
        told = (one.size, one.received_at)
        if one.received_at < backup_at and known[told] > 0:
            known[told] -= 1
        else:
            yield one


def _sent_since(inbox: Inbox, folder: str, backup_at: datetime) -> Iterator[tuple[str, tuple[datetime, int]]]:
    """Yield each mail of ours in *folder* since the day before the backup: Message-ID, instant, number it tells."""
    selected = inbox.look_into(folder)
    if selected is None:
        log.warning("no folder of sent mail: what was answered after the backup may be answered again", folder=folder)
        return
    for one, header in inbox.headers(inbox.list(0, selected.uidnext - 1, (backup_at - timedelta(days=1)).date())):
        heading = parse_message(header, one.received_at, oversize=True).heading
        receipt = _RECEIPT.search(heading.subject)
        yield heading.message_id, (one.received_at, int(receipt[1]) if receipt else 0)


def _numbers(hashes: set[str], sent: Mapping[str, tuple[datetime, int]], domain: str) -> dict[str, int]:
    """Return under which number each mail was answered, where its answer was found."""
    numbers = {}
    for sha256 in hashes:
        answers = (sent.get(message_id(f"{kind}:{sha256}", domain)) for kind in _ANSWERS)
        told = next((one[1] for one in answers if one and one[1]), 0)
        if told:
            numbers[sha256] = told
    return numbers
