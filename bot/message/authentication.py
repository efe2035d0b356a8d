"""Whether the author in From has written a mail, by what our own receiving server found (RFC 8601, RFC 7489)."""

from __future__ import annotations

import re
from email.utils import getaddresses
from typing import TYPE_CHECKING

from bot.language import one_line
from bot.message.alignment import ADDRESS, domain_of, is_aligned
from bot.message.stamps import own_stamps
from bot.model import Authentication, Proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.message.results import Result, Stamp
    from bot.model import TrustedServers

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)", re.DOTALL)
_LONGEST_FROM = 2000
_FAILURES = frozenset({"fail", "hardfail"})


def authenticate(headers: Iterable[tuple[str, str]], sender: str, trust: TrustedServers) -> Authentication:
    """Return whether *sender* is proved to be the author, and by what.

    It is by an aligned pass: DMARC for the domain in From, or SPF or DKIM for a domain of the same organisation. A
    failed DMARC outweighs both. Of each method only the topmost result of our server counts, and where that speaks
    twice, the worse. A mail with several authors is never proved.

    Args:
        headers: names and raw values from the top of the mail.
        sender: the address in From, as the rest of the program takes it; empty where there is none.
        trust: whose results count.
    """
    headers = tuple(headers)
    trouble = _find_trouble([value for name, value in headers if name.lower() == "from"], sender)
    if trouble:
        return Authentication(Proof.FAILED, trouble)
    stamps = own_stamps(headers, trust)
    if not stamps:
        return Authentication()
    return next(_weigh(stamps, domain_of(sender)), Authentication(Proof.UNKNOWN, _tell(stamps)))


def _find_trouble(froms: Sequence[str], sender: str) -> str:
    """Return what about From forbids any proof (RFC 7489, section 6.6.1); empty where there is nothing."""
    if len(froms) > 1:
        return "several From headers"
    addresses = {one.lower() for value in froms for one in _addresses_in(value)}
    if len(addresses) > 1:
        return "several addresses in From"
    if sender and (addresses != {sender} or not domain_of(sender)):
        return "an address in From that can be read in two ways"
    return ""


def _addresses_in(value: str) -> set[str]:
    """Return every address that *value* may be read to name; texts in quotes and comments name none."""
    written = " ".join(value[:_LONGEST_FROM].encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())
    bare = _COMMENT.sub(" ", _QUOTED.sub(" ", written))
    found = set(ADDRESS.findall(bare))
    try:
        found |= {one for _, one in getaddresses([written]) if ADDRESS.fullmatch(one)}
    except (RecursionError, IndexError, ValueError):
        found.add("")  # what the library cannot read is not read in one way
    return found


def _weigh(stamps: Sequence[Stamp], author: str) -> Iterator[Authentication]:
    """Yield what the results prove, the weightiest first; nothing where they prove neither."""
    dmarc, spf, dkim = (_of_method(stamps, one) for one in ("dmarc", "spf", "dkim"))
    server = stamps[0].server or "Microsoft 365"

    def so(proof: Proof, result: Result, name: str = "") -> Authentication:
        said = f" {name}={result.properties[name]}" if name in result.properties else ""
        return Authentication(proof, one_line(f"{result.method}={result.value}{said} ({server})", 300))

    composite = [one for one in _of_method(stamps, "compauth") if one.value in _FAILURES]
    for one in (*(one for one in dmarc if one.value in _FAILURES), *composite):
        yield so(Proof.FAILED, one, "header.from")
    for one in dmarc:
        if one.value == "pass":
            # A server that names another domain has read another author than we have.
            same = domain_of(one.properties.get("header.from", "")) == author and len(dmarc) == 1
            yield so(Proof.PASSED if same else Proof.UNKNOWN, one, "header.from")
    for result, name, domain in (*_named(spf, "smtp.mailfrom"), *_signers(dkim)):
        if is_aligned(domain, author) and result.value == "pass" and (result.method != "spf" or len(spf) == 1):
            yield so(Proof.PASSED, result, name)
    for result, name, domain in (*_named(spf, "smtp.mailfrom"), *_signers(dkim)):
        if is_aligned(domain, author) and result.value in _FAILURES:
            yield so(Proof.FAILED, result, name)


def _of_method(stamps: Sequence[Stamp], method: str) -> tuple[Result, ...]:
    """Return the results of the topmost header that speaks of a method: one that was pasted in stands below it."""
    told = (tuple(one for one in stamp.results if one.method == method) for stamp in stamps)
    return next(filter(None, told), ())


def _named(results: Sequence[Result], name: str) -> Iterator[tuple[Result, str, str]]:
    return ((one, name, domain_of(one.properties.get(name, ""))) for one in results)


def _signers(results: Sequence[Result]) -> Iterator[tuple[Result, str, str]]:
    """Yield each signature with its domain: ``header.d``, or that of ``header.i``, which is it or below it."""
    for one in results:
        name = "header.d" if "header.d" in one.properties else "header.i"
        yield one, name, domain_of(one.properties.get(name, ""))


def _tell(stamps: Sequence[Stamp]) -> str:
    results = [f"{one.method}={one.value}" for stamp in stamps for one in stamp.results]
    return one_line(f"{' '.join(results) or 'none'} ({stamps[0].server or 'Microsoft 365'})", 300)
