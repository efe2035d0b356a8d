"""Drafts: outbox → the mailbox's folder of drafts; what a person makes of each is followed. Nothing is sent here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.adapters.clock import retry_after
from bot.adapters.delivery import Deferred
from bot.adapters.imap import MailboxRefused
from bot.adapters.vault import VaultDamaged, VaultMissing
from bot.message.drafts import FIELDS, read_slip
from bot.model import Fate
from bot.runners.pool import Fault

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot import config
    from bot.adapters.clock import Clock
    from bot.adapters.imap import Inbox, Listed
    from bot.adapters.ledger import Draft, Due, Ledger
    from bot.adapters.vault import Vault
    from bot.message.drafts import Slip
    from bot.model import Mail
    from bot.runners.withhold import Gate

    Alarm = Callable[[Due, str], tuple[Mail, ...]]
    Compare = Callable[[bytes, bytes], bool]

log = structlog.get_logger(__name__)

GONE_FOR = timedelta(days=2)
"""A draft that is seen nowhere for so long was deleted: a mail program may hold a mail back, or be offline."""
LATE_FOR = timedelta(days=30)
"""So long after that it is still looked for among the sent mails."""
_ALARM_AFTER = 3
"""Tries after which the operator hears that the server takes no draft."""
_AT_ONCE = 50
_CLOCKS = timedelta(minutes=5)
"""By so much the server's clock and ours may differ."""
_COMPARED_MIB = 60 * 2**20
"""Larger mails are not fetched to be compared; they count as changed."""


@dataclass
class DraftDesk:
    """Everything that drafts need."""

    inbox: Inbox
    ledger: Ledger
    vault: Vault
    mailbox: config.Mailbox
    clock: Clock
    secret: bytes
    """Seals the mark of our own mail."""
    compare: Compare
    """Says whether a draft and what was sent are the same; foreign bytes are read by a child. Raises Fault."""
    alarm: Alarm | None = None
    looked: tuple[object, ...] = field(default=())
    """What the folders, and the drafts looked for, were when all was looked through last."""

    @property
    def folder(self) -> str:
        """Return the folder of drafts: as the server says, else as configured."""
        return self.inbox.special_folder(rb"\Drafts") or self.mailbox.folders.drafts

    @property
    def sent_folders(self) -> tuple[str, ...]:
        """Return the folders of sent mail: that of the server, and that of the configuration."""
        special = self.inbox.special_folder(rb"\Sent")
        return tuple(dict.fromkeys(one for one in (special, self.mailbox.folders.sent) if one))


def place_drafts(desk: DraftDesk, gate: Gate, stop: threading.Event | None = None) -> int:
    """Write what is to be a draft into the folder of drafts, each once; return how many lie there now.

    The caps on answers hold here: a loop with a robot would else fill the folder.

    Raises:
        MailboxLost: the drafts wait for the next round.
    """
    waiting = desk.ledger.undrafted(desk.clock.now(), _AT_ONCE)
    if not waiting:
        return 0
    folder, placed = desk.folder, 0
    for due, begun in waiting:
        if stop is not None and stop.is_set():
            break
        if begun and not _is_to_write_again(desk, folder, due, begun):
            continue
        if begun or gate.count(due):
            placed += _write(desk, gate, folder, due)
    return placed


def _is_to_write_again(desk: DraftDesk, folder: str, due: Due, begun: str) -> bool:
    """Say whether a draft that we may have written certainly does not lie there; else note what is known.

    It was written where it, or what a person made of it, is found; and it was not where nothing was added to the folder
    since. Where it is gone and others came, only a person can tell.
    """
    inbox, now = desk.inbox, desk.clock.now()
    if inbox.has(folder, due.message_id) or any(inbox.has(sent, due.message_id) for sent in desk.sent_folders):
        desk.ledger.drafted(due.key, now)
        return False
    if _place(inbox, folder) == begun:
        return True
    log.warning("not known whether a draft was written", key=due.key)
    why = f"không biết đã ghi vào mục {folder} hay chưa: máy dừng đúng lúc ghi, nay không thấy thư ở đó"
    desk.ledger.hold_draft(due.key, why, now)
    return False


def _place(inbox: Inbox, folder: str) -> str:
    selected = inbox.look_into(folder)
    return f"{selected.uidvalidity}:{selected.uidnext}" if selected else "0:0"


def _write(desk: DraftDesk, gate: Gate, folder: str, due: Due) -> bool:
    """Write one draft, or put it off; the others go on."""
    try:
        raw = desk.vault.get(due.raw)
        desk.ledger.begin_draft(due.key, _place(desk.inbox, folder))
        desk.inbox.append(folder, raw, desk.clock.now(), draft=True)
    except (MailboxRefused, VaultMissing, VaultDamaged) as problem:  # too large, over quota; or our own loss
        log.warning("draft not written", key=due.key, problem=str(problem))
        gate.take_back(due, Deferred(0, str(problem)))
        now = desk.clock.now()
        if due.tries + 1 >= _ALARM_AFTER and desk.alarm is not None:
            mails = desk.alarm(due, f"không ghi được vào mục thư nháp {folder}: {problem}")
            desk.ledger.enqueue(mails, {one.key: desk.vault.put(one.raw) for one in mails}, now)
        desk.ledger.put_off_draft(due.key, str(problem), now + retry_after(due.tries + 1))
        return False
    desk.ledger.drafted(due.key, desk.clock.now())
    log.info("draft written", key=due.key, message_id=due.message_id)
    return True


# ------------------------------------------------------------------------------------------------------------
# What a person made of them
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sent:
    """A mail in a folder of sent mail."""

    folder: str
    listed: Listed
    slip: Slip


