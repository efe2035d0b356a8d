"""The leaves of a mail's tree: its words and its files, decoded, not yet unpacked."""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass, replace
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message as MimePart
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from bot.language import one_line
from bot.message.decoding import HEADER_LIMIT, decode_bytes, decode_parameter, raw_bytes
from bot.message.signed import ENCRYPTED_PGP, is_pgp_encrypted, without_signature
from bot.message.uuencoded import decode_whole, take_files
from bot.model import Attachment, RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.message.mime import Entity, Part

FORWARD_DEPTH = 5
LEVELS = 30
"""Parts inside parts; what lies deeper is named, not read."""
TEXT_LIMIT = 200_000

_TOO_DEEP = Unreadable(RefusalReason.TOO_LARGE, "thư chuyển tiếp lồng nhau quá nhiều lần")
_PARTIAL = Unreadable(RefusalReason.WRONG_TYPE, "một phần của thư bị chia nhỏ khi gửi")
_END_OF_ZIP = b"PK\x05\x06"
"""The directory at the end of a zip file: what holds it is whole, even where the mail's last line is missing."""
_WHITE = b" \t\r\n"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_CUT_ESCAPE = re.compile(rb"=[0-9A-Fa-f]?\Z")
_UUENCODED = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the mail that is no file."""

    subtype: str
    """``plain``, ``html`` …"""
    text: str


Leaf: TypeAlias = Words | Attachment


def leaves(entity: Entity) -> Iterator[Leaf]:
    """Yield the words and the files of a mail in their order, those of forwarded mails among them."""
    yield from _leaves(entity.root, entity, 0, 0)


def file_of(name: str, data: bytes, content_type: str = "", *, damaged: bool = False) -> Attachment:
    """Return a file with its shown name: one line, without folders, never only dots."""
    base = one_line(PurePath(name.replace("\\", "/").replace("\0", "")).name)
    shown = base if base.strip(". ") or not name else "khong-ten"
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(name=shown, data=data, sha256=digest, content_type=content_type, damaged=damaged)


def _leaves(part: Part, entity: Entity, forwards: int, level: int) -> Iterator[Leaf]:
    kind = part.get_content_type()
    if level > LEVELS or forwards > FORWARD_DEPTH:
        yield replace(file_of("", b"", kind), trouble=_TOO_DEEP)
    elif part.get_content_maintype() == "message" and part.is_multipart():
        yield from _of_message(part, kind, entity, forwards, level)
    elif kind == "multipart/encrypted":
        inner = [leaf for leaf in _children(part, entity, forwards, level) if isinstance(leaf, Attachment)]
        yield replace(inner[-1] if inner else file_of("", b"", kind), trouble=ENCRYPTED_PGP)
    elif part.is_multipart():
        yield from _children(part, entity, forwards, level)
    else:
        yield from _of_leaf(part, entity)


def _of_message(part: Part, kind: str, entity: Entity, forwards: int, level: int) -> Iterator[Leaf]:
    inner = next((child for child in part.get_payload() if isinstance(child, MimePart)), None)
    if kind == "message/external-body":
        # It only says where a file lies. The place is told like a link, and never looked at.
        yield Words("plain", decode_parameter(part.get_param("url")))
    elif kind == "message/partial":
        yield replace(file_of("", b"", kind), trouble=_PARTIAL)
    elif kind == "message/rfc822" and inner is not None and not inner.keys() and _encoding(part) == "base64":
        # RFC 2046, 5.2.1 forbids it, and some programs do it all the same.
        data, damaged = _decoded(inner, "base64", entity)
        yield file_of(_name(part) or "thu.eml", data, kind, damaged=damaged)
    else:
        yield from _children(part, entity, forwards + 1, level)


def _of_leaf(part: Part, entity: Entity) -> Iterator[Leaf]:
    _decode_raw_headers(part)
    name, kind = _name(part), part.get_content_type()
    disposition = str(part.get("Content-Disposition", "")).split(";")[0].strip().lower()
    data, damaged = _decoded(part, _encoding(part), entity)
    if part.get_content_maintype() == "text" and not name and disposition != "attachment":
        yield from _of_text(data, part.get_content_subtype(), part.get_content_charset())
    elif name or data or disposition == "attachment":
        file = file_of(name, data, kind, damaged=damaged)
        yield replace(file, inline=_is_inline(part, disposition))


def _of_text(body: bytes, subtype: str, charset: str | None) -> Iterator[Leaf]:
    if is_pgp_encrypted(body, "", ""):
        yield replace(file_of("", body, "application/pgp-encrypted"), trouble=ENCRYPTED_PGP)
        return
    rest, files = take_files(body) if subtype == "plain" else (body, ())
    yield Words(subtype, without_signature(decode_bytes(rest, charset)[:TEXT_LIMIT]))
    for one in files:
        yield file_of(decode_bytes(one.name, charset), one.data, damaged=not one.whole)


def _children(part: Part, entity: Entity, forwards: int, level: int) -> Iterator[Leaf]:
    children = [child for child in part.get_payload() if isinstance(child, MimePart)]
    unclosed = any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in part.defects)
    for child in children:
        for leaf in _leaves(child, entity, forwards, level + 1):
            cut = unclosed and child is children[-1] and isinstance(leaf, Attachment) and _END_OF_ZIP not in leaf.data
            yield replace(leaf, damaged=True) if cut and isinstance(leaf, Attachment) else leaf


def _decode_raw_headers(part: Part) -> None:
    """Put text in place of the raw 8-bit bytes of the two headers that may hold a file's name."""
    for name, value in tuple(part.raw_items()):
        if name.lower() in {"content-disposition", "content-type"} and not value.isascii():
            part.replace_header(name, decode_bytes(raw_bytes(value[:HEADER_LIMIT]), None))


def _is_inline(part: Part, disposition: str) -> bool:
    picture = part.get_content_maintype() == "image"
    return picture and (disposition == "inline" or (disposition != "attachment" and "Content-ID" in part))


def _name(part: Part) -> str:
    for header, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        shown = decode_parameter(part.get_param(parameter, None, header))
        if shown:
            return shown
    return ""


# -- the transfer encodings ----------------------------------------------------------------------------------


def _encoding(part: Part) -> str:
    return str(part.get("Content-Transfer-Encoding", "")).split(";")[0].strip().lower()


def _decoded(part: Part, encoding: str, entity: Entity) -> tuple[bytes, bool]:
    """Return the bytes of a leaf and whether the transfer has damaged them (RFC 2045, section 6)."""
    # Asked without the header, the library gives the bytes as they came; else it replaces what is not its charset.
    del part["Content-Transfer-Encoding"]
    payload = part.get_payload(decode=True)
    body = entity.restore(payload if isinstance(payload, bytes) else b"")
    if encoding == "base64":
        return _base64(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body), bool(_CUT_ESCAPE.search(body))
    if encoding in _UUENCODED:
        return decode_whole(body)
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
