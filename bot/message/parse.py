"""Raw bytes → Message. Never raises on foreign content; what is broken is said in ``defects`` and ``damaged``."""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import replace
from email.errors import CloseBoundaryNotFoundDefect, MessageError
from email.message import Message as MimePart
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses
from pathlib import PurePath
from typing import TYPE_CHECKING

from bot.language import one_line
from bot.message.automatic import machine_mark
from bot.message.decoding import HEADER_LIMIT, decode_bytes, decode_parameter, decode_value, raw_bytes, text_of_html
from bot.message.limits import MessageLimits, exceeded
from bot.model import Attachment, Heading, Message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

FORWARD_DEPTH = 5
TEXT_LIMIT = 200_000
_BLOCK = re.compile(rb"(?:[A-Za-z0-9+/]{60,100}\r?\n){100,}+")
_END_OF_ZIP = b"PK\x05\x06"
"""The directory at the end of a zip file: what holds it is whole, even where the mail's last line is missing."""
_TOKEN = re.compile(rb"@block-(\d+)@")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\x00-\x1f]+@[^\s@<>(),;:\"\x00-\x1f]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,320}>")
_WHITE = b" \t\r\n"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def parse_message(
    raw: bytes, received_at: datetime, *, own: str = "", limits: MessageLimits | None = None, oversize: bool = False
) -> Message:
    """Return what the mail says.

    Args:
        raw: the bytes as the server gave them.
        received_at: the server's INTERNALDATE.
        own: our own address, by which our own mail is known.
        limits: the largest structure that is parsed; a larger one yields only its heading and a defect.
        oversize: *raw* is only the header block of a mail that was too large to fetch.
    """
    lean, blocks = _without_blocks(raw)
    broken = exceeded(lean, limits or MessageLimits())
    try:
        root = BytesParser(policy=compat32).parsebytes(
            lean[:HEADER_LIMIT] if broken else lean, headersonly=bool(broken) or oversize
        )
    except (MessageError, RecursionError, ValueError) as problem:
        root, broken = MimePart(policy=compat32), f"{type(problem).__name__} while parsing"
    leaves = () if broken or oversize else tuple(_leaves(root, blocks, 0))
    defects = (broken,) if broken else ("oversize",) if oversize else ()
    return Message(
        sha256=hashlib.sha256(raw).hexdigest(),
        received_at=received_at,
        heading=_heading(root, own),
        text=_text(leaves),
        attachments=tuple(leaf for leaf in leaves if isinstance(leaf, Attachment)),
        defects=defects + tuple(type(defect).__name__ for defect in root.defects),
    )


# -- the large base64 blocks go round the parser, which would walk them line by line ---------------------------


def _without_blocks(raw: bytes) -> tuple[bytes, list[bytes]]:
    blocks: list[bytes] = []

    def keep(match: re.Match[bytes]) -> bytes:
        blocks.append(match.group())
        return b"@block-%d@\r\n" % (len(blocks) - 1)

    return _BLOCK.sub(keep, raw), blocks


def _with_blocks(payload: bytes, blocks: list[bytes]) -> bytes:
    return _TOKEN.sub(lambda match: _block(match, blocks), payload) if blocks else payload


def _block(match: re.Match[bytes], blocks: list[bytes]) -> bytes:
    index = int(match.group(1))
    return blocks[index] if index < len(blocks) else match.group()


# -- the heading ---------------------------------------------------------------------------------------------


def _heading(root: MimePart[str, str], own: str) -> Heading:
    headers: dict[str, str] = {}
    raw_from = ""
    for name, value in root.raw_items():
        headers.setdefault(name.lower(), decode_value(value))
        if name.lower() == "from":
            raw_from = raw_from or value
    name, address = _sender(raw_from)
    return Heading(
        sender=address,
        sender_name=one_line(name),
        subject=one_line(headers.get("subject", "")),
        message_id=next(iter(_MESSAGE_ID.findall(headers.get("message-id", ""))), ""),
        references=tuple(_MESSAGE_ID.findall(headers.get("references", "") or headers.get("in-reply-to", ""))[-20:]),
        automatic=machine_mark(headers, root.get_content_type(), address, own.lower()),
    )


