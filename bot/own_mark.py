"""The mark by which a mail of ours is known when it comes back, whatever a robot has written over it.

Who writes and who reads mail may not see each other, so it stands beside the packages.
"""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Submission-Bot"
OWN_MARK = "own_mark"
"""The name of the secret that seals it, among those of the data folder."""


def make_mark(message_id: str, secret: bytes) -> str:
    """Return the header's value for a mail of that Message-ID, folded: the id, and its HMAC-SHA256 under *secret*."""
    bare = message_id.strip("<>")
    return f"{bare};\r\n {_seal(bare, secret)}"


def is_own_mark(value: str, secret: bytes) -> bool:
    """Return whether *value* was made with *secret*; what others write there is no sign of anything."""
    return bool(marked_id(value, secret))


def marked_id(value: str, secret: bytes) -> str:
    """Return the Message-ID for which *value* was made with *secret*; empty where it was not."""
    message_id, _, seal = "".join(value.split()).rpartition(";")
    genuine = bool(secret and message_id) and hmac.compare_digest(seal.encode(), _seal(message_id, secret).encode())
    return f"<{message_id}>" if genuine else ""


def _seal(message_id: str, secret: bytes) -> str:
    return hmac.new(secret, message_id.encode(), hashlib.sha256).hexdigest()
