"""What the consolidated table of a form is made of: the accepted revisions, and who has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

Kind = Literal["text", "integer", "year", "decimal", "date", "moment"]
"""What the cells of a column of ours hold; a moment is in Vietnamese time."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table that we write."""

    key: str
    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Body:
    """A reporter as the dataset names it: as it was, and the body that speaks for its land today."""

    code: str
    name: str
    region: str
    code_today: str
    name_today: str
    region_today: str


@dataclass(frozen=True, slots=True)
class Source:
    """The revision of one reporter that counts."""

    body: Body
    receipt: str
    revision: int
    received_at: datetime
    late_days: int
    queries: int
    """Points that the reporter was asked to explain."""
    file: str
    content: str
    """SHA-256 of the file."""
    rows: int
    path: Path | None
    """Its table in the vault; None for a revision that holds none, because there is nothing to tell."""
    beside: Mapping[str, Path] = field(default_factory=dict)
    """Full id → the table of another form of the same reporter that counts."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A reporter that owes the form and has no accepted revision."""

    body: Body
    state: str
    """``nothing`` or ``returned``."""
    due: str
    """The deadline in the letter's words."""
    overdue_days: int
    receipt: str
    """Under which it was last returned."""
    addresses: tuple[str, ...]
