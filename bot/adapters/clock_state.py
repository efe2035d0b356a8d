"""What the system knows of its own clock: whether something outside keeps it right."""

from __future__ import annotations

import ctypes

_TIME_ERROR = 5
"""What adjtimex(2) returns of a clock that nobody synchronises."""
_STRUCT_TIMEX_BYTES = 512
"""Larger than the structure is anywhere; all zero it only asks."""


def is_synchronised() -> bool | None:
    """Return whether the kernel's clock is kept by NTP or the like; None where the system does not tell."""
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_STRUCT_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR
