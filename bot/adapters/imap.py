"""The ministry's inbox over IMAP4rev1: list, fetch, file away. Nothing is ever expunged, and no flag is our memory."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from bot.adapters.clock import SystemClock
from bot.adapters.imap_connection import (
    LoginRefused,
    MailboxLost,
    MailboxRefused,
    hang_up,
    open_connection,
    say_goodbye,
    talking,
)
from bot.adapters.imap_suspects import Suspects
from bot.adapters.imap_watch import Watcher
from bot.language import VIETNAM, nfc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from imapclient import IMAPClient

    from bot.adapters.clock import Clock
    from bot.adapters.sign_in import SignIn
    from bot.config import Mailbox

__all__ = ["Inbox", "Listed", "LoginRefused", "MailboxLost", "MailboxRefused", "Selected", "Watcher", "batches"]

BUDGET_BYTES = 8 * 1024 * 1024
"""How much of a box is held in memory at once."""
HEADER_BYTES = 256 * 1024
"""No honest header block is longer."""
_BATCH_COUNT = 50
_UIDS_PER_COMMAND = 500
"""A command line of 500 UIDs stays below the 8,000 octets that every server takes (RFC 7162, section 4)."""
_UIDS_PER_ANSWER = 80_000
"""imaplib gives up on a line of a million octets; a UID with its blank has eleven at most."""
_HIGHEST_UID = 2**32 - 1
_NAMES_TOLD = 50
_TOLD_WITH_A_MAIL = frozenset({b"SEQ", b"UID", b"BODY[]", b"FLAGS", b"MODSEQ", b"RFC822.SIZE", b"INTERNALDATE"})
"""What a server may say of a mail whose bytes were asked for; other words are the end of a longer literal."""
_NAMED = re.compile(rb'"(?:FILE)?NAME" (?:"((?:[^"\\\\]|\\\\.){1,512})"|\{\d{1,3}\}([^"()]{1,512}))', re.IGNORECASE)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Selected:
    """The folder as the server showed it at SELECT."""

    uidvalidity: int
    """0 where the server tells none."""
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One mail in the folder, before it is fetched."""

    uid: int
    size: int
    """RFC822.SIZE in octets, as the server says: some only estimate it."""
    received_at: datetime
    """INTERNALDATE, in Vietnamese time."""


def batches(
    listed: Sequence[Listed], budget_bytes: int = BUDGET_BYTES, count: int = _BATCH_COUNT
) -> Iterator[tuple[Listed, ...]]:
    """Cut *listed* into runs of at most *count* mails and *budget_bytes*; a mail above the budget stands alone."""
    batch: list[Listed] = []
    weight = 0
    for one in listed:
        if batch and (weight + one.size > budget_bytes or len(batch) == count):
            yield tuple(batch)
            batch, weight = [], 0
        batch.append(one)
        weight += one.size
    if batch:
        yield tuple(batch)


