"""What the ledger knows of a reporter's form, for a blank that is drawn by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from bot.adapters.far_vault import open_vault
from bot.adapters.ledger import Ledger
from bot.runners.blank import earlier_rows
from bot.runners.process import with_files

if TYPE_CHECKING:
    import pyarrow as pa

    from bot.config import Store
    from bot.model import Campaign, Form, Reporter, Rulebook


def last_rows(store: Store, rulebook: Rulebook, form: Form, reporter: Reporter, campaign: Campaign) -> pa.Table | None:
    """Return the rows with which a blank of *reporter* begins, as ``earlier_rows`` tells, however many they are.

    None also where there is no ledger yet. Raises OSError and what the ledger raises.
    """
    if not _has_ledger(store.ledger_url):
        return None
    ledger, vault = Ledger(store.ledger_url), open_vault(store)
    try:
        ledger.migrate()
        history = with_files(ledger.history(reporter.code, ""), vault)
    finally:
        ledger.close()
    return earlier_rows(rulebook, history, form, campaign)


def _has_ledger(url: str) -> bool:
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()
