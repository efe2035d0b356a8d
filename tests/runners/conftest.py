from __future__ import annotations

from tests.servers import certificate, dovecot, imap_server

__all__ = ["certificate", "dovecot", "imap_server"]
