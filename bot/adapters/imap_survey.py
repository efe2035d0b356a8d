"""What the server lets us do with its folders, asked for a person who looks for the cause of a trouble."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imapclient.exceptions import IMAPClientError

from bot.adapters.imap import Inbox
from bot.adapters.imap_connection import MailboxRefused

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Quota:
    """How full the mailbox is."""

    used: int
    """In KiB, or mails."""
    limit: int
    mails: bool = False

    @property
    def share(self) -> float:
        """Return the part that is used, 1 for all."""
        return self.used / self.limit if self.limit else 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A mail that was looked for."""

    folder: str
    received_at: datetime
    header: bytes


class Survey(Inbox):
    """An inbox that also tells of its folders; it changes nothing."""

    def folder_names(self) -> tuple[str, ...]:
        """Return the folders that can be opened, as the configuration would name them, sorted."""
        with self._talk("LIST") as client:
            found = [
                name for flags, _, name in client.list_folders() if b"\\noselect" not in {f.lower() for f in flags}
            ]
        return tuple(sorted(str(one).removeprefix(self._prefix).replace(self._separator, "/") for one in found))

    def find(self, folder: str, message_id: str) -> Found | None:
        """Return the mail of that Message-ID where *folder* holds it; afterwards that folder is open, to read only.

        The folder is opened anew each time: some servers show new mail only then.
        """
        if self.look_into(folder) is None:
            return None
        with self._talk("SEARCH") as client:
            uids = client.search(["HEADER", "Message-ID", message_id])
        listed = self.list(uids[0] - 1, uids[0]) if uids else ()
        header = self.fetch_header(listed[0].uid) if listed else None
        return Found(folder, listed[0].received_at, header) if header is not None else None

    def rights(self, folder: str) -> str | None:
        """Return our rights in *folder* by the letters of RFC 4314; None where the server knows none or tells none."""
        with self._talk(f"thư mục {folder}") as client:
            if not client.has_capability("ACL"):
                return None
            name = client._normalise_folder(self._full(folder))
            typ, lines = client._imap.myrights(name)
        if typ != "OK" or not lines or not isinstance(lines[0], bytes):
            return None
        return lines[0].decode("ascii", "replace").rpartition(" ")[2].strip('"')

    def parent_of(self, folder: str) -> str:
        """Return the folder in which *folder* would be made; empty for the top of the mailbox."""
        return self._full(folder).rpartition(self._separator)[0].replace(self._separator, "/")

    def quotas(self) -> tuple[Quota, ...]:
        """Return how full the mailbox is, by each limit that the server tells; none where it tells none."""
        with self._talk("QUOTA") as client:
            if not client.has_capability("QUOTA"):
                return ()
            told = []
            # It decorates the point of the mailbox: a server that offers it and then refuses it is not ill.
            with suppress(MailboxRefused, IMAPClientError):
                _, told = client.get_quota_root(self._settings.folder)
        kinds = {"STORAGE": False, "MESSAGE": True}
        return tuple(
            Quota(int(one.usage), int(one.limit), kinds[_text(one.resource)])
            for one in told
            if _text(one.resource) in kinds
        )


def _text(value: bytes | str) -> str:
    return (value.decode("ascii", "replace") if isinstance(value, bytes) else value).upper()
