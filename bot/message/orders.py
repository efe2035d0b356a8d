"""The command lines of an officer of the ministry, recognised in the own words of a mail; nothing is decided here.

All patterns run on letters without accents, so that ``GIA HẠN``, ``gia han`` and decomposed letters read alike. What is
quoted has been left out before (see ``own_words``), so a line here is one that the officer himself has written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from bot.language import bare, fold, nfc, one_line
from bot.message.answer import GREETING, THANKS
from bot.model import Misread, Order, Orders, Verb, WrittenDay

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_LINES = 400
_LONGEST_LINE = 1_000
_MOST_ORDERS = 40
_MOST_PROSE = 5
_WRAPPED = 60
"""A mail program breaks lines at about 72 letters: what follows a line of this length may belong to it."""

_LEAD = re.compile(r"[\s*+•·–—-]{0,8}")
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of a confirmation code: none that is mistaken for another."""
_RECEIPT = r"\d{2}\s?[-–—]\s?[0-9a-z]{1,12}\s?[-–—]\s?\d{4,8}"
_DAY = r"(?:(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})(?:[/.-](?P<y>\d{4}))?|(?P<y2>\d{4})-(?P<m2>\d{2})-(?P<d2>\d{2}))"
_REASON = r"(?:l[yi] do\b\s*(?:la\b)?\s*[:–-]?\s*(?P<reason>\S.*))"
_ADDRESS = r"[^\s<>\[\]()\",;:]{1,64}@[^\s<>\[\]()\",;:]{1,250}"

_GRAMMAR: dict[Verb, re.Pattern[str]] = {
    Verb.EXTEND: re.compile(
        rf"gia han\b:?\s+(?:cho\s+)?(?P<about>\S.*?)[\s,;:]+(?:(?:den|toi)\s+)?(?:het\s+)?(?:ngay\s+)?"
        rf"(?<![\w/.-]){_DAY}(?![\w/])[\s,;.:–-]*{_REASON}"
    ),
    Verb.ACCEPT: re.compile(
        rf"chap nhan\b:?\s+(?:ma(?: bien nhan)?:?\s+)?(?P<key>{_RECEIPT})(?![\w-])[\s,;:]*"
        rf"(?P<about>(?:(?!\bl[yi] do\b)[^,;:]){{0,60}}?)[\s,;:.]*{_REASON}?"
    ),
    Verb.RETURN: re.compile(
        rf"tra lai\b:?\s+(?:ma(?: bien nhan)?:?\s+)?(?P<key>{_RECEIPT})(?![\w-])[\s,;:]*"
        rf"(?P<about>(?:(?!\bl[yi] do\b)[^,;:]){{0,60}}?)[\s,;:.]*{_REASON}"
    ),
    Verb.REGISTER: re.compile(
        rf"duyet nguoi gui\b:?\s+[<\[(]?(?:mailto:)?(?P<key>{_ADDRESS})[>\])]?(?:\s*[<\[(]mailto:[^>\])]*[>\])])?"
        r"[\s,;:–-]+(?:(?:cho|la|cua)\s+)?(?P<about>\S.{0,150})"
    ),
    Verb.DISMISS: re.compile(
        rf"bo qua\b:?\s+(?:thu\s+)?(?:(?:ma(?: bien nhan)?|cua)\b:?\s+)?(?:(?P<receipt>{_RECEIPT})(?![\w-])"
        rf"|[<\[(]?(?:mailto:)?(?P<address>{_ADDRESS})[>\])]?(?:\s*[<\[(]mailto:[^>\])]*[>\])])?)[\s.,;:–-]*{_REASON}?"
    ),
    Verb.STATUS: re.compile(r"trang thai\b[\s:]*(?P<about>.{0,150})"),
    Verb.GUIDE: re.compile(r"huong dan\b(?: (?:su dung|cac lenh|lenh|dieu khien))?[\s.:]*"),
    Verb.CONFIRM: re.compile(
        rf"xac nhan\b:?\s+(?:ma(?: xac nhan)?:?\s+)?(?P<key>[{_CODE_LETTERS}]{{4}}\s?[-–—]?\s?[{_CODE_LETTERS}]{{4}})"
        r"[\s.,;:]*"
    ),
}
_NAMES = {
    Verb.EXTEND: "gia han", Verb.ACCEPT: "chap nhan", Verb.RETURN: "tra lai", Verb.REGISTER: "duyet nguoi gui",
    Verb.DISMISS: "bo qua", Verb.STATUS: "trang thai", Verb.GUIDE: "huong dan", Verb.CONFIRM: "xac nhan",
}  # fmt: skip
_ALL = frozenset({"bao cao", "chung", "tat ca", "toan bo", "ca nuoc", "cac tinh"})
"""Beside ``TRẠNG THÁI``: everybody."""
_NEAR = 82.0
_REPLY = re.compile(r"\s*(?:re|tl|tra loi|fwd?|aw|antw|sv|automatic reply|tu dong)\b[^:]{0,20}:")


