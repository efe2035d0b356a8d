"""Whose word about the author of a mail counts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from bot.config.values import ONE_OR_MANY, Host, Section

AuthservId = Annotated[Host, AfterValidator(str.lower)]


class Authentication(Section):
    """How it is known that a mail comes from whom it names; what is not known is held for the ministry."""

    servers: Annotated[tuple[AuthservId, ...], ONE_OR_MANY] = ()
    """The authserv-ids under which our own servers write Authentication-Results (RFC 8601)."""
    microsoft: bool = False
    """The mailbox lies at Microsoft 365, whose results have no authserv-id."""
    hops: Annotated[tuple[AuthservId, ...], ONE_OR_MANY] = ()
    """Hosts of ours in Received that are called otherwise than the *servers*, or their domains."""
    dkim: bool = False
    """Check the signature of the author's domain here (RFC 6376) where those servers have proved nothing."""
    accept_unproved: bool = False
    """Take a registered sender's mail for his where nothing is known to the contrary."""

    @property
    def has_source(self) -> bool:
        """Return whether a server of ours can prove who wrote a mail."""
        return bool(self.servers) or self.microsoft
