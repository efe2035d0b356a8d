"""A blank form for a reporter, begun with what it sent last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from bot.adapters.ledger import Ledger
from bot.adapters.vault import Vault
from bot.check.tables import fit
from bot.dataset.keep import read_kept
from bot.model import Outcome
from bot.runners.process import with_tables

if TYPE_CHECKING:
    import pyarrow as pa

    from bot.config import Store
    from bot.model import Campaign, Form, Reporter, Rulebook


def last_rows(store: Store, rulebook: Rulebook, form: Form, reporter: Reporter, campaign: Campaign) -> pa.Table | None:
    """Return the rows of *form* that were accepted last of *reporter*, in *campaign* or in a period before it.

    None where nothing was, or where there is no ledger yet. Raises OSError and what the ledger raises.
    """
    if not _has_ledger(store.ledger_url):
        return None
    ledger, vault = Ledger(store.ledger_url), Vault(store.folder / "vault")
    try:
        ledger.migrate()
        history = with_tables(ledger.history(reporter.code, ""), vault)
    finally:
        ledger.close()
    opened = {one.id: one.opened for one in rulebook.campaigns if one.family == form.campaign}
    accepted = [
        one
        for one in history.settled
        if one.form == form.id and one.verdict is Outcome.ACCEPTED and one.table in history.kept
    ]
    before = [one for one in accepted if one.campaign in opened and opened[one.campaign] <= campaign.opened]
    last = max(before, key=lambda one: (opened[one.campaign], one.received_at), default=None)
    return fit(form, read_kept(history.kept[last.table])) if last else None


def _has_ledger(url: str) -> bool:
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()
