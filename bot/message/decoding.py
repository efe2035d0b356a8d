"""Foreign text made into ours: headers, names and bodies in whatever charset they came."""

from __future__ import annotations

import binascii
import re
from email.errors import HeaderParseError
from email.header import decode_header
from urllib.parse import unquote_to_bytes

from bot.language import nfc, one_line

HEADER_LIMIT = 16 * 1024
"""Longer header values are cut before they are decoded."""

_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?")
_TAG = re.compile(r"<[^<>]*>")
_UNSEEN = re.compile(r"(?i)<(/?)(script|style)\b[^<>]*>")
_BREAK = re.compile(r"(?i)<br\s*/?>|</(?:p|div|tr|li|h[1-6])\s*>")
_ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}


_SEVEN_BIT = ("iso-2022", "utf-7", "hz", "utf-16", "utf-32", "x-utf-7")
"""Charsets whose bytes read as UTF-8 too, and mean something else."""


def decode_bytes(data: bytes, declared: str | None) -> str:
    """Return *data* as text: UTF-8, then the declared charset, then the ones that Vietnamese mail was written in.

    The last, Latin-1, never fails.
    """
    named = (declared or "").strip().lower()
    order = (named, "utf-8", "cp1258") if named.startswith(_SEVEN_BIT) else ("utf-8", named, "cp1258")
    for charset in order:
        try:
            return nfc(data.decode(charset)) if charset else _undecodable()
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _undecodable() -> str:
    raise LookupError("no charset declared")


def raw_bytes(value: str) -> bytes:
    """Return the bytes of a header value that the parser read with surrogate escapes."""
    return value.encode("utf-8", "surrogateescape")


def decode_value(value: str) -> str:
    """Return one header value decoded (RFC 2047, also where it is not allowed; raw 8-bit), as one line."""
    cut = value[:HEADER_LIMIT]
    if not _ENCODED_WORD.search(cut):
        return one_line(decode_bytes(raw_bytes(cut), None), HEADER_LIMIT)
    try:
        pieces = decode_header(decode_bytes(raw_bytes(cut), None))
    except (HeaderParseError, binascii.Error, ValueError):
        return one_line(cut, HEADER_LIMIT)
    return one_line("".join(_decode_piece(piece, charset) for piece, charset in pieces), HEADER_LIMIT)


def _decode_piece(piece: str | bytes, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    # What stands between encoded words comes in the library's own escapes.
    return decode_bytes(piece, charset) if charset else piece.decode("raw-unicode-escape", "replace")


def decode_parameter(value: str | tuple[str | None, str | None, str] | None) -> str:
    """Return a MIME parameter decoded: RFC 2231 as the parser gives it, RFC 2047 in quotes, raw 8-bit."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        charset, _, text = value
        octets = text.encode("latin-1", "surrogateescape") if _is_latin1(text) else raw_bytes(text)
        return one_line(decode_bytes(unquote_to_bytes(octets), charset))
    return decode_value(value)


def _is_latin1(text: str) -> bool:
    return all(ord(char) < 256 or 0xDC80 <= ord(char) <= 0xDCFF for char in text)


def text_of_html(html: str) -> str:
    """Return the words of an HTML body, one line for each block: enough to look for answers and commands."""
    text = _TAG.sub(" ", _BREAK.sub("\n", _without_unseen(html)))
    for entity, char in _ENTITIES.items():
        text = text.replace(entity, char)
    return "\n".join(line for line in (" ".join(row.split()) for row in text.splitlines()) if line)


def _without_unseen(html: str) -> str:
    """Return HTML without its scripts and styles, in one pass: such text can be made to cost a search for each tag."""
    kept: list[str] = []
    place, opened = 0, ""
    for tag in _UNSEEN.finditer(html):
        closes, name = tag.group(1), tag.group(2).lower()
        if not opened:
            kept.append(html[place : tag.start()])
            opened = "" if closes else name
        elif closes and name == opened:
            opened = ""
        place = tag.end()
    return " ".join(kept) if opened else " ".join([*kept, html[place:]])
