from __future__ import annotations

from tests.servers import certificate, dovecot, either_server, imap_server

__all__ = ["certificate", "dovecot", "either_server", "imap_server"]
