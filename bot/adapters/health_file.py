"""The health file: what the daemon tells everybody on this machine who may look into its data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from bot.adapters.replacing import replacing
from bot.model.health import Health

if TYPE_CHECKING:
    from pathlib import Path

_NAME = "health.json"
_FORMAT: TypeAdapter[Health] = TypeAdapter(Health)


def health_json(health: Health) -> bytes:
    """Return *health* as JSON: instants in ISO 8601, all else in seconds and bytes."""
    return _FORMAT.dump_json(health, indent=1)


def write_health(folder: Path, health: Health) -> None:
    """Put the file into the data folder in place of the one before; only its owner can read it. Raises OSError."""
    with replacing(folder / _NAME, 0o600) as file:
        file.write(health_json(health))


def read_health(folder: Path) -> Health | None:
    """Return what was told last; None where nothing was, or not in the way of this version. Raises OSError."""
    try:
        return _FORMAT.validate_json((folder / _NAME).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def remove_health(folder: Path) -> None:
    """Take the file away: nobody works here any more. Raises OSError."""
    (folder / _NAME).unlink(missing_ok=True)
