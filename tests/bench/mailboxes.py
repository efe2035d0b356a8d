"""The mailboxes of the measurements: Dovecot where it is installed, pymap always."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.servers import DemoImap
from tests.servers import DovecotServer, DovecotUser, make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

Mailbox = DemoImap | DovecotUser


def names() -> tuple[str, ...]:
    """Return the servers that can be measured here."""
    return ("pymap", "Dovecot") if shutil.which("dovecot") else ("pymap",)


@contextmanager
def mailbox(name: str) -> Iterator[Mailbox]:
    """Give an empty inbox at that server."""
    if name == "pymap":
        with DemoImap() as imap:
            yield imap
        return
    with tempfile.TemporaryDirectory() as folder:
        server = DovecotServer(make_certificate(Path(folder)))
        try:
            server.start()
            yield DovecotUser(server, tls=False)
        finally:
            server.close()
