"""What a person made of a draft of ours: which mail it has become, and whether its words and files are still the same.

Mail programs write a mail anew when it is sent: other boundaries, another Message-ID, another plain text beside the
HTML. So words are compared by their letters and digits, and files by their bytes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from email.utils import getaddresses
from html import unescape

from bot.addresses import with_ascii_domain
from bot.language import nfc
from bot.message.decoding import decode_value, text_of_html
from bot.message.limits import MessageLimits
from bot.message.mime import parse_entity
from bot.message.parts import Words, leaves
from bot.own_mark import HEADER, marked_id

FIELDS = f"MESSAGE-ID IN-REPLY-TO SUBJECT TO CC {HEADER.upper()}"
"""The headers by which a draft is known again."""
_LONGEST = 20_000
"""Of a header that names recipients."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What the header of a mail says about which draft it was."""

    message_id: str
    marked: str
    """The Message-ID that our own mark seals; empty where there is none."""
    in_reply_to: str
    subject: str
    """Its letters and digits."""
    to: frozenset[str]

    def is_surely(self, draft: Slip) -> bool:
        """Return whether this is the draft itself, as it was written."""
        return draft.message_id in {self.message_id, self.marked}

    def may_be(self, draft: Slip) -> bool:
        """Return whether this may be the draft as a mail program wrote it anew: it answers, or says, the same.

        Other mails of ours, which bear their own mark, are not.
        """
        if self.marked or not (self.to & draft.to):
            return False
        if draft.in_reply_to and self.in_reply_to:
            return self.in_reply_to == draft.in_reply_to
        return bool(self.subject) and self.subject == draft.subject


def read_slip(header: bytes, secret: bytes) -> Slip:
    """Return what *header* says, whatever else it holds; *secret* seals our own mark."""
    root = parse_entity(header, MessageLimits(), heading_only=True).root
    values: dict[str, str] = {}
    for name, value in root.raw_items():
        values.setdefault(name.lower(), value)
    named = getaddresses([decode_value(values.get(name, ""))[:_LONGEST] for name in ("to", "cc")])
    return Slip(
        message_id=decode_value(values.get("message-id", "")),
        marked=marked_id(values.get(HEADER.lower(), ""), secret),
        in_reply_to=decode_value(values.get("in-reply-to", "")),
        subject=letters(decode_value(values.get("subject", ""))),
        to=frozenset(with_ascii_domain(one.casefold()) for _, one in named if one),
    )


def letters(text: str) -> str:
    """Return the letters and digits of *text*, in small letters: what is left whoever wraps, quotes or indents it.

    >>> letters("– Kính gửi:  Ban Quản lý &nbsp;")
    'kínhgửibanquảnlý'
    """
    return "".join(char for char in nfc(unescape(text)).casefold() if char.isalnum())


def is_unchanged(draft: bytes, sent: bytes, secret: bytes = b"") -> bool:
    """Return whether *sent* says under the same subject what *draft* says, with the same files.

    Whom it was sent to besides is a matter of the person who sent it. Where there is HTML, that is what a reader sees.
    """
    if read_slip(draft, secret).subject != read_slip(sent, secret).subject:
        return False
    (written, files), (told, sent_files) = _read(draft), _read(sent)
    shown = "html" if "html" in told else "plain"
    return files == sent_files and told.get(shown, "") in {written.get(shown, ""), written.get("plain", "")}


def _read(raw: bytes) -> tuple[dict[str, str], Counter[str]]:
    """Return the letters of each text by its subtype, and how often each file is attached, by its hash."""
    texts: dict[str, str] = {}
    files: Counter[str] = Counter()
    for leaf in leaves(parse_entity(raw, MessageLimits())):
        if isinstance(leaf, Words):
            kind = "html" if leaf.subtype == "html" else "plain"
            said = text_of_html(leaf.text) if kind == "html" else leaf.text
            texts[kind] = texts.get(kind, "") + letters(said)
        elif not leaf.inline:
            files[leaf.sha256] += 1
    return texts, files
