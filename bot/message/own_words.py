"""What the sender has written himself: without quoted mails, and without the signature."""

from __future__ import annotations

import re

from bot.language import fold
from bot.message.decoding import text_of_html

_QUOTE_TOKEN = re.compile(r"(?i)<(/?)blockquote\b[^<>]{0,2000}>")
_QUOTED_HTML = re.compile(
    r"(?i)<div[^<>]{0,500}?(?:divRplyFwdMsg|appendonsend|gmail_quote|yahoo_quoted|border-top: ?solid #[be])"
)
_HEADING = re.compile(
    r"^(?:begin )?(?:original message|forwarded message|thu goc|tin nhan goc|thu (?:da )?(?:duoc )?chuien tiep)\b"
)
_ATTRIBUTION = re.compile(r"^(?:on|vao|vao luc|luc|ngai) .{4,250} (?:wrote|da viet|viet)$")
_MARKED = re.compile(r"^(?:tu|from|nguoi gui) .*")
_SENT = re.compile(r"^(?:da gui|sent|ngai|date|gui luc|ngai gui|den|to|nguoi nhan) .*")
_CLOSING = re.compile(
    r"^(?:xin )?(?:tran trong(?: kinh chao| cam on| kinh bao)?|kinh thu|kinh chao|than ai|than men|"
    r"(?:best |kind )?regards|thanks(?: and (?:best )?regards)?|sincerel[iy]|"
    r"(?:sent|duoc gui|da gui) (?:from|tu) .{2,40})$"
)
_MOST_LINES = 2_000


def own_words(text: str) -> str:
    r"""Return the sender's own lines of a plain text, without quoted mails and without the signature.

    >>> own_words("Không phát sinh.\n-- \nBan Quản lý")
    'Không phát sinh.'
    """
    lines = text.splitlines()[:_MOST_LINES]
    own: list[str] = []
    for number, line in enumerate(lines):
        if line.lstrip().startswith(">"):
            continue
        if line.rstrip() == "--" or _starts_quote(line, lines[number + 1 : number + 3]):
            break
        if _CLOSING.match(fold(line[:200])):
            break
        own.append(line)
    return "\n".join(own).strip()


def own_html(html: str) -> str:
    """Return the part of an HTML body that is not quoted, still as HTML."""
    own: list[str] = []
    depth, place = 0, 0
    for token in _QUOTE_TOKEN.finditer(html):
        if depth == 0:
            own.append(html[place : token.start()])
        depth = max(depth - 1, 0) if token.group(1) else depth + 1
        place = token.end()
    if depth == 0:
        own.append(html[place:])
    rest = "\n".join(own)
    mark = _QUOTED_HTML.search(rest)
    return rest[: mark.start()] if mark and text_of_html(rest[: mark.start()]).strip() else rest


def _starts_quote(line: str, following: list[str]) -> bool:
    """Return whether the line begins a quoted mail, as mail programs write it in English and in Vietnamese."""
    bare, key = line.strip(), fold(line[:300])
    if re.fullmatch(r"_{10,}", bare):
        return True
    if _HEADING.match(key) and bare.lower().startswith(("-", "_", "begin")):
        return True
    # "Vào … <address> đã viết:" is often broken in two.
    joined = f"{key} {fold(following[0][:200])}" if following else key
    if bare.endswith(":") and _ATTRIBUTION.match(key):
        return True
    if following and following[0].rstrip().endswith(":") and "@" in bare + following[0] and _ATTRIBUTION.match(joined):
        return True
    return bool(_MARKED.match(key) and ":" in bare and any(_SENT.match(fold(one[:200])) for one in following))
