"""Whether a mail comes from whom it names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """What is known about the author of a mail: a closed list."""

    PASSED = "passed"
    """Proved: the domain in From stands behind the mail."""
    FAILED = "failed"
    """Disproved, or made so that nothing could be proved: several authors."""
    ABSENT = "absent"
    """The server that received it says nothing."""
    UNKNOWN = "unknown"
    """The server looked, and what it found proves neither."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """The verdict on the author in From, and what it rests on."""

    proof: Proof = Proof.ABSENT
    grounds: str = ""
    """The result that decided, as the server wrote it: ``dmarc=pass header.from=nghean.gov.vn (mx.bo.gov.vn)``."""

    @property
    def passed(self) -> bool:
        """Return whether the author is proved."""
        return self.proof is Proof.PASSED


@dataclass(frozen=True, slots=True)
class TrustedServers:
    """Whose results count: those of the servers that receive mail for us (RFC 8601, section 5)."""

    names: tuple[str, ...] = ()
    """Their authserv-ids, lower case; none, and nothing is proved by a result."""
    unnamed: bool = False
    """Ours is Microsoft 365, which writes its results without an authserv-id."""
    hops: tuple[str, ...] = ()
    """Hosts and domains of our own servers in Received, where they are called otherwise than the authserv-ids."""