class Inbox:
    """One synchronous connection to one folder, for the use of one thread.

    Every method that talks to the server raises MailboxLost when the connection is of no use any more (it is then
    closed: call ``connect`` again) and MailboxRefused when the server says no.
    """

    def __init__(self, settings: Mailbox, clock: Clock | None = None, sign_in: SignIn | None = None) -> None:
        self._settings = settings
        self._sign_in = sign_in
        self._clock = clock or SystemClock()
        self.suspects = Suspects(self._clock)
        self._client: IMAPClient | None = None
        self._selected: Selected | None = None
        self._prefix = ""
        self._separator = "/"

    @property
    def connected(self) -> bool:
        """Tell whether the connection was usable at its last use."""
        return self._client is not None

    @property
    def selected(self) -> Selected | None:
        """Return what the last SELECT on this connection showed, or None since the connection is new."""
        return self._selected

    def connect(self) -> None:
        """Open the connection; raises as :func:`bot.adapters.imap_connection.open_connection` does."""
        self.close()
        self._client = open_connection(self._settings, self._sign_in)
        with self._talk("NAMESPACE") as client:
            if client.has_capability("NAMESPACE"):
                personal = client.namespace().personal or (("", "/"),)
                self._prefix, self._separator = personal[0][0] or "", personal[0][1] or "/"

    def close(self) -> None:
        """Log out and close; does nothing when the connection is closed already."""
        client, self._client, self._selected = self._client, None, None
        if client is not None:
            say_goodbye(client)

    def capabilities(self) -> tuple[str, ...]:
        """Return what the server says it can do, sorted."""
        with self._talk("CAPABILITY") as client:
            return tuple(sorted(one.decode("ascii", "replace") for one in client.capabilities()))

    def select(self) -> Selected:
        """SELECT the configured folder and return what it is now (EXAMINE would not let us move mail)."""
        with self._talk(f"thư mục {self._settings.folder}") as client:
            self._selected = selected = _select(client, nfc(self._settings.folder), readonly=False)
        return selected

    def look_into(self, folder: str) -> Selected | None:
        """Show *folder* instead of the configured one, to read only; None where there is no such folder.

        What follows lists and fetches there, until :meth:`select` or :meth:`close`.
        """
        target = self._full(folder)
        with self._talk(f"thư mục {folder}") as client:
            if not client.folder_exists(target):
                return None
            self._selected = selected = _select(client, target, readonly=True)
        return selected

    def leave(self) -> None:
        """Forget which folder is shown: whoever needs the configured one selects it again."""
        self._selected = None

    def headers(
        self, listed: Sequence[Listed], fields: str = "MESSAGE-ID SUBJECT", *, deleted: bool = True
    ) -> Iterator[tuple[Listed, bytes]]:
        r"""Yield of each mail those *fields* of its header; without *deleted*, of none that is marked ``\Deleted``."""
        by_uid = {one.uid: one for one in listed}
        for step in _steps(list(by_uid)):
            with self._talk("FETCH") as client:
                answer = client.fetch(step, ["FLAGS", f"BODY.PEEK[HEADER.FIELDS ({fields})]"])
            for uid, told in answer.items():
                blocks = [value for key, value in told.items() if key.startswith(b"BODY[HEADER.FIELDS")]
                if not deleted and rb"\Deleted" in told.get(b"FLAGS", ()):
                    continue
                if uid in by_uid and blocks and isinstance(blocks[0], bytes):
                    yield by_uid[uid], blocks[0]

    def list(self, above: int, upto: int, since: date | None = None) -> tuple[Listed, ...]:
        """Return the mails with ``above < uid <= upto``, ascending; none that came before *since* (Vietnamese date)."""
        with self._talk("FETCH") as client:
            crowded = self._selected is None or self._selected.exists > _UIDS_PER_ANSWER // 2
            uids = _search(client, above, min(upto, _HIGHEST_UID), since, crowded=crowded)
            found = [one for step in _steps(uids) for one in _measure(client, step, self._clock)]
        return tuple(one for one in found if since is None or one.received_at.date() >= since)

    def fetch(self, listed: Sequence[Listed], budget_bytes: int = BUDGET_BYTES) -> Iterator[tuple[Listed, bytes]]:
        r"""Yield each mail with its raw bytes, never setting ``\Seen``; one that is gone by now is not yielded.

        At most about *budget_bytes* are held at once. What the server refuses to hand out is skipped and logged, so
        that one broken mail does not stop the others.
        """
        for batch in batches(listed, budget_bytes):
            bodies = self._bodies([one.uid for one in batch])
            for one in batch:
                raw = bodies.pop(one.uid, None)
                if raw is not None:
                    yield one, raw

    def fetch_header(self, uid: int) -> bytes | None:
        """Return the header block of a mail that is too large to fetch, at most 256 KiB; None when it is gone."""
        with self._talk("FETCH") as client:
            answer = client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>"]).get(uid, {})
        blocks = [value for key, value in answer.items() if key.startswith(b"BODY[HEADER]")]
        return blocks[0] if blocks and isinstance(blocks[0], bytes) else None

    def part_names(self, uid: int) -> tuple[str, ...]:
        """Return the file names in the BODYSTRUCTURE of a mail: a hint for people, as the server parsed it."""
        with self._talk("FETCH") as client:
            # The library's own reader recurses into the structure and gives up on odd ones: only the line is wanted.
            _, lines = client._imap.uid("FETCH", str(uid), "(BODYSTRUCTURE)")
        return _names(lines)

    def file(self, uids: Sequence[int], folder: str, *, seen: bool = False) -> None:
        r"""Move the mails to *folder*, which is made when it is missing; UIDs that are gone are passed over.

        A server without MOVE gets COPY and ``\Deleted``, and never EXPUNGE: the last word on a mail is a person's.
        """
        target = self._full(folder)
        for step in _steps(uids):
            if seen:
                self._decorate(step, rb"\Seen")
            self._making(target, partial(self._move, step, target))

    def special_folder(self, use: bytes) -> str | None:
        r"""Return the folder that the server says is for *use*, such as ``\Drafts`` (RFC 6154), if it says so."""
        with self._talk("LIST") as client:
            for flags, _, name in client.list_folders():
                if use.lower() in {one.lower() for one in flags} and isinstance(name, str):
                    return name
        return None

    def append(self, folder: str, raw: bytes, when: datetime, *, seen: bool = True, draft: bool = False) -> None:
        """Put a copy of *raw* into *folder*, which is made when it is missing."""
        target = self._full(folder)
        flags = ((rb"\Seen",) if seen else ()) + ((rb"\Draft",) if draft else ())

        def put() -> None:
            with self._talk(f"thư mục {folder}") as client:
                client.append(target, raw, flags, when)

        self._making(target, put)

    def has(self, folder: str, message_id: str) -> bool:
        """Tell whether *folder* holds a mail of that Message-ID; afterwards no folder is selected."""
        if not (message_id.isascii() and message_id.isprintable()):
            return False
        with self._talk(f"thư mục {folder}") as client:
            target = self._full(folder)
            if not client.folder_exists(target):
                return False
            self._selected = None
            client.select_folder(target, readonly=True)
            return bool(client.search(["HEADER", "Message-ID", message_id]))

    @contextmanager
    def _talk(self, about: str) -> Iterator[IMAPClient]:
        client = self._client
        if client is None:
            raise MailboxLost("not connected")
        try:
            with talking(about):
                yield client
        except MailboxLost:
            self._client = self._selected = None
            hang_up(client)
            raise

    def _full(self, folder: str) -> str:
        """Return the name as this server writes it: some keep every folder below ``INBOX.`` (RFC 2342)."""
        name = nfc(folder).replace("/", self._separator)
        return name if name.startswith(self._prefix) or name.upper() == "INBOX" else self._prefix + name

    def _bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        try:
            with self._talk("FETCH") as client:
                answer = client.fetch(uids, ["BODY.PEEK[]"])
                return {uid: _body(told) for uid, told in answer.items() if isinstance(told.get(b"BODY[]"), bytes)}
        except MailboxRefused as problem:
            if len(uids) == 1:
                log.warning("mail_not_handed_out", uid=uids[0], answer=str(problem))
                return {}
        return {uid: raw for one in uids for uid, raw in self._bodies([one]).items()}

    def _move(self, uids: Sequence[int], target: str) -> None:
        with self._talk(f"thư mục {target}") as client:
            if client.has_capability("MOVE") and self._moved(client, uids, target):
                return
            client.copy(uids, target)
        self._decorate(uids, rb"\Deleted")

    def _moved(self, client: IMAPClient, uids: Sequence[int], target: str) -> bool:
        """Return whether the server moved the mails; some offer MOVE and refuse it, but do not refuse COPY."""
        try:
            with talking("MOVE"):
                client.move(uids, target)
        except MailboxRefused as problem:
            log.info("move_refused", answer=str(problem))
            return False
        return True

    def _decorate(self, uids: Sequence[int], flag: bytes) -> None:
        try:
            with self._talk("STORE") as client:
                client.add_flags(uids, flag, silent=True)
        except MailboxRefused as problem:
            log.info("flag_not_set", flag=flag.decode(), answer=str(problem))

    def _making(self, target: str, deed: Callable[[], None]) -> None:
        """Do *deed*; where the server refuses it because the folder is missing, make the folder and do it again."""
        try:
            deed()
        except MailboxRefused:
            if not self._make(target):
                raise
            deed()

    def _make(self, target: str) -> bool:
        with self._talk(f"thư mục {target}") as client:
            if client.folder_exists(target):
                return False
            client.create_folder(target)
            try:
                client.subscribe_folder(target)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as problem:  # the folder is there, it only may not show in some mail programs
                log.info("folder_not_subscribed", folder=target, answer=str(problem))
        return True


