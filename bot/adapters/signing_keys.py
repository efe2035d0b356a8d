"""The keys by which domains sign their mail: TXT records from the DNS (RFC 6376, section 3.6.2)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from bot.adapters.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dns.resolver import Answer

    from bot.adapters.clock import Clock

_SECONDS = 5.0
"""For all keys of a mail together."""
_LONGEST_KEPT = 3600.0
"""Seconds: a key that its domain has taken back counts no longer than that here."""
_MOST_KEPT = 1_000
_LONGEST_RECORD = 2_048
"""Bytes: a key of 8192 bits has less, and a longer one would only cost time."""


class KeysUnreachable(Exception):  # noqa: N818  the DNS is out of reach: nothing is known of the keys
    """The DNS gave no answer, or none that counts; the text says which."""


class Resolver(Protocol):
    """What asks the DNS, as dnspython does."""

    def resolve(self, qname: str, rdtype: str, *, search: bool, lifetime: float) -> Answer:
        """Return the answer; raises the exceptions of dnspython."""


class SigningKeys:
    """Looks keys up, and keeps each for as long as its domain allows, at most an hour; for several threads."""

    def __init__(self, clock: Clock | None = None, resolver: Resolver | None = None, seconds: float = _SECONDS) -> None:
        self._clock = clock or SystemClock()
        self._resolver = resolver
        self._seconds = seconds
        self._kept: dict[str, tuple[float, bytes]] = {}
        self._lock = threading.Lock()

    def find(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the record of each name that has one, and only one.

        Raises KeysUnreachable when that cannot be said of all of them within five seconds.
        """
        left_until = self._clock.steady() + self._seconds
        found = {name: self._find(name, left_until - self._clock.steady()) for name in names}
        return {name: record for name, record in found.items() if record}

    def probe(self, domain: str) -> None:
        """Find out whether the DNS answers, whatever it says of *domain*; raises KeysUnreachable."""
        self._ask(f"_domainkey.{domain}", self._seconds)

    def _find(self, name: str, seconds: float) -> bytes:
        now = self._clock.steady()
        with self._lock:
            until, record = self._kept.get(name, (now, b""))
        if until > now:
            return record
        record, ttl = self._ask(name, seconds)
        if record:
            with self._lock:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[name] = (now + min(ttl, _LONGEST_KEPT), record)
        return record

    def _ask(self, name: str, seconds: float) -> tuple[bytes, float]:
        """Return the record and its TTL in seconds; nothing where there is none, or several: then none is the key."""
        import dns.exception
        import dns.resolver

        if seconds <= 0:
            raise KeysUnreachable("no answer in time")
        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
            answer = self._resolver.resolve(name, "TXT", search=False, lifetime=seconds)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return b"", 0.0
        except (dns.exception.DNSException, OSError) as trouble:
            raise KeysUnreachable(type(trouble).__name__) from trouble
        rows = answer.rrset
        if rows is None or len(rows) != 1:
            return b"", 0.0
        record = b"".join(rows[0].strings)
        return (record, float(rows.ttl)) if len(record) <= _LONGEST_RECORD else (b"", 0.0)
