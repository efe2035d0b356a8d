"""Something that the clock starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from apscheduler.triggers.base import BaseTrigger


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done, and when."""

    name: str
    trigger: BaseTrigger
    run: Callable[[], object]
