"""Mail addresses in letters of any language: the domain has an ASCII form, the part before it has not (RFC 6531).

Beside the packages, because who reads, counts, writes and sends mail must mean the same address by two spellings.
"""

from __future__ import annotations


def with_ascii_domain(address: str) -> str:
    """Return *address* with its domain in ASCII (IDNA); as it is where the domain has no such form.

    >>> with_ascii_domain("bql@tỉnh.vn"), with_ascii_domain("bql@nghean.gov.vn")
    ('bql@xn--tnh-dlz.vn', 'bql@nghean.gov.vn')
    """
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address
