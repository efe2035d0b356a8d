"""Whose word about the author of a mail counts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from bot.config.values import ONE_OR_MANY, Host, Section

AuthservId = Annotated[Host, AfterValidator(str.lower)]


class Authentication(Section):
    """How it is known that a mail comes from whom it names: read with each mail; none is held for it yet."""

    servers: Annotated[tuple[AuthservId, ...], ONE_OR_MANY] = ()
    """The authserv-ids under which our own servers write Authentication-Results (RFC 8601)."""
    microsoft: bool = False
    """The mailbox lies at Microsoft 365, whose results have no authserv-id."""
    hops: Annotated[tuple[AuthservId, ...], ONE_OR_MANY] = ()
    """Hosts of ours in Received that are called otherwise than the *servers*, or their domains."""
