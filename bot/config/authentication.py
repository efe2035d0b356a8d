"""Whose word about the author of a mail counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from bot.config.values import Host, Section

AuthservId = Annotated[Host, AfterValidator(str.lower)]


class Authentication(Section):
    """How it is known that a mail comes from whom it names. Without a server here nothing is proved by results."""

    servers: tuple[AuthservId, ...] = ()
    """The authserv-ids under which our own servers write Authentication-Results (RFC 8601)."""
    microsoft: bool = False
    """The mailbox lies at Microsoft 365, whose results have no authserv-id."""
    hops: tuple[AuthservId, ...] = ()
    """Hosts of ours in Received that are called otherwise than the *servers*, or their domains."""
    dkim_dns: bool = False
    """Where the results prove nothing, check signatures ourselves, with keys that are looked up in DNS."""
    dkim_keys: Path | None = None
    """Keys kept beside, for where DNS is out of reach: one ``selector._domainkey.domain TAB record`` a line."""
    dns_seconds: Annotated[float, Field(gt=0, le=30)] = 5
    """Longest time for one look-up."""

    @field_validator("servers", "hops", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @property
    def told(self) -> bool:
        """Return whether any source is named that can prove an author."""
        return bool(self.servers or self.microsoft or self.dkim_dns or self.dkim_keys)
