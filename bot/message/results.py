"""One Authentication-Results header → its results, strictly by its grammar (RFC 8601, section 2.2).

What does not fit the grammar yields nothing: such a header is as good as absent, and never half believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST = 16 * 1024
"""Characters of a longer header are not looked at, nor is the header."""
_OUTSIDE = re.compile(r'[^"()\\]+|"(?:[^"\\]|\\.)*"|\(', re.DOTALL)
_INSIDE = re.compile(r"[^()\\]+|\\.|[()]", re.DOTALL)
"""What follows next outside of comments, and inside of one: there a quotation mark means nothing."""
_PLACE = re.compile("\x00(\\d+)\x00")
_RESULT = re.compile(r"([a-z][a-z0-9-]{0,30})(?:/\d{1,3})?=([a-z-]{1,30})", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z][a-z0-9-]{0,30}\.[a-z][a-z0-9_-]{0,30})=(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result."""

    method: str
    """Lower case: ``spf``, ``dkim``, ``dmarc`` …"""
    value: str
    """Lower case: ``pass``, ``fail``, ``none`` …"""
    properties: Mapping[str, str] = field(default_factory=dict)
    """``smtp.mailfrom`` → its value; names in lower case. One that is said twice has no value."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """One header: who says it, and what."""

    server: str
    """The authserv-id, lower case; empty where the header has none, as Microsoft 365 writes it."""
    results: tuple[Result, ...]


def read_stamp(value: str) -> Stamp | None:
    """Return what the header's *value* says, folded or not; None where it breaks the grammar."""
    if len(value) > LONGEST or "\x00" in value:
        return None
    bare, quoted = _without_comments(value)
    if bare is None:
        return None
    segments = [re.sub(r"\s*=\s*", "=", one).split() for one in bare.split(";")]
    first = segments[0]
    if first and "=" not in first[0]:
        server, rest = _restore(first[0], quoted).lower(), segments[1:]
        # What may follow it is a version: "mx.bo.example 1;".
        if len(first) > 2 or (len(first) == 2 and not first[1].isdigit()):
            return None
    else:
        server, rest = "", segments
    results = tuple(_results(rest, quoted))
    return None if any(one is None for one in results) else Stamp(server, tuple(filter(None, results)))


def _results(segments: list[list[str]], quoted: list[str]) -> Iterator[Result | None]:
    """Yield the result of each segment; None for one that is none."""
    for words in segments:
        if not words or (len(words) == 1 and words[0].lower() == "none"):
            continue
        head = _RESULT.fullmatch(words[0])
        if head is None:
            yield None
            continue
        named: dict[str, str] = {}
        for word in words[1:]:
            found = _PROPERTY.fullmatch(word)
            if found:
                name = found[1].lower()
                named[name] = "" if name in named else _restore(found[2], quoted)
        yield Result(head[1].lower(), head[2].lower(), named)


def _without_comments(value: str) -> tuple[str | None, list[str]]:
    """Return the value without comments, a place for each quoted string, and these; None where one does not end."""
    kept: list[str] = []
    quoted: list[str] = []
    depth = at = 0
    while at < len(value):
        found = (_INSIDE if depth else _OUTSIDE).match(value, at)
        if found is None:
            return None, quoted
        piece, at = found[0], found.end()
        if depth:
            depth += (piece == "(") - (piece == ")")
        elif piece == "(":
            depth = 1
            kept.append(" ")
        elif piece.startswith('"'):
            kept.append(f"\x00{len(quoted)}\x00")
            quoted.append(re.sub(r"\\(.)", r"\1", piece[1:-1], flags=re.DOTALL))
        else:
            kept.append(piece)
    return (None if depth else "".join(kept)), quoted


def _restore(word: str, quoted: list[str]) -> str:
    return _PLACE.sub(lambda found: quoted[int(found[1])], word)