def _sender(value: str) -> tuple[str, str]:
    written = " ".join(decode_bytes(raw_bytes(value[:2000]), None).split())
    try:
        pairs = getaddresses([written])
    except (RecursionError, IndexError, ValueError):
        pairs = [("", found) for found in _ADDRESS.findall(written)]
    return next(((decode_value(name), one.lower()) for name, one in pairs if _ADDRESS.fullmatch(one)), ("", ""))


# -- the parts -----------------------------------------------------------------------------------------------


def _leaves(part: MimePart[str, str], blocks: list[bytes], forwards: int) -> Iterator[Attachment | tuple[str, str]]:
    if part.get_content_maintype() == "message" and isinstance(part.get_payload(), list):
        if forwards < FORWARD_DEPTH:
            yield from _children(part, blocks, forwards + 1)
        return
    if part.is_multipart():
        yield from _children(part, blocks, forwards)
        return
    _decode_raw_headers(part)
    name = _name(part)
    disposition = str(part.get("Content-Disposition", "")).split(";")[0].strip().lower()
    data, damaged = _data(part, blocks)
    if part.get_content_maintype() == "text" and not name and disposition != "attachment":
        yield part.get_content_subtype(), decode_bytes(data, part.get_content_charset())[:TEXT_LIMIT]
    elif name or data or disposition == "attachment":
        yield Attachment(
            name=name,
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            content_type=part.get_content_type(),
            inline=_is_inline(part, disposition),
            damaged=damaged,
        )


def _children(part: MimePart[str, str], blocks: list[bytes], forwards: int) -> Iterator[Attachment | tuple[str, str]]:
    children = [child for child in part.get_payload() if isinstance(child, MimePart)]
    unclosed = any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in part.defects)
    for child in children:
        for leaf in _leaves(child, blocks, forwards):
            cut = unclosed and child is children[-1] and isinstance(leaf, Attachment) and _END_OF_ZIP not in leaf.data
            yield replace(leaf, damaged=True) if cut and isinstance(leaf, Attachment) else leaf


def _decode_raw_headers(part: MimePart[str, str]) -> None:
    """Put text in place of the raw 8-bit bytes of the two headers that may hold a file's name."""
    for name, value in tuple(part.raw_items()):
        if name.lower() in {"content-disposition", "content-type"} and not value.isascii():
            part.replace_header(name, decode_bytes(raw_bytes(value[:HEADER_LIMIT]), None))


def _is_inline(part: MimePart[str, str], disposition: str) -> bool:
    picture = part.get_content_maintype() == "image"
    return picture and (disposition == "inline" or (disposition != "attachment" and "Content-ID" in part))


def _name(part: MimePart[str, str]) -> str:
    for header, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        value = part.get_param(parameter, None, header)
        shown = decode_parameter(value)
        if shown:
            return one_line(PurePath(shown.replace("\\", "/")).name) or "khong-ten"
    return ""


def _data(part: MimePart[str, str], blocks: list[bytes]) -> tuple[bytes, bool]:
    payload = part.get_payload()
    body = _with_blocks(raw_bytes(payload) if isinstance(payload, str) else b"", blocks)
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "base64":
        return _base64(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body), False
    return body, False


def _base64(body: bytes) -> tuple[bytes, bool]:
    letters = body.translate(None, _WHITE)
    bare = letters.rstrip(b"=")
    try:
        # Strict decoding is the fast way, and refuses any foreign character.
        return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4), strict_mode=True), len(letters) % 4 != 0
    except binascii.Error:
        known = bytes(octet for octet in bare if octet in _ALPHABET)
    try:
        return binascii.a2b_base64(known + b"=" * (-len(known) % 4)), True
    except binascii.Error:
        return b"", True


def _text(leaves: tuple[Attachment | tuple[str, str], ...]) -> str:
    texts = [leaf for leaf in leaves if not isinstance(leaf, Attachment)]
    plain = [text for subtype, text in texts if subtype != "html" and text.strip()]
    return plain[0] if plain else next((text_of_html(text) for subtype, text in texts if subtype == "html"), "")