def _select(client: IMAPClient, folder: str, *, readonly: bool) -> Selected:
    answer = client.select_folder(folder, readonly=readonly)
    uidnext = int(answer.get(b"UIDNEXT", 0)) or _uid_after(client, empty=answer.get(b"EXISTS") == 0)
    return Selected(int(answer.get(b"UIDVALIDITY", 0)), uidnext, int(answer.get(b"EXISTS", 0)))


def _body(told: Mapping[bytes, object]) -> bytes:
    """Return the mail out of one FETCH answer; raises ValueError where its words show that a literal was miscounted."""
    if strange := told.keys() - _TOLD_WITH_A_MAIL:
        raise ValueError(f"the answer holds {len(strange)} words beside the mail")
    return cast("bytes", told[b"BODY[]"])


def _search(client: IMAPClient, above: int, upto: int, since: date | None, *, crowded: bool) -> list[int]:
    """Return the UIDs in ``above < uid <= upto``, ascending; of a *crowded* box so few at a time as one line holds."""
    step = _UIDS_PER_ANSWER if crowded else _HIGHEST_UID
    # SINCE compares the date as the server's own zone writes it: ask for one day more, the caller looks at the time.
    window = [] if since is None else ["SINCE", since - timedelta(days=1)]
    found: set[int] = set()
    # Nothing is asked when the range is empty: to a server, a range written backwards means the same mails.
    for first in range(above + 1, upto + 1, step):
        found.update(client.search(["UID", f"{first}:{min(first + step - 1, upto)}", *window]))
    return sorted(uid for uid in found if above < uid <= upto)


