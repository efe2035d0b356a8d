"""What the ministry's own mail server adds to a mail when it comes in: its word about the author."""

from __future__ import annotations

from email.parser import BytesHeaderParser
from email.utils import parseaddr

from bot.message.alignment import domain_of

MX = "mx.mpi.example"
"""The name under which that server writes (RFC 8601: the authserv-id)."""


def stamp(raw: bytes, *, genuine: bool = True) -> bytes:
    """Return the mail as the server hands it over, with an Authentication-Results header on top.

    A mail that is not *genuine* only names its author: it came from elsewhere, and the check of DMARC fails.
    """
    head = BytesHeaderParser().parsebytes(raw)
    author = next((value for name, value in head.raw_items() if name.lower() == "from"), "")
    written = author.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    domain = domain_of(parseaddr(written)[1])
    said = "none" if not domain else f"dmarc={'pass' if genuine else 'fail'} (p=none) header.from={domain}"
    return f"Authentication-Results: {MX};\r\n\t{said}\r\n".encode("ascii", "replace") + raw
