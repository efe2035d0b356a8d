"""What is usual of each column among the reporters, kept at hand for the children; renewed when more counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import structlog

from bot.check.norms import medians_of, norms_of
from bot.dataset.keep import read_kept
from bot.language import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.adapters.ledger import Ledger
    from bot.adapters.vault import Vault
    from bot.model import Norm, Rulebook

log = structlog.get_logger(__name__)

Norms = dict[tuple[str, str], dict[str, "Norm"]]


class NormBook:
    """The norms of the campaigns under way; each table that counts is read once, however often they are renewed."""

    def __init__(self, ledger: Ledger, vault: Vault, rulebook: Rulebook) -> None:
        self._ledger = ledger
        self._vault = vault
        self._rulebook = rulebook
        self._medians: dict[str, Mapping[str, float]] = {}
        """SHA-256 of a table → the medians of its columns."""
        self._held: Norms = {}
        self.ready = False
        """Whether they were read at all."""

    def held(self) -> Norms:
        """Return the norms as they were renewed last; nothing is read."""
        return self._held

    def renew(self, now: datetime) -> None:
        """Read the tables that have come to count since the last time; one that cannot be read is left out."""
        campaigns = {one.id: one.family for one in self._rulebook.under_way(now.astimezone(VIETNAM).date())}
        medians: dict[tuple[str, str], list[Mapping[str, float]]] = {}
        for one in self._ledger.accepted(sorted(campaigns)):
            if one.table:
                known = self._medians.get(one.table)
                if known is None:
                    known = self._medians[one.table] = self._read(f"{campaigns[one.campaign]}/{one.form}", one.table)
                medians.setdefault((one.campaign, one.form), []).append(known)
        self._held = {key: norms for key, each in medians.items() if (norms := norms_of(each))}
        self.ready = True

    def _read(self, full_id: str, table: str) -> Mapping[str, float]:
        try:
            return medians_of(self._rulebook.form(full_id), read_kept(self._vault.path(table)))
        except (OSError, pa.ArrowInvalid, KeyError) as problem:
            log.warning("a table cannot be read for the norms", table=table, problem=type(problem).__name__)
            return {}
