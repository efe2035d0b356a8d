"""Raw bytes → the tree of MIME parts, by the standard library's lenient parser, within bounds (RFC 2045, RFC 5322)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message as MimePart
from email.parser import BytesParser
from email.policy import compat32
from email.utils import decode_rfc2231
from typing import Any, TypeAlias
from urllib.parse import unquote as unquote_octets

from bot.message.decoding import HEADER_LIMIT
from bot.message.limits import MessageLimits, exceeded

Part: TypeAlias = "MimePart[str, str]"


class _LenientPart(MimePart):
    """A part whose parameters can always be asked for; the library asks the same way for boundary and charset."""

    def get_param(self, param: str, failobj: Any = None, header: str = "content-type", unquote: bool = True) -> Any:
        """Return the parameter as the library does; the first piece of one whose pieces it cannot sort.

        It raises TypeError where some are numbered and some are not (RFC 2231, section 3).
        """
        try:
            return super().get_param(param, failobj, header, unquote)
        except TypeError:
            piece = re.compile(rf"\b{re.escape(param)}(?:\*0)?(\*?)=(\"[^\"]*\"|[^;\s]*)", re.IGNORECASE)
            found = piece.search(str(self.get(header, ""))[:HEADER_LIMIT])
            if found is None:
                return failobj
            value = found[2].strip('"')
            return tuple(decode_rfc2231(unquote_octets(value, encoding="latin-1"))) if found[1] else value


_BLOCK = re.compile(rb"(?:[A-Za-z0-9+/]{60,100}\r?\n){100,}+")
_TOKEN = re.compile(rb"@block-(\d+)@")


@dataclass(frozen=True, slots=True)
class Entity:
    """A mail, or what is built like one, as a tree."""

    root: Part
    blocks: tuple[bytes, ...] = ()
    """Large base64 blocks, which go round the parser, because it would walk them line by line."""
    broken: str = ""
    """The limit that it breaks, in English for the log; then only the heading is there."""

    def restore(self, payload: bytes) -> bytes:
        """Return a part's payload with its blocks back in their places."""
        return _TOKEN.sub(self._block, payload) if self.blocks else payload

    def _block(self, match: re.Match[bytes]) -> bytes:
        index = int(match.group(1)[:9])
        return self.blocks[index] if index < len(self.blocks) else match.group()


def parse_entity(raw: bytes, limits: MessageLimits, *, heading_only: bool = False) -> Entity:
    """Return the tree of *raw*; what is over a limit, or beyond the parser, yields its heading at most."""
    lean, blocks = _without_blocks(raw)
    broken = exceeded(lean, limits)
    try:
        root = BytesParser(_LenientPart, policy=compat32).parsebytes(
            lean[:HEADER_LIMIT] if broken else lean, headersonly=bool(broken) or heading_only
        )
    except (MessageError, RecursionError, ValueError) as problem:
        return Entity(MimePart(policy=compat32), (), f"{type(problem).__name__} while parsing")
    return Entity(root, blocks, broken)


def _without_blocks(raw: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    blocks: list[bytes] = []

    def keep(match: re.Match[bytes]) -> bytes:
        blocks.append(match.group())
        return b"@block-%d@\r\n" % (len(blocks) - 1)

    return _BLOCK.sub(keep, raw), tuple(blocks)
