"""Whether a signature of the author's own domain proves a mail (RFC 6376), where no server of ours has said so.

Nothing is asked for here: which keys are wanted is told first, and the mail is checked against those that were found.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.language import one_line
from bot.message.alignment import domain_of, is_aligned
from bot.message.decoding import raw_bytes
from bot.model import Authentication, Proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from dkim import DKIM

_MOST, _MOST_LOOKED_AT = 3, 10
"""So many aligned signatures are checked, among so many from the top."""
_LONGEST = 8 * 1024
"""Bytes of one signature: the header of a mailing list's farm has less than two thousand."""
_SHORTEST_KEY = 1024
"""Bits (RFC 8301, section 3.2)."""
_ALGORITHM = b"rsa-sha256"
"""SHA-1 proves nothing any more (RFC 8301); who signs with Ed25519 signs with RSA too (RFC 8463, section 1)."""
_SELECTOR = re.compile(rb"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,3}")
_DIGITS = re.compile(rb"[0-9]{1,12}")
_ONCE = (b"from", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"reply-to", b"content-type")
"""Of what the program acts on, a second one could have been put above the one that was signed (section 8.15)."""
_BARE_RETURN = re.compile(rb"\r(?!\n)")
"""Ends a line for one reader and not for the other: what was not signed could hide there."""
_BLANK_LINE = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class _Signature:
    """One signature of a domain of the author's organisation."""

    tags: dict[bytes, bytes]
    domain: str

    @property
    def key(self) -> str:
        """Return the name under which its key stands in the DNS."""
        return f"{self.tags[b's'].decode('ascii')}._domainkey.{self.domain}".lower()


def find_keys(headers: Iterable[tuple[str, str]], sender: str) -> tuple[str, ...]:
    """Return the names, in the DNS, of the keys by which *sender* may be proved the author; at most three.

    Args:
        headers: names and raw values from the top of the mail.
        sender: the address in From.
    """
    written = [raw_bytes(value) for name, value in headers if name.lower() == "dkim-signature"]
    return tuple(dict.fromkeys(one.key for _, one in _aligned(written, sender)))


def check_signatures(raw: bytes, sender: str, received_at: datetime, records: Mapping[str, bytes]) -> Authentication:
    """Return whether one of the signatures proves that *sender* is the author, and else why the last one does not.

    It must be of a domain of the same organisation, over the whole body, From and subject, not expired on arrival,
    with RSA of 1024 bits or more. What does not prove the author disproves nothing: mails are changed on their way.

    Args:
        raw: the whole mail.
        sender: the address in From.
        received_at: when it arrived; a signature need not outlive that.
        records: TXT records by the names that :func:`find_keys` gave, as far as there are any.
    """
    import dkim

    if _BARE_RETURN.search(raw, 0, _end_of_headers(raw)):
        return _unknown("", "headers that can be read in two ways")
    try:
        mail = dkim.DKIM(raw, minkey=_SHORTEST_KEY)
    except (dkim.DKIMException, IndexError):  # the latter for a mail that begins with a folded line
        return _unknown("", "unreadable headers")
    written = [(name, value) for name, value in mail.headers if name.lower() == b"dkim-signature"]
    found = _unknown("", "no signature of the author's domain")
    for place, signature in _aligned([value for _, value in written], sender):
        flaw = next(_flaws(mail, signature, received_at, records.get(signature.key, b"")), "")
        if not flaw and _fits(mail, signature, written[place], records[signature.key]):
            return Authentication(Proof.SIGNED, _grounds("pass", signature.domain))
        found = _unknown(signature.domain, flaw or "does not fit this mail")
    return found


def _end_of_headers(raw: bytes) -> int:
    found = _BLANK_LINE.search(raw)
    return found.end() if found else len(raw)


def _aligned(written: Iterable[bytes], sender: str) -> Iterator[tuple[int, _Signature]]:
    """Yield the signatures that could prove the author, with their place among all."""
    author, count = domain_of(sender), 0
    for place, value in enumerate(written):
        if place >= _MOST_LOOKED_AT or count >= _MOST:
            return
        signature = _read(value)
        if signature is not None and is_aligned(signature.domain, author):
            count += 1
            yield place, signature


