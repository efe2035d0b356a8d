"""The rules themselves are kept with what was decided by them, so that each verdict can be made again."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from bot.adapters.vault import VaultDamaged, VaultMissing
from bot.check.load import hash_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.adapters.ledger import Ledger
    from bot.adapters.vault import Vault


def keep_edition(ledger: Ledger, vault: Vault, files: Mapping[str, bytes], rules: str, now: datetime) -> None:
    """Keep *files* as the rules of the hash *rules*; files that were edited since they were loaded are left out."""
    if not ledger.edition(rules) and hash_of(files) == rules:
        ledger.keep_edition(rules, vault.put(_pack(files)), now)


def read_edition(ledger: Ledger, vault: Vault, rules: str) -> dict[str, bytes] | None:
    """Return the rules of that hash, or None where they are not kept any more."""
    bundle = ledger.edition(rules)
    if not bundle:
        return None
    try:
        packed = vault.get(bundle)
    except (VaultMissing, VaultDamaged):
        return None
    with zipfile.ZipFile(io.BytesIO(packed)) as source:
        return {entry.filename: source.read(entry) for entry in source.infolist()}


def _pack(files: Mapping[str, bytes]) -> bytes:
    """Return *files* as one zip file, the same for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(files):
            target.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()
