"""Raw bytes → Message. Never raises on foreign content; what is broken is said in ``defects`` and ``damaged``."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from email.utils import getaddresses
from typing import TYPE_CHECKING

from bot.language import one_line
from bot.message.alignment import ADDRESS
from bot.message.answer import read_answer
from bot.message.authentication import authenticate
from bot.message.automatic import MERE_SUBJECT, bounce_words, is_bare_notice, machine_mark
from bot.message.bounce import find_bounces
from bot.message.contents import Contents
from bot.message.decoding import decode_bytes, decode_value, raw_bytes, text_of_html
from bot.message.domain_signature import find_keys
from bot.message.limits import MessageLimits
from bot.message.links import store_links
from bot.message.mime import parse_entity
from bot.message.own_words import own_html, own_words
from bot.message.parts import Words
from bot.model import Attachment, Heading, Message, TrustedServers

if TYPE_CHECKING:
    from datetime import datetime

    from bot.message.mime import Part
    from bot.message.parts import Leaf

NOBODY = TrustedServers()
"""Of a mail that no server of ours has looked at, nothing is proved."""
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,320}>")


def parse_message(
    raw: bytes,
    received_at: datetime,
    *,
    own: str = "",
    trust: TrustedServers = NOBODY,
    secret: bytes = b"",
    limits: MessageLimits | None = None,
    oversize: bool = False,
) -> Message:
    """Return what the mail says.

    Args:
        raw: the bytes as the server gave them.
        received_at: the server's INTERNALDATE.
        own: our own address, by which our own mail is known.
        trust: the servers whose word about the author counts.
        secret: seals the mark by which it is known when a robot has written over the rest.
        limits: the largest structure that is parsed; a larger one yields only its heading and a defect.
        oversize: *raw* is only the header block of a mail that was too large to fetch.
    """
    bounds = limits or MessageLimits()
    entity = parse_entity(raw, bounds, heading_only=oversize)
    found = () if entity.broken or oversize else tuple(Contents(bounds).of(entity))
    defects = (entity.broken,) if entity.broken else ("oversize",) if oversize else ()
    text, own_text, links = _read_words(found)
    heading = _heading(entity.root, own, secret)
    files = tuple(leaf for leaf in found if isinstance(leaf, Attachment))
    if not heading.automatic and not files and (bounce_words(text) or is_bare_notice(text, own_text)):
        heading = replace(heading, automatic="delivery failure in the text")
    if heading.automatic == MERE_SUBJECT and _holds_form(entity.root, files):
        heading = replace(heading, automatic="")
    author = authenticate(entity.root.raw_items(), heading.sender, trust)
    # Of a mail that is not at hand as a whole no signature can be checked.
    may_prove = trust.signatures and author.is_open and not defects
    return Message(
        sha256=hashlib.sha256(raw).hexdigest(),
        received_at=received_at,
        heading=heading,
        text=text,
        attachments=files,
        defects=defects + tuple(type(defect).__name__ for defect in entity.root.defects),
        links=links,
        bounces=find_bounces(entity.root, secret) if heading.automatic else (),
        words=own_text,
        answer=read_answer(heading.subject, own_text),
        authentication=author,
        keys=find_keys(entity.root.raw_items(), heading.sender) if may_prove else (),
    )


def _holds_form(root: Part, files: tuple[Attachment, ...]) -> bool:
    """Return whether the sender has put a workbook or archive into the mail; a notice holds the mail it is about."""
    if any(part.get_content_type() == "message/rfc822" for part in root.walk()):
        return False
    return any(not file.inside and file.data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) for file in files)


def _read_words(found: tuple[Leaf, ...]) -> tuple[str, str, tuple[str, ...]]:
    """Return the mail's text, what of it is the sender's own, and the links to file stores in that."""
    words = [leaf for leaf in found if isinstance(leaf, Words) and leaf.text.strip()]
    plain = next((one.text for one in words if one.subtype != "html"), "")
    html = own_html(next((one.text for one in words if one.subtype == "html"), ""))
    written = own_words(plain or text_of_html(html))
    whole = plain or next((text_of_html(one.text) for one in words if one.subtype == "html"), "")
    # In HTML the address often stands only behind the words, and file stores add such links without a plain text.
    return whole, written, store_links(f"{written}\n{html}")


# -- the heading ---------------------------------------------------------------------------------------------


def _heading(root: Part, own: str, secret: bytes) -> Heading:
    headers: dict[str, str] = {}
    hops = 0
    raw_from = ""
    for name, value in root.raw_items():
        headers.setdefault(name.lower(), decode_value(value))
        hops += name.lower() == "received"
        if name.lower() == "from":
            raw_from = raw_from or value
    name, address = _sender(raw_from)
    return Heading(
        sender=address,
        sender_name=one_line(name),
        subject=one_line(headers.get("subject", "")),
        message_id=next(iter(_MESSAGE_ID.findall(headers.get("message-id", ""))), ""),
        in_reply_to=next(iter(_MESSAGE_ID.findall(headers.get("in-reply-to", ""))), ""),
        references=tuple(_MESSAGE_ID.findall(headers.get("references", "") or headers.get("in-reply-to", ""))[-20:]),
        automatic=machine_mark(headers, root.get_content_type(), address, own.lower(), secret=secret, hops=hops),
    )


def _sender(value: str) -> tuple[str, str]:
    written = " ".join(decode_bytes(raw_bytes(value[:2000]), None).split())
    try:
        pairs = getaddresses([written])
    except (RecursionError, IndexError, ValueError):
        pairs = [("", found) for found in ADDRESS.findall(written)]
    return next(((decode_value(name), one.lower()) for name, one in pairs if ADDRESS.fullmatch(one)), ("", ""))