def read_orders(subject: str, words: str, *, is_reply: bool) -> Orders:
    """Return the commands of a mail, in their order, and the lines that are none.

    Args:
        subject: of the mail, decoded; it may be a command where the mail begins a thread.
        words: the sender's own words, several lines; see ``own_words``.
        is_reply: the mail answers another one, so its subject is not the person's own.
    """
    own = subject if not is_reply and not _REPLY.match(bare(nfc(subject[:100]))) else ""
    found: list[Order | Misread] = []
    title = _order(_clean(own))
    if title is not None and title.verb is not Verb.CONFIRM:
        found.append(title)
    orders = prose = left_out = 0
    for line in _whole_lines(words):
        one = _read(line)
        if isinstance(one, Misread) and one.near is None:
            prose += 1
            if prose > _MOST_PROSE:
                continue
        else:
            orders += 1
            if orders > _MOST_ORDERS:
                left_out += 1
                continue
        found.append(one)
    return Orders(tuple(dict.fromkeys(found)), left_out)


def _whole_lines(words: str) -> Iterator[str]:
    """Yield the lines that say something, each with what a mail program has broken off it."""
    whole, last = "", ""
    for raw in words.splitlines()[:_MOST_LINES]:
        line = _clean(raw)
        if whole and line and _continues(whole, last, line):
            whole = one_line(f"{whole} {line}", _LONGEST_LINE)
        else:
            yield from _told(whole)
            whole = line
        last = line
    yield from _told(whole)


def _told(line: str) -> Iterator[str]:
    key = fold(line)
    if key and not GREETING.match(key) and not THANKS.fullmatch(key):
        yield line


def _continues(whole: str, last: str, line: str) -> bool:
    """Tell whether *line* was broken off the command before it."""
    verb = _named(whole)
    if verb is None or _named(line) is not None:
        return False
    plain = bare(line)
    if re.match(r"l[yi] do\b", plain):
        return " ly do" not in bare(whole).replace("li do", "ly do")
    return len(last) >= _WRAPPED and verb in {Verb.EXTEND, Verb.ACCEPT, Verb.RETURN, Verb.DISMISS}


def _clean(raw: str) -> str:
    line = one_line(raw[: 4 * _LONGEST_LINE], _LONGEST_LINE)
    lead = _LEAD.match(line)
    return line[lead.end() :].rstrip("* ") if lead else line


def _read(line: str) -> Order | Misread:
    return _order(line) or Misread(one_line(line, 200), _near(line))


def _order(line: str) -> Order | None:
    """Return the command that all of the line is, None where it is none."""
    plain = bare(line)
    for verb, pattern in _GRAMMAR.items():
        match = pattern.fullmatch(plain)
        if match is not None:
            return _built(verb, line, match)
    return None


def _built(verb: Verb, line: str, match: re.Match[str]) -> Order:
    groups = match.groupdict()

    def written(name: str) -> str:
        return line[match.start(name) : match.end(name)].strip(" ,;:") if groups.get(name) else ""

    about, key = written("about"), written("key") or written("receipt") or written("address")
    if verb is Verb.STATUS and fold(about) in _ALL:
        about = ""
    if verb in {Verb.ACCEPT, Verb.RETURN} or groups.get("receipt"):
        key = re.sub(r"\s*[-–—]\s*", "-", key).upper()
    if verb in {Verb.ACCEPT, Verb.RETURN}:
        about = re.sub(r"^(?:bi[êe]u|bi[ểe]u)\s+", "", about, flags=re.IGNORECASE)
    if verb is Verb.CONFIRM:
        letters = re.sub(r"[^0-9A-Z]", "", key.upper())
        key = f"{letters[:4]}-{letters[4:]}"
    if verb is Verb.REGISTER or groups.get("address"):
        key = key.rstrip(".").lower()
    return Order(verb, line, about, key, _day(groups), written("reason"))


def _day(groups: dict[str, str | None]) -> WrittenDay | None:
    if groups.get("d"):
        return WrittenDay(int(groups["d"] or 0), int(groups["m"] or 0), int(groups["y"] or 0))
    if groups.get("d2"):
        return WrittenDay(int(groups["d2"] or 0), int(groups["m2"] or 0), int(groups["y2"] or 0))
    return None


def _named(line: str) -> Verb | None:
    """Return the command with whose very words the line begins; what stands in quotes is somebody's example."""
    if not line[:1].isalpha():
        return None
    key = fold(line).replace("y", "i") + " "
    return next((verb for verb, name in _NAMES.items() if key.startswith(f"{name.replace('y', 'i')} ")), None)


def _near(line: str) -> Verb | None:
    """Return the command with whose words, or nearly those, the line begins."""
    named = _named(line)
    if named is not None:
        return named
    words = fold(line[:80]).split() if line[:1].isalpha() else []
    alike = {
        verb: fuzz.ratio(" ".join(words[: name.count(" ") + 1]), name.replace("y", "i"))
        for verb, name in _NAMES.items()
    }
    best = max(alike, key=alike.__getitem__)
    return best if alike[best] >= _NEAR else None