def _read(value: bytes) -> _Signature | None:
    tags = _tags(value) if len(value) <= _LONGEST else {}
    given = tags.get(b"d", b"").decode("latin-1").lower()
    domain = domain_of(given)
    # A name that must be brought into form first may be read otherwise by who checks the signature.
    if not domain or domain != given or not _SELECTOR.fullmatch(tags.get(b"s", b"")):
        return None
    return _Signature(tags, domain)


def _tags(written: bytes) -> dict[bytes, bytes]:
    """Return a list of tags (section 3.2); nothing where it is none."""
    from dkim.util import InvalidTagValueList, parse_tag_value

    try:
        tags: dict[bytes, bytes] = parse_tag_value(written)
    except (InvalidTagValueList, IndexError):
        return {}
    return tags


def _flaws(mail: DKIM, signature: _Signature, received_at: datetime, record: bytes) -> Iterator[str]:
    """Yield what keeps the signature from proving anything, before anything is computed."""
    tags, names = signature.tags, Counter(name.lower() for name, _ in mail.headers)
    signed = _signed(tags)
    if b"l" in tags:
        yield "covers only the beginning of the mail (l=)"
    if tags.get(b"a") != _ALGORITHM:
        yield "algorithm that is not accepted"
    if b"from" not in signed or (b"subject" in names and b"subject" not in signed):
        yield "From or Subject not signed"
    doubled = [one.decode("ascii") for one in _ONCE if names[one] > 1]
    if doubled:
        yield f"several headers {doubled[0]}"
    if b"x" in tags and not _outlives(tags[b"x"], received_at):
        yield "expired (x=)"
    if not record:
        yield "no key in the DNS"
    yield from _flaws_of_key(_tags(record), signature)


def _flaws_of_key(key: Mapping[bytes, bytes], signature: _Signature) -> Iterator[str]:
    """Yield what keeps the key from proving anything (section 3.6.1)."""
    flags, services = _listed(key.get(b"t", b"")), _listed(key.get(b"s", b"*"))
    if key.get(b"v", b"DKIM1") != b"DKIM1" or key.get(b"k", b"rsa") != b"rsa":
        yield "key of another kind"
    if not key.get(b"p"):
        yield "key revoked"
    if b"y" in flags:
        yield "domain only tries signing (t=y)"
    if not services & {b"*", b"email"} or b"sha256" not in _listed(key.get(b"h", b"sha256")):
        yield "key for other purposes"
    identity = signature.tags.get(b"i", b"").rpartition(b"@")[2].decode("latin-1").lower()
    if b"s" in flags and identity not in ("", signature.domain):
        yield "signed for a domain below the key's (t=s)"


def _fits(mail: DKIM, signature: _Signature, header: tuple[bytes, bytes], record: bytes) -> bool:
    """Tell whether the signature was made of this mail, with this key."""
    import dkim

    timeless = {name: value for name, value in signature.tags.items() if name not in (b"t", b"x")}
    try:
        # Its own look at the times would ask the machine's clock.
        dkim.validate_signature_fields(timeless)
        found = mail.verify_sig(signature.tags, _signed(signature.tags), header, lambda _, timeout: record)  # noqa: ARG005
    except (dkim.DKIMException, ValueError, IndexError):
        # The library has a class for most of what is broken in a signature or a key, not for all.
        return False
    return bool(found)


def _signed(tags: Mapping[bytes, bytes]) -> list[bytes]:
    return [one.strip().lower() for one in tags.get(b"h", b"").split(b":")]


def _listed(value: bytes) -> set[bytes]:
    return {one.strip() for one in value.split(b":")}


def _outlives(expiry: bytes, received_at: datetime) -> bool:
    return bool(_DIGITS.fullmatch(expiry)) and int(expiry) > received_at.timestamp()


def _unknown(domain: str, why: str) -> Authentication:
    return Authentication(Proof.UNKNOWN, _grounds("neutral", domain, why))


def _grounds(result: str, domain: str, why: str = "") -> str:
    said = f" header.d={domain}" if domain else ""
    return one_line(f"dkim={result}{said} (bot{': ' + why if why else ''})", 300)
