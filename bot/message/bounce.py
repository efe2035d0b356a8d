"""Which addresses a delivery notice tells to be out of reach for good (RFC 3464, RFC 3463).

Only ``Action: failed`` with a permanent status counts. A delay or a status 4.x.x waits, a note of absence is no notice,
and a mail that was too large or could not be converted says nothing about its address.
"""

from __future__ import annotations

import re
from email.message import Message as MimePart
from email.utils import getaddresses
from typing import TYPE_CHECKING

from bot.message.decoding import decode_value
from bot.model import Bounce
from bot.own_mark import HEADER, marked_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.message.mime import Part

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ABOUT_THE_MAIL = ("5.2.3", "5.3.4", "5.6.")
"""Too large for the mailbox or the system, or not convertible."""
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,320}>")
_ID_LINE = re.compile(r"(?im)^[ \t>]*Message-ID:\s*(<[^<>\s]{1,320}>)")
_MARK_LINE = re.compile(rf"(?im)^[ \t>]*{HEADER}:[ \t]*([^\s;]{{1,320}};\s*>?[ \t]*[0-9a-f]{{64}})")
_MOST = 50
"""Recipients of one notice that are looked at."""
_LEVELS = 5
_TEXT = 200_000


def find_bounces(root: Part, secret: bytes = b"") -> tuple[Bounce, ...]:
    """Return the recipients of whom the notice *root* says that they will never get the mail; none for other mails.

    *secret* is that of our own mark, by which a mail is known that really was ours.
    """
    parts = tuple(_walk(root, 0))
    failed = [one for part in parts if part.get_content_type() == "message/delivery-status" for one in _failed(part)]
    if not failed:
        # Exim and Gmail name them in a header of their own, also where they send no RFC 3464 part.
        named = getaddresses([decode_value(root.get("X-Failed-Recipients", ""))])
        failed = [(address.lower(), "", "5.0.0") for _, address in named if "@" in address]
    of, sealed = _returned(parts, secret) if failed else ("", False)
    return tuple(Bounce(final, original, status, of, sealed) for final, original, status in failed[:_MOST])


def _walk(part: Part, level: int) -> Iterator[Part]:
    yield part
    if level < _LEVELS and part.is_multipart():
        for child in part.get_payload():
            if isinstance(child, MimePart):
                yield from _walk(child, level + 1)


def _failed(notice: Part) -> Iterator[tuple[str, str, str]]:
    """Yield final recipient, original recipient and status of each recipient that failed for good."""
    blocks = notice.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, MimePart) or _field(block, "Action").strip().lower() != "failed":
            continue
        found = _STATUS.search(decode_value(_field(block, "Status")))
        status = found[1] if found else "5.0.0"
        final, original = _address(block, "Final-Recipient"), _address(block, "Original-Recipient")
        if status.startswith("5.") and not status.startswith(_ABOUT_THE_MAIL) and (final or original):
            yield final or original, original, status


def _address(block: Part, name: str) -> str:
    """Return the address of ``rfc822; <bql@tinh.vn>``, lower case; empty where there is none."""
    written = decode_value(_field(block, name)).rpartition(";")[2]
    found = [address for _, address in getaddresses([written.strip()[:1000]]) if "@" in address]
    return found[0].lower() if found else ""


def _field(block: Part, name: str) -> str:
    """Return the first field of that name as it was read: asked otherwise, one with raw 8-bit bytes is no text."""
    return next((value for key, value in block.raw_items() if key.lower() == name.lower()), "")


def _returned(parts: tuple[Part, ...], secret: bytes) -> tuple[str, bool]:
    """Return the Message-ID of the mail that came back, from its copy or its headers' copy, and whether we sealed it.

    The id under a seal of ours comes before any other: a notice may quote several mails.
    """
    plain = ""
    for part in parts[1:]:
        written, mark = _copied(part)
        sealed = marked_id(mark.replace(">", ""), secret)
        if sealed:
            return sealed, True
        found = _MESSAGE_ID.search(written)
        plain = plain or (found[0] if found else "")
    return plain, False


def _copied(part: Part) -> tuple[str, str]:
    """Return what a part of a notice copies of a mail: its Message-ID and our mark, each empty where it is missing."""
    kind = part.get_content_type()
    if kind.startswith("message/rfc822") and part.is_multipart():
        inner = next((one for one in part.get_payload() if isinstance(one, MimePart)), None)
        if inner is None:
            return "", ""
        return decode_value(inner.get("Message-ID", "")), decode_value(inner.get(HEADER, ""))
    if kind in {"text/rfc822-headers", "text/plain", "message/rfc822"}:
        payload = part.get_payload(decode=True)
        text = payload[:_TEXT].decode("latin-1") if isinstance(payload, bytes) else ""
        written, mark = _ID_LINE.search(text), _MARK_LINE.search(text)
        return written[1] if written else "", mark[1] if mark else ""
    return "", ""