def follow_drafts(desk: DraftDesk) -> int:
    """Note of each draft whether it was sent, as it was or changed, or deleted; return of how many that is new.

    A draft is known again by its Message-ID or our mark; where a mail program wrote it anew, by the mail that it
    answers, or its subject, and who gets it.

    Raises:
        MailboxLost, MailboxRefused: nothing is noted that was not seen.
    """
    now = desk.clock.now()
    drafts = desk.ledger.drafts(now - LATE_FOR)
    if not drafts:
        return 0
    state = (*_state_of(desk), *((one.key, one.deleted) for one in drafts))
    settled = 0
    if state != desk.looked:
        settled, drafts = _look_through(desk, drafts)
        desk.looked = state
    gone = [one.key for one in drafts if not one.deleted and one.missed_at and now - one.missed_at >= GONE_FOR]
    desk.ledger.deleted(gone, now)
    return settled + len(gone)


def _state_of(desk: DraftDesk) -> tuple[object, ...]:
    """Return what changes when anything has come or gone, and every hour: a mark such as deleted changes nothing."""
    folders = ((folder, desk.inbox.look_into(folder)) for folder in (desk.folder, *desk.sent_folders))
    now = desk.clock.now()
    return (*folders, now.date(), now.hour)


def _look_through(desk: DraftDesk, drafts: Sequence[Draft]) -> tuple[int, tuple[Draft, ...]]:
    """Settle what is found among the sent mails; return how many, and the others with since when they are missed."""
    own = {one.key: _own_slip(desk, one) for one in drafts}
    since = (min(one.drafted_at for one in drafts) - timedelta(days=1)).date()
    lying = _slips(desk, desk.folder, None)
    sent = [_Sent(folder, *one) for folder in desk.sent_folders for one in _slips(desk, folder, since)]
    here = {key for key, slip in own.items() if any(one.is_surely(slip) for _, one in lying)}
    found = _match(drafts, own, here, sent)
    for draft in drafts:
        if draft.key not in found:
            # A mail program may have kept it under another Message-ID, because somebody is writing on it.
            kept = (one for listed, one in lying if listed.received_at > draft.drafted_at - _CLOCKS)
            _note_sight(desk, draft, here=draft.key in here or any(one.may_be(own[draft.key]) for one in kept))
    settled = sum(_settle(desk, one, found[one.key]) for one in drafts if one.key in found)
    return settled, desk.ledger.drafts(desk.clock.now() - LATE_FOR)


def _match(drafts: Sequence[Draft], own: dict[str, Slip], here: set[str], sent: Sequence[_Sent]) -> dict[str, _Sent]:
    """Return which sent mail each draft became: first by what is sure, then by the same subject, then by the thread.

    Of a draft that still lies there as it was, a like mail is another one that somebody wrote.
    """

    def is_surely(draft: Draft, one: _Sent) -> bool:
        return one.slip.is_surely(own[draft.key])

    def may_be(draft: Draft, one: _Sent) -> bool:
        came_after = one.listed.received_at >= draft.drafted_at - _CLOCKS
        return came_after and draft.key not in here and one.slip.may_be(own[draft.key])

    def has_its_subject(draft: Draft, one: _Sent) -> bool:
        return one.slip.subject == own[draft.key].subject and may_be(draft, one)

    found: dict[str, _Sent] = {}
    free = sorted(sent, key=lambda one: one.listed.received_at)
    for fits in (is_surely, has_its_subject, may_be):
        for draft in drafts:
            one = next((one for one in free if draft.key not in found and fits(draft, one)), None)
            if one is not None:
                found[draft.key] = one
                free.remove(one)
    return found


def _note_sight(desk: DraftDesk, draft: Draft, *, here: bool) -> None:
    if not draft.deleted and here != (draft.missed_at is None):
        desk.ledger.missed(() if here else (draft.key,), (draft.key,) if here else (), desk.clock.now())


def _settle(desk: DraftDesk, draft: Draft, found: _Sent) -> bool:
    """Note that the draft was sent, and whether as it was; what cannot be compared counts as changed."""
    fate = Fate.CHANGED
    try:
        desk.inbox.look_into(found.folder)
        written = desk.vault.get(draft.raw)
        wanted = [found.listed] if found.listed.size <= _COMPARED_MIB else []
        if any(desk.compare(written, raw) for _, raw in desk.inbox.fetch(wanted)):
            fate = Fate.UNCHANGED
    except (Fault, VaultMissing, VaultDamaged) as problem:
        log.warning("a sent draft could not be compared, so it counts as changed", key=draft.key, problem=str(problem))
    identity = found.slip.message_id or draft.message_id
    log.info("draft sent by a person", key=draft.key, fate=fate.value)
    return desk.ledger.sent_by_person(draft.key, fate, identity, found.listed.received_at, desk.clock.now())


def _own_slip(desk: DraftDesk, draft: Draft) -> Slip:
    """Return what the draft's own header says; of one whose bytes are lost only its Message-ID."""
    try:
        header = desk.vault.get(draft.raw)
    except (VaultMissing, VaultDamaged) as problem:
        log.warning("a draft is not in the vault", key=draft.key, problem=str(problem))
        header = f"Message-ID: {draft.message_id}\r\n\r\n".encode()
    return read_slip(header.partition(b"\r\n\r\n")[0], desk.secret)


def _slips(desk: DraftDesk, folder: str, since: date | None) -> list[tuple[Listed, Slip]]:
    """Return what the headers of a folder say, but of what is marked as deleted; nothing where there is no folder."""
    selected = desk.inbox.look_into(folder)
    if selected is None:
        return []
    listed = desk.inbox.list(0, selected.uidnext - 1, since)
    headers = desk.inbox.headers(listed, FIELDS, deleted=False)
    return [(one, read_slip(header, desk.secret)) for one, header in headers]