def _measure(client: IMAPClient, uids: Sequence[int], clock: Clock) -> Iterator[Listed]:
    answer = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
    for uid in uids:
        told = answer.get(uid, {})
        if b"RFC822.SIZE" in told:
            when = told.get(b"INTERNALDATE") or clock.now()
            yield Listed(uid, int(told[b"RFC822.SIZE"]), when.astimezone(VIETNAM))


def _uid_after(client: IMAPClient, *, empty: bool) -> int:
    """Return one more than the highest UID, for the few servers that do not tell UIDNEXT."""
    if empty:
        return 1
    return max(client.search(["UID", "*"]), default=0) + 1


def _steps(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), _UIDS_PER_COMMAND):
        yield uids[start : start + _UIDS_PER_COMMAND]


def _names(lines: Sequence[object]) -> tuple[str, ...]:
    """Return the values after NAME and FILENAME, wherever they stand; long or foreign ones come as literals."""
    text = b"".join(
        b"".join(one) if isinstance(one, tuple) else one for one in lines if isinstance(one, (tuple, bytes))
    )
    found = (quoted or literal for quoted, literal in _NAMED.findall(text[:HEADER_BYTES]))
    return tuple(dict.fromkeys(name.decode("utf-8", "replace") for name in found))[:_NAMES_TOLD]
