"""Domains of mail addresses, and whether two belong to one organisation (RFC 7489, section 3.1)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

ADDRESS = re.compile(r"[^\s@<>(),;:\"\x00-\x1f]+@[^\s@<>(),;:\"\x00-\x1f]+")
"""A plain address, as it stands in From without quotes and comments."""
_LONGEST = 253
"""Characters of a domain name (RFC 1035)."""


def domain_of(address: str) -> str:
    """Return the domain of an address, or of a bare domain, in its ASCII form (RFC 5890); empty where it is none.

    >>> domain_of("bql@Tỉnh.vn"), domain_of("nghean.gov.vn."), domain_of("<>")
    ('xn--tnh-8pa.vn', 'nghean.gov.vn', '')
    """
    name = address.strip().strip("<>").rpartition("@")[2].strip().rstrip(".").lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    labels = name.split(".")
    plain = all(label and label.replace("-", "").replace("_", "").isalnum() for label in labels)
    return name if plain and len(labels) > 1 and len(name) <= _LONGEST else ""


def is_aligned(one: str, other: str) -> bool:
    """Tell whether two domains, as :func:`domain_of` gives them, are the same or below the same organisation's.

    ``gov.vn``, ``com.vn`` and ``edu.vn`` are nobody's: two provinces below ``gov.vn`` are two organisations.
    """
    if not one or not other:
        return False
    if one == other:
        return True
    mine = _suffixes().privatesuffix(one)
    return mine is not None and mine == _suffixes().privatesuffix(other)


@cache
def _suffixes() -> PublicSuffixList:
    # The list is large and seldom asked: most mails are signed by the very domain that they come from.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
