"""What is left when a campaign is over, as the checker is given it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.faults.proof import Evidence, Mail, Sent

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.ground import Ground


def gather(ground: Ground, export: Path | None = None, windows: frozenset[str] = frozenset()) -> Evidence:
    """Return the evidence; *windows* are Message-IDs that may lie in the window beside those of the noted deaths."""
    note = ground.folder / "deaths.jsonl"
    deaths = [json.loads(line) for line in note.read_text("utf-8").splitlines()] if note.exists() else []
    return Evidence(
        posts=tuple(Mail(one.kind, one.raw, one.message_id, one.reporter) for one in ground.posts),
        taken=tuple(Sent(tuple(to), raw) for _, to, raw in ground.smtp.received),
        boxes=ground.boxes(),
        windows=windows | {one["window"] for one in deaths if one["window"]},
        ledger=ground.ledger,
        vault=ground.data / "vault",
        log=ground.log.read_text("utf-8", "replace") if ground.log.exists() else "",
        temporary=ground.temporary,
        export=export if export is not None and export.exists() else None,
    )
