"""An outgoing mail to RFC 5322 bytes: headers, threading, attachments. No foreign text can make a header."""

from __future__ import annotations

import binascii
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from bot.addresses import with_ascii_domain
from bot.language import VIETNAM, one_line
from bot.model import Mail
from bot.own_mark import HEADER, make_mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.model import Enclosure, Outgoing

MAX_REFERENCES = 20
_UNASKED = frozenset({"reminder", "digest", "alert_operator"})
_BULK = frozenset({"reminder", "digest"})
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,126}/[a-z0-9][a-z0-9.+-]{0,126}")
_CONTENT_ID = re.compile(r"[A-Za-z0-9.@_-]{1,120}")
_LINE = 76


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name we write."""

    address: str
    name: str
    domain: str
    """The right side of our Message-IDs."""
    secret: bytes = field(default=b"", repr=False)
    """Seals the mark of our own mail; empty for who sends none (``bot check``, samples)."""


def is_writable(address: str) -> bool:
    """Return whether a mail can go to *address*: a plain ``local@domain``, nothing quoted, nothing hidden.

    Both may be written in letters of any language (RFC 6531): whether a server takes that is known when it is asked.
    """
    local, _, domain = with_ascii_domain(address).rpartition("@")
    if _has_empty_label(local) or _has_empty_label(domain):
        return False
    return bool(_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain))


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of a key: the same key gives the same id for ever."""
    return f"<{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:32]}@{domain}>"


def header_text(text: str, limit: int = 200) -> str:
    """Return *text* as one line without any character that is invisible or could end a header."""
    visible = "".join(" " if unicodedata.category(char) in _INVISIBLE else char for char in text)
    return one_line(visible, limit)


def compose(outgoing: Outgoing, sender: Sender, now: datetime) -> Mail:
    """Return the mail as bytes with CRLF line ends, ready for SMTP.

    Automatic-reply headers are set on everything (RFC 3834); addresses that cannot be written to are left out. Raises
    ValueError where none is left, or where *sender* is not an address.
    """
    to, cc = _writable(outgoing.to), _writable(outgoing.cc)
    if not to or not is_writable(sender.address) or not sender.address.isascii():
        raise ValueError(f"{outgoing.key}: no address to send to, or none to send from")
    identity = message_id(outgoing.key, sender.domain)
    subject = header_text(outgoing.subject)
    message = _body(outgoing)
    message["Date"] = now.astimezone(VIETNAM)
    message["Message-ID"] = identity
    message["Auto-Submitted"] = "auto-generated" if outgoing.kind in _UNASKED else "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    if outgoing.kind in _BULK:
        message["Precedence"] = "bulk"
    mark = [f"{HEADER}: {make_mark(identity, sender.secret)}"] if sender.secret else []
    copies = [_addresses("Cc", cc)] if cc else []
    own = (_from_header(sender), _addresses("To", to), *copies, f"Subject: {_encoded(subject, 9)}")
    head = (*own, *_thread_headers(outgoing), *mark)
    raw = "".join(f"{line}\r\n" for line in head).encode("ascii") + _serialize(message, outgoing)
    return Mail(outgoing.key, outgoing.kind, identity, (*to, *cc), subject, raw)


def _body(outgoing: Outgoing) -> EmailMessage:
    """Return the texts, the pictures of the HTML, and an empty place for each attachment.

    Everything is base64: short lines of ASCII pass every server, and no boundary can stand in it.
    """
    message = EmailMessage(policy=SMTP)
    message.set_content(_encodable(outgoing.text), cte="base64")
    message.add_alternative(_encodable(outgoing.html), subtype="html", cte="base64")
    pictures = [one for one in outgoing.enclosures if one.content_id]
    page = message.get_payload(1)
    for one in pictures:
        maintype, subtype = _content_type(one)
        content_id = _CONTENT_ID.fullmatch(one.content_id)
        if content_id and isinstance(page, EmailMessage):
            page.add_related(one.data, maintype, subtype, cid=f"<{content_id[0]}>")
    if len(pictures) < len(outgoing.enclosures):
        message.make_mixed()
    for index, one in enumerate(_attached(outgoing)):
        maintype, subtype = _content_type(one)
        name = header_text(one.name, 120) or "tep"
        message.add_attachment(_place(outgoing, index), maintype, subtype, filename=name, cte="7bit")
        *_, part = message.iter_attachments()
        part.replace_header("Content-Transfer-Encoding", "base64")
    return message


