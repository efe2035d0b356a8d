"""On which line of a TOML text something stands: tomllib gives values without places, editors need places."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Path = tuple[str | int, ...]
"""``("rule", 2, "say")``: the key *say* of the third ``[[rule]]``."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_STRINGS = re.compile(r"'''|\"\"\"|'[^']*'|\"(?:\\.|[^\"\\])*\"|#.*")
_TRIPLE = ("'''", '"""')


def index_lines(text: str) -> Mapping[Path, int]:
    """Return the line (from 1) of each table header and each key of *text*; the empty path is line 1."""
    places: dict[Path, int] = {(): 1}
    counts: Counter[Path] = Counter()
    table: Path = ()
    quote, depth = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not quote and not depth:
            if header := _HEADER.match(line):
                table = _table(header[1], header[2], counts)
                places.setdefault(table, number)
                continue
            if key := _KEY.match(line):
                places.setdefault((*table, key[1]), number)
        quote, depth = _carry(line, quote, depth)
    return places


def line_of(places: Mapping[Path, int], path: Sequence[str | int]) -> int:
    """Return the line of *path*, or of the nearest thing around it that has a line."""
    known = tuple(path)
    while known not in places:
        known = known[:-1]
    return places[known]


def _table(bracket: str, name: str, counts: Counter[Path]) -> Path:
    """Return the path of a table's header; ``[[outline.section]]`` belongs to the ``[[outline]]`` above it."""
    *parents, last = name.split(".")
    path: Path = ()
    for one in parents:
        path = (*path, one)
        if counts[path]:
            path = (*path, counts[path] - 1)
    path = (*path, last)
    if bracket == "[":
        return path
    counts[path] += 1
    return (*path, counts[path] - 1)


def _carry(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Return whether a string or an array of *line* goes on in the next line: its quotes, and its open brackets."""
    rest = line
    if quote:
        _, closed, rest = line.partition(quote)
        if not closed:
            return quote, depth
    while opened := next((one for one in _STRINGS.finditer(rest) if one[0] in _TRIPLE), None):
        depth += _brackets(rest[: opened.start()])
        _, closed, rest = rest[opened.end() :].partition(opened[0])
        if not closed:
            return opened[0], depth
    return "", depth + _brackets(rest)


def _brackets(text: str) -> int:
    bare = _STRINGS.sub("", text)
    return bare.count("[") - bare.count("]")
