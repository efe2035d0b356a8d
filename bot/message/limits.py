"""Bounds on the raw bytes of a mail, counted before any parser sees them.

The standard library's parsers need time and stack that grow faster than the input on crafted structures
(cpython issues 87075 and 136063); these counts are linear and stop such mails at the door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """The largest mail that is parsed."""

    header_bytes: int = 256 * 1024
    """Of the first header block."""
    header_lines: int = 5_000
    """Of the first header block, folded lines counted singly."""
    structure_bytes: int = 8 * 1024
    """Of one Content-Type or Content-Disposition header, boundary and parameters, in whatever part: the parser looks
    for the end of a quoted parameter again at each semicolon."""
    parts: int = 500
    """Lines that could open or close a part."""
    depth: int = 30
    """Multiparts and messages, one inside another or side by side."""
    lines: int = 1_000_000
    """Without those of large base64 blocks. The parser holds each as a string of its own."""
    lines_by_depth: int = 10_000_000
    """The parser tries each line against the boundary of each structure that is open."""


_HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")
_DELIMITER = re.compile(rb"(?m)^--[^\r\n]")
_NESTING = re.compile(rb"(?im)^content-type:[ \t]*(?:\r?\n[ \t]+)?(?:multipart/|message/rfc822)")
_STRUCTURE = re.compile(rb"(?im)^content-(?:type|disposition)[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*")


def exceeded(raw: bytes, limits: MessageLimits) -> str:
    """Return which limit *raw* breaks, in English for the log, or an empty string."""
    end = _HEADER_END.search(raw)
    header_bytes = end.start() if end else len(raw)
    if header_bytes > limits.header_bytes:
        return f"header block of {header_bytes} bytes"
    if raw.count(b"\n", 0, header_bytes) > limits.header_lines:
        return f"header block of more than {limits.header_lines} lines"
    if any(len(found.group()) > limits.structure_bytes for found in _STRUCTURE.finditer(raw)):
        return f"a content header of more than {limits.structure_bytes} bytes"
    if sum(1 for _ in islice(_DELIMITER.finditer(raw), 2 * limits.parts + 1)) > 2 * limits.parts:
        return f"more than {limits.parts} parts"
    nested = sum(1 for _ in islice(_NESTING.finditer(raw), limits.depth + 1))
    if nested > limits.depth:
        return f"more than {limits.depth} nested structures"
    lines = raw.count(b"\n")
    if lines > min(limits.lines, limits.lines_by_depth // max(nested, 1)):
        return f"{lines} lines in {nested} structures"
    return ""
