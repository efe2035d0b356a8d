"""Tokens to sign in with instead of a password: kept for all connections, asked for anew before they end.

Mailbox and post are given the same token (XOAUTH2, as Google and Microsoft describe it). What is kept lies beside the
program's own secrets, readable by nobody else, and appears in no log.
"""

from __future__ import annotations

import base64
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.adapters.own_secret import FOLDER
from bot.adapters.replacing import replacing
from bot.language import VIETNAM

if TYPE_CHECKING:
    from pathlib import Path

    from bot.adapters.clock import Clock
    from bot.config import Config

log = structlog.get_logger(__name__)

KEPT = "sign_in"
"""The file below ``secrets/`` in the data folder."""
RENEW_BEFORE = timedelta(minutes=5)
"""So long before its end a token is asked for anew; providers grant an hour."""


class SignInRefused(Exception):  # noqa: N818  a sentence for the operator, who alone can cure it
    """The provider gives no token; the text says why, :attr:`cure` what to do. Neither holds a secret."""

    def __init__(self, sentence: str, cure: str) -> None:
        super().__init__(sentence)
        self.cure = cure


class SignInAway(OSError):  # noqa: N818  it tells what happened to the provider
    """The provider cannot be reached or fails: ask again later."""


@dataclass(frozen=True, slots=True)
class Granted:
    """One answer of the provider."""

    token: str = field(repr=False)
    seconds: float
    """How long the token is good."""
    cache: str = field(default="", repr=False)
    """What the provider's library wants to be given next time: it holds the refresh token."""
    ends_in: float | None = None
    """Seconds until the permission itself ends, where the provider says so."""


class Provider(Protocol):
    """Who gives tokens."""

    name: str

    def ask(self, user: str, cache: str) -> Granted:
        """Return a new token for the mailbox *user*; raises SignInRefused, SignInAway.

        *cache* is that of the last answer, empty where there was none.
        """


class SignIn:
    """The tokens of one configuration; may be asked by any thread."""

    def __init__(self, provider: Provider, folder: Path, clock: Clock, expires: date | None = None) -> None:
        """Keep tokens of *provider* below the data folder *folder*; *expires* is what the operator was told."""
        self._provider = provider
        self._path = folder / FOLDER / KEPT
        self._clock = clock
        self._expires = expires
        self._lock = threading.Lock()

    def token(self, user: str, *, renew: bool = False) -> str:
        """Return a token for the mailbox *user*; *renew* asks for a new one, because the last was refused.

        Raises SignInRefused, SignInAway.
        """
        with self._lock:
            kept = self._read()
            token, until = _held(kept, user)
            if not renew and token and until - RENEW_BEFORE > self._clock.now():
                return token
            granted = self._provider.ask(user, kept.get("cache", ""))
            self._keep(kept, user, granted)
            log.info("signed in", provider=self._provider.name, minutes=round(granted.seconds / 60))
            return granted.token

    def keep(self, user: str, granted: Granted) -> None:
        """Keep what a person has just been granted, in place of all that was kept; raises OSError."""
        with self._lock:
            self._keep({}, user, granted)

    def ends(self) -> date | None:
        """Return the day on which the permission ends, as operator or provider have said; None where nobody has."""
        told = [self._expires] if self._expires else []
        with suppress(KeyError, ValueError, TypeError):
            told.append(datetime.fromisoformat(self._read()["ends"]).astimezone(VIETNAM).date())
        return min(told, default=None)

    def _read(self) -> dict[str, Any]:
        """Return what is kept for this provider; nothing where the file is missing or of no use."""
        try:
            kept = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as problem:
            # A token can be asked for again; where a person has to, that is what the refusal says.
            log.warning("kept tokens cannot be read", problem=type(problem).__name__)
            return {}
        return kept if isinstance(kept, dict) and kept.get("provider") == self._provider.name else {}

    def _keep(self, kept: dict[str, Any], user: str, granted: Granted) -> None:
        now = self._clock.now().astimezone(UTC)
        until = now + timedelta(seconds=granted.seconds)
        tokens = {**kept.get("tokens", {}), user: [granted.token, until.isoformat()]}
        whole = {"provider": self._provider.name, "tokens": tokens, "cache": granted.cache}
        if granted.ends_in is not None:
            whole["ends"] = (now + timedelta(seconds=granted.ends_in)).isoformat()
        elif "ends" in kept:
            whole["ends"] = kept["ends"]
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(self._path, mode=0o600) as file:
            file.write(json.dumps(whole).encode())


def sign_in_of(config: Config, clock: Clock) -> SignIn | None:
    """Return who gives the tokens of *config*; None where passwords are used. Raises as :func:`tokens_of`."""
    return tokens_of(config, clock) if config.provider else None


def tokens_of(config: Config, clock: Clock) -> SignIn:
    """Return who gives the tokens of *config*, which names a provider.

    Raises SignInRefused where the provider's library is not installed.
    """
    try:
        from bot.adapters.providers import provider_of
    except ImportError as problem:
        raise SignInRefused(f"thiếu gói Python {problem.name}", "Cài thêm gói phụ: uv sync --extra oauth.") from problem

    return SignIn(provider_of(config), config.store.folder, clock, config.oauth.expires)


def xoauth2(user: str, token: str) -> str:
    """Return the first answer of the SASL mechanism XOAUTH2, not yet in base64."""
    return f"user={user}\1auth=Bearer {token}\1\1"


def hide_token(text: str, user: str, token: str) -> str:
    """Return *text* without the token, in whatever shape a server may echo it."""
    whole = xoauth2(user, token).encode()
    for shape in (base64.b64encode(whole).decode(), base64.b64encode(token.encode()).decode(), token):
        text = text.replace(shape, "…")
    return text


def status_of(challenge: bytes) -> str:
    """Return what a server says in its XOAUTH2 challenge about a token that it refuses, such as ``status 400``."""
    try:
        told = json.loads(base64.b64decode(challenge, validate=True) if challenge[:1] != b"{" else challenge)
    except ValueError:
        return ""
    return f"status {told['status']}" if isinstance(told, dict) and str(told.get("status", "")).isdigit() else ""


def _held(kept: dict[str, Any], user: str) -> tuple[str, datetime]:
    try:
        token, until = kept["tokens"][user]
        return str(token), datetime.fromisoformat(until)
    except (KeyError, ValueError, TypeError):
        return "", datetime.min.replace(tzinfo=UTC)