def _serialize(message: EmailMessage, outgoing: Outgoing) -> bytes:
    """Return the bytes, with the attachments put in their places.

    The library takes 40 ms for each MB of base64, line by line; this way it is 6.
    """
    for index, part in enumerate(one for one in message.walk() if one.is_multipart()):
        part.set_boundary(f"=_{_mark(outgoing)}_{index}")
    raw = message.as_bytes()
    for index, one in enumerate(_attached(outgoing)):
        head, _, tail = raw.partition(_place(outgoing, index))
        raw = b"".join((head, _base64_lines(one.data), tail))
    return raw


def _attached(outgoing: Outgoing) -> list[Enclosure]:
    return [one for one in outgoing.enclosures if not one.content_id]


def _mark(outgoing: Outgoing) -> str:
    return hashlib.sha256(outgoing.key.encode("utf-8", "replace")).hexdigest()[32:56]


def _place(outgoing: Outgoing, index: int) -> bytes:
    return f"@@{_mark(outgoing)}@{index}@@".encode("ascii")


def _base64_lines(data: bytes) -> bytes:
    text = binascii.b2a_base64(data, newline=False)
    return b"\r\n".join([text[start : start + _LINE] for start in range(0, len(text), _LINE)])


def _content_type(one: Enclosure) -> tuple[str, str]:
    known = one.content_type if _CONTENT_TYPE.fullmatch(one.content_type) else "application/octet-stream"
    maintype, _, subtype = known.partition("/")
    return ("application", "octet-stream") if maintype in {"multipart", "message"} else (maintype, subtype)


def _encoded(text: str, used: int) -> str:
    """Return *text* as encoded words on folded lines, also when it is ASCII; *used* characters stand before it.

    The library's policy loses blanks where it folds (seen in Python 3.11), its older Header class does not; and an
    encoded word that a stranger wrote into a subject stays the text that it is.
    """
    return Header(text, "utf-8", maxlinelen=75 - used, continuation_ws=" ").encode(linesep="\r\n") if text else ""


def _addresses(name: str, addresses: Iterable[str]) -> str:
    """Return the header that names who gets the mail, all in ASCII, so that every server on the way can read it.

    Where the part before the @ has other letters, the address stands as the name of an empty group, as RFC 6857 §3.1
    has it: it goes by the envelope, and only the server that takes it there has to know such letters.
    """
    shown = (with_ascii_domain(one) for one in addresses)
    return f"{name}: " + ",\r\n ".join(one if one.isascii() else f"{_encoded(one, 2)}:;" for one in shown)


def _from_header(sender: Sender) -> str:
    name = _encoded(header_text(sender.name), 6)
    return f"From: {name} <{sender.address}>" if name else f"From: {sender.address}"


def _thread_headers(outgoing: Outgoing) -> list[str]:
    """Return In-Reply-To and References, written by hand.

    The library folds a long Message-ID into encoded words, which breaks the thread. Ids that are not plain are left
    out; of a long thread the first and the last remain (RFC 5322, section 3.6.4, sets no limit, servers do).
    """
    parents = _message_ids([outgoing.in_reply_to])
    references = _message_ids([*outgoing.references, outgoing.in_reply_to])
    if len(references) > MAX_REFERENCES:
        references = [references[0], *references[1 - MAX_REFERENCES :]]
    lines = [f"In-Reply-To: {one}" for one in parents]
    return [*lines, "References: " + "\r\n ".join(references)] if references else lines


def _message_ids(texts: Iterable[str]) -> list[str]:
    return [one for one in dict.fromkeys(texts) if _MESSAGE_ID.fullmatch(one)]


def _writable(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(addresses) if is_writable(one))


def _has_empty_label(name: str) -> bool:
    return not all(name.split("."))


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
