"""Whom a mail names as its sender, found without parsing it: a hint for who is served first, and for nothing else."""

from __future__ import annotations

import re
from itertools import islice

_MOST_HEADER = 64 * 1024
_MOST_FROM = 2000
_MOST = 10
_HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")
_FROM = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)
_NEXT = re.compile(rb"[\r\n]+(?![ \t\r\n])")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}")


def named_senders(raw: bytes) -> tuple[str, ...]:
    """Return the first addresses in the From of *raw* (RFC 5322, 3.6.2), lower case; none where it has no such line.

    This runs where no child can be ended, so it looks at a bounded piece of the header and in linear time only. What
    stands in a name beside an address may be taken for one.
    """
    header = raw[:_MOST_HEADER]
    end = _HEADER_END.search(header)
    header = header[: end.start()] if end else header
    line = _FROM.search(header)
    if line is None:
        return ()
    value = header[line.end() : line.end() + _MOST_FROM]
    after = _NEXT.search(value)
    value = value[: after.start()] if after else value
    found = islice(_ADDRESS.finditer(value.decode("utf-8", "replace")), _MOST)
    return tuple(one[0].lower() for one in found)
