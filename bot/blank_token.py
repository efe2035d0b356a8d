"""The token that a blank made for a reporter carries hidden: whose mail sends it back had a mail of ours, or our file.

Who draws blanks and who reads workbooks may not see each other, so it stands beside the packages.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

_LABEL = b"baocao/blank/1"
"""Keeps what is sealed here apart from all else that the same bytes could be read as."""
_BYTES = 15
"""120 bits, and no padding in base32 (RFC 4648, section 6): beyond guessing, for each guess is a mail."""


def make_token(form: str, reporter: str, version: str, secret: bytes) -> str:
    """Return 24 letters and digits of base32: the truncated HMAC-SHA256 (RFC 2104) of a blank under *secret*.

    Args:
        form: the full id, with the campaign that the blank is for.
        reporter: its code.
        version: of the form's layout, as the blank's code tells it.
        secret: known to the program alone.
    """
    told = b"\0".join((_LABEL, form.encode(), reporter.encode(), version.encode()))
    return base64.b32encode(hmac.new(secret, told, hashlib.sha256).digest()[:_BYTES]).decode()


def is_token(token: str, form: str, reporter: str, version: str, secret: bytes) -> bool:
    """Return whether *token* was made with *secret* for that blank; without a secret none was."""
    return bool(secret) and hmac.compare_digest(token.encode(), make_token(form, reporter, version, secret).encode())
