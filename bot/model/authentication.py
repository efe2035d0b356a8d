"""Whether a mail comes from whom it names, and why one waits for the ministry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """What is known about the author of a mail: a closed list."""

    PASSED = "passed"
    """Proved: the domain in From stands behind the mail."""
    BLANKS = "blanks"
    """Nothing is said that would prove or disprove it, but every form bears the token of a blank made for it."""
    SIGNED = "signed"
    """Our server says nothing that would prove or disprove it, but its own domain has signed it, as found out here."""
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
    """The result that decided, as the server wrote it: ``dmarc=pass header.from=nghean.gov.vn (mx.bo.gov.vn)``;
    of a token, the blanks that bore it."""

    @property
    def passed(self) -> bool:
        """Return whether the author is proved."""
        return self.proof in {Proof.PASSED, Proof.BLANKS, Proof.SIGNED}

    @property
    def is_open(self) -> bool:
        """Return whether the author is neither proved nor disproved."""
        return self.proof in (Proof.ABSENT, Proof.UNKNOWN)

    def and_then(self, found: Authentication) -> Authentication:
        """Return the verdict after *found* has come to it: it counts only where nothing was known."""
        if not self.is_open:
            return self
        return Authentication(found.proof, "; ".join(filter(None, (self.grounds, found.grounds))))


@dataclass(frozen=True, slots=True)
class TrustedServers:
    """Whose results count: those of the servers that receive mail for us (RFC 8601, section 5)."""

    names: tuple[str, ...] = ()
    """Their authserv-ids, lower case; none, and nothing is proved by a result."""
    unnamed: bool = False
    """Ours is Microsoft 365, which writes its results without an authserv-id."""
    hops: tuple[str, ...] = ()
    """Hosts and domains of our own servers in Received, where they are called otherwise than the authserv-ids."""
    signatures: bool = False
    """Where our servers have proved nothing, the signature of the author's domain counts too (RFC 6376)."""
    accept_unproved: bool = False
    """The ministry takes a mail for its author's where nothing is known to the contrary."""

    def believes(self, found: Authentication) -> bool:
        """Return whether a mail of that verdict counts as its author's; one that is disproved never does."""
        return found.passed or (self.accept_unproved and found.proof is not Proof.FAILED)


class HeldReason(StrEnum):
    """Why a mail waits for the ministry: a closed list."""

    NO_SENDER = "no sender"
    """Nobody in From."""
    UNKNOWN_SENDER = "unknown sender"
    """Nobody has registered the address."""
    FAILED = "authentication failed"
    """Registered, and not the author."""
    UNPROVED = "not authenticated"
    """Registered, and nothing proves that it is the author."""
    OFFICER = "officer not authenticated"
    """An officer of the ministry by its From, and no server of ours proves that he is the author."""
