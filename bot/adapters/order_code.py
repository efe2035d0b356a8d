"""The codes with which an officer confirms his orders: by chance, and easy to copy by hand."""

from __future__ import annotations

import secrets

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""None that is mistaken for another. Eight of them are 39 bits, and only a proved officer may try."""


def new_code() -> str:
    """Return a code that nobody can foresee: ``K7QM-3XTP``."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
