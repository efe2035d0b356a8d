"""Mistakes in rules/: all of them at once, each with its file, its line and a sentence for the person who edits."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in ``rules/`` or in the contacts file."""

    file: str
    """Path relative to ``rules/``; ``contacts`` for the operator's list of addresses."""
    line: int
    """Counted from 1; 0 when the whole file is meant."""
    say: str
    """What is wrong, in Vietnamese."""

    def __str__(self) -> str:
        """Return the mistake as editors and terminals show it: ``file:line: sentence``."""
        return f"{self.file}:{self.line}: {self.say}" if self.line else f"{self.file}: {self.say}"


@dataclass(slots=True)
class Mistakes:
    """Collects mistakes while a loader walks on, because a clerk wants to see them all, not the first one."""

    found: list[Mistake] = field(default_factory=list)

    def add(self, file: str, line: int, say: str) -> None:
        """Keep one mistake."""
        self.found.append(Mistake(file, line, say))

    def sorted(self) -> tuple[Mistake, ...]:
        """Return all mistakes by file and line."""
        return tuple(sorted(self.found, key=lambda one: (one.file, one.line, one.say)))
