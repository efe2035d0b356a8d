"""Receive: what lies in the inbox comes into the vault and the ledger; what is decided is filed on the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import structlog

from bot.adapters.imap import Listed, MailboxLost, MailboxRefused, batches
from bot.adapters.ledger import Arrival, Mailbox
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bot import config
    from bot.adapters.clock import Clock
    from bot.adapters.imap import Inbox, Selected
    from bot.adapters.ledger import Ledger, Unfiled
    from bot.adapters.vault import Vault

_MIB = 1024 * 1024
_LOOKED_UP = 5_000
_FILED_AT_ONCE = 1_000
_LEFT_IN_SHARED = frozenset({Outcome.IGNORED, Outcome.HELD})

Registered: TypeAlias = "Callable[[bytes, datetime], bool]"
"""Tells of a mail, or its header, and its instant of arrival whether it says to be from a registered address."""

log = structlog.get_logger(__name__)


def _whoever(_raw: bytes, _received_at: datetime) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Swept:
    """What one look into the inbox brought."""

    listed: int = 0
    """Mails above the watermark."""
    stored: int = 0
    """Of these, how many were fetched now."""
    new: int = 0
    """Of these, how many the ledger had never seen, wherever they lay."""
    oversize: int = 0


@dataclass(slots=True)
class _Tally:
    """What has arrived so far."""

    arrived: set[int] = field(default_factory=set)
    new: int = 0
    oversize: int = 0

    def add(self, arrivals: Sequence[Arrival], new: int) -> None:
        self.arrived |= {one.uid for one in arrivals}
        self.new += new
        self.oversize += sum(one.oversize for one in arrivals)


def sweep(
    inbox: Inbox,
    vault: Vault,
    ledger: Ledger,
    settings: config.Config,
    clock: Clock,
    *,
    registered: Registered = _whoever,
    on_stored: Callable[[int], None] | None = None,
) -> Swept:
    """Bring every mail that is not known yet into the vault, then into the ledger, batch by batch.

    Whose mails are *registered* are decided first; without it, all in the order of their arrival.
    *on_stored* is told the number of new messages after each committed batch. Memory is bounded by a batch, whatever
    the box holds. Where UIDVALIDITY changed, the ledger knows nothing of the folder: all is fetched again, and the
    same bytes become no second message.

    Raises:
        MailboxLost, MailboxRefused: as the inbox does; what was committed stays, the rest comes with the next sweep.
        OSError: the vault cannot keep the bytes. Nothing of that batch is in the ledger then.
    """
    here = _mailbox(settings.mailbox, inbox.select())
    listed = inbox.list(_known_upto(ledger, here), _newest(inbox), settings.mailbox.since)
    wanted = _unknown(ledger, here, listed)

    tally = _Tally()
    for arrivals in fetched(inbox, vault, wanted, settings.work.message_mib * _MIB, registered):
        new = ledger.receive(here, arrivals, clock.now())
        tally.add(arrivals, new)
        for one in arrivals:
            log.info("stored", uid=one.uid, mail=one.sha256[:12], size=one.size)
        if on_stored is not None:
            on_stored(new)

    _advance(ledger, here, listed, {one.uid for one in wanted} - tally.arrived)
    swept = Swept(len(listed), len(tally.arrived), tally.new, tally.oversize)
    if wanted:
        log.info("swept", listed=swept.listed, stored=swept.stored, new=swept.new, oversize=swept.oversize)
    return swept


def file_settled(inbox: Inbox, ledger: Ledger, settings: config.Mailbox, clock: Clock) -> int:
    """Move mail whose outcome is committed to the folder of that outcome; return how many copies were filed.

    In a shared inbox, mail that is ignored or held is left exactly as it was. A copy that a person has moved or deleted
    meanwhile counts as filed. A folder that the server refuses does not stop the others.

    Raises:
        MailboxLost: as the inbox does; nothing is noted as filed that was not.
        MailboxRefused: for the first folder refused, after the others were done.
    """
    here = _mailbox(settings, inbox.selected or inbox.select())
    by_folder = _by_folder(ledger.unfiled(here, _FILED_AT_ONCE), settings)

    filed = 0
    refused: list[MailboxRefused] = []
    for folder, copies in by_folder.items():
        try:
            if folder:
                inbox.file([one.uid for one in copies], folder, seen=folder == settings.folders.done)
            ledger.filed([one.location for one in copies], clock.now())
            for one in copies:
                log.info("filed", uid=one.uid, outcome=one.outcome.value, moved=bool(folder))
            filed += len(copies)
        except MailboxRefused as problem:
            refused.append(problem)

    if refused:
        raise refused[0]
    return filed


def _mailbox(settings: config.Mailbox, selected: Selected) -> Mailbox:
    return Mailbox(settings.account, settings.folder, selected.uidvalidity)


def _known_upto(ledger: Ledger, here: Mailbox) -> int:
    # A server that gives no UIDVALIDITY promises nothing about its numbers: there, every UID is looked up.
    return ledger.watermark(here) if here.uidvalidity else 0


def _newest(inbox: Inbox) -> int:
    return inbox.selected.uidnext - 1 if inbox.selected is not None else 0


def _unknown(ledger: Ledger, here: Mailbox, listed: Sequence[Listed]) -> list[Listed]:
    unknown: list[Listed] = []
    for start in range(0, len(listed), _LOOKED_UP):
        some = listed[start : start + _LOOKED_UP]
        known = ledger.dated(here, [one.uid for one in some])
        # Without UIDVALIDITY the number may have passed to another mail; the server's date shows it.
        unknown += [
            one for one in some if one.uid not in known or not (here.uidvalidity or known[one.uid] == one.received_at)
        ]
    return unknown


def fetched(
    inbox: Inbox, vault: Vault, wanted: Sequence[Listed], limit: int, registered: Registered = _whoever
) -> Iterator[tuple[Arrival, ...]]:
    """Bring *wanted* into the vault, batch by batch; of a mail above *limit* bytes only the header.

    Raises MailboxLost, OSError.
    """
    for batch in _batches(inbox, wanted):
        yield _fetch(inbox, vault, batch, limit, registered)


def _batches(inbox: Inbox, wanted: Sequence[Listed]) -> Iterator[tuple[Listed, ...]]:
    """Yield what to fetch together: mails at which a connection broke before come last, each alone."""
    clean, suspects = inbox.suspects.part(wanted)
    yield from batches(clean)
    yield from ((one,) for one in suspects)


def _fetch(
    inbox: Inbox, vault: Vault, batch: Sequence[Listed], limit: int, registered: Registered
) -> tuple[Arrival, ...]:
    try:
        arrivals = tuple(_keep(inbox, vault, batch, limit, registered))
    except MailboxLost:
        inbox.suspects.note(batch)
        raise
    inbox.suspects.clear(batch)
    return arrivals


def _keep(inbox: Inbox, vault: Vault, batch: Sequence[Listed], limit: int, registered: Registered) -> Iterator[Arrival]:
    """Put the batch into the vault; of a mail above *limit* bytes only the header."""
    for one in batch:
        if one.size > limit:
            yield from _keep_header(inbox, vault, one, registered)
    for one, raw in inbox.fetch([one for one in batch if one.size <= limit]):
        if len(raw) > limit:  # the server had estimated the size
            yield from _keep_header(inbox, vault, one, registered)
        else:
            known = registered(raw, one.received_at)
            yield Arrival(one.uid, vault.put(raw), len(raw), one.received_at, registered=known)


def _keep_header(inbox: Inbox, vault: Vault, one: Listed, registered: Registered) -> Iterator[Arrival]:
    header = inbox.fetch_header(one.uid)
    if header is None:
        return
    log.info("oversize", uid=one.uid, size=one.size, files=len(inbox.part_names(one.uid)))
    known = registered(header, one.received_at)
    yield Arrival(one.uid, vault.put(header), one.size, one.received_at, oversize=True, registered=known)


def _advance(ledger: Ledger, here: Mailbox, listed: Sequence[Listed], missing: set[int]) -> None:
    """Move the watermark up to the last mail below which nothing is missing."""
    first_gap = min(missing, default=None)
    known = [one.uid for one in listed if first_gap is None or one.uid < first_gap]
    if known and here.uidvalidity:
        ledger.advance(here, known[-1])


def _by_folder(unfiled: Sequence[Unfiled], settings: config.Mailbox) -> dict[str, list[Unfiled]]:
    """Group the copies by their folder; those under the empty name stay where they are."""
    folders = {Outcome.HELD: settings.folders.held, Outcome.IGNORED: settings.folders.ignored}
    folders[Outcome.FAILED] = settings.folders.aside
    grouped: dict[str, list[Unfiled]] = {}
    for one in unfiled:
        stays = settings.shared_inbox and one.outcome in _LEFT_IN_SHARED
        folder = "" if stays else folders.get(one.outcome, settings.folders.done)
        grouped.setdefault(folder, []).append(one)
    return grouped
