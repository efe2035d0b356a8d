"""What the ministry's own mail server adds to a mail when it comes in: its word about the author."""

from __future__ import annotations

from email.parser import BytesHeaderParser
from email.utils import parseaddr

MX = "mx.mpi.example"
"""The name under which that server writes (RFC 8601: the authserv-id)."""


def stamp(raw: bytes, *, genuine: bool = True) -> bytes:
    """Return the mail as the server hands it over, with an Authentication-Results header on top.

    A mail that is not *genuine* only names its author: it came from elsewhere, and the check of DMARC fails.
    """
    head = BytesHeaderParser().parsebytes(raw)
    domain = parseaddr(str(head["From"] or ""))[1].rpartition("@")[2]
    said = "none" if not domain else f"dmarc={'pass' if genuine else 'fail'} (p=none) header.from={domain}"
    return f"Authentication-Results: {MX};\r\n\t{said}\r\n".encode("ascii", "replace") + raw
