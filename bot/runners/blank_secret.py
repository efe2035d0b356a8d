"""The secret behind the tokens of blanks, where a daemon has made it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from bot.adapters.ledger import Ledger
from bot.adapters.own_secret import FOLDER, own_secret

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Store

BLANK_TOKEN = "blank_token"  # noqa: S105  the name of the secret
"""A secret apart from that of our own mail: whoever takes its file away takes back all the blanks that are out."""


def secret_in_common(ledger: Ledger, folder: Path, name: str) -> bytes:
    """Return the secret of that name, made where there is none; machines that share a ledger must have it in common.

    Raises what ``own_secret`` raises, and what the ledger raises.
    """
    mine = own_secret(folder, name)
    return ledger.share_secret(name, mine) if ledger.is_shared else mine


def known_blank_secret(store: Store) -> bytes:
    """Return the secret of the daemon that works with *store*; empty where none has started yet, and nothing is made.

    Raises what ``secret_in_common`` raises.
    """
    if not (store.folder / FOLDER / BLANK_TOKEN).exists():
        return b""
    if make_url(store.ledger_url).get_backend_name() == "sqlite":
        return own_secret(store.folder, BLANK_TOKEN)
    with closing(Ledger(store.ledger_url)) as ledger:
        return secret_in_common(ledger, store.folder, BLANK_TOKEN)
