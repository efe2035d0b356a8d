"""Days, months, quarters and spans of days in the words of a letter, with the words that make a limit of them.

Everything is searched in ``bare`` text: without accents, so that ``trước``, ``TRƯỚC`` and a scan's ``truóc`` are one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.language import day as day_in_words
from bot.model import Concluded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Rhythm

_YEAR = r"\d(?:\s?\d){3}|\d{2}"
_DAY = (
    r"(?P<day>\d{1,2}|\d\s\d)\s*(?P<sep>[/.–-]|thang)\s*(?P<month>\d{1,2}|\d\s\d)"
    rf"(?:\s*(?:[/.–-]|,?\s*nam)\s*(?P<year>{_YEAR}))?(?!\s*/?\s?\d)"
)
_MONTH = r"thang\s*(?P<only_month>\d{1,2})(?:\s*(?:[/–-]|,?\s*nam)\s*(?P<month_year>\d{4}))?(?!\s*/?\s?\d)"
_QUARTER = r"quy\s*(?P<quarter>iv|i{1,3}|[1-4])\b(?:\s*(?:[/–-]|,?\s*nam)\s*(?P<quarter_year>\d{4}))?"
_YEAR_END = r"nam\s*(?P<only_year>\d{4})"
_OF_THIS = r"(?P<this_day>\d{1,2})\s*thang\s*(?P<which>nay|toi)\b"
_OF_EACH = (
    r"(?P<each_day>\d{1,2})\s*(?:cua\s*)?(?:(?:hang|moi)\s*(?:thang|quy)|thang\s*(?:dau|cuoi|sau|tiep|ke)(?:\s*(?:cua\s*)?"
    r"(?:quy|thang|theo|sau|tiep|ky|bao|cao))*)\b"
)
_HOUR = r"(?P<hour>\d{1,2}\s*(?:h(?![a-z])|gio\b|:)\s*(?:\d{2})?(?:\s*phut|['’])?)"
_WEEKDAY = r"(?:thu\s*(?:hai|ba|tu|nam|sau|bay|[2-7])|chu\s*nhat)"
_FILL = (
    rf"(?:[\s,:(\"“]|la\b|vao\b|den\b|het\b|truoc\b|trong\b|hon\b|luc\b|ngay(?![a-z])|chieu\b|sang\b|toi\b|cuoi\b|dau\b"
    rf"|giua\b|thoi\s*diem\b|(?:thuong\s*|trung\s*|ha\s*)?tuan(?:\s*thu\s*\d|\s*\d)?\b|cua\b|{_WEEKDAY}\)?|{_HOUR}){{0,20}}+"
)
_LEAD = (
    r"(?<!\w)(?:(?P<span>tu\s*(?:ngay\s*)?\d{1,2}(?:\s*(?:[/.]|thang)\s*\d{1,2})?(?:\s*(?:[/.]|nam)\s*\d{4})?"
    r"\s*(?:[–-]|(?:cho\s*)?den))"
    r"|(?P<strong>(?:(?<!nam )(?<!ky )(?<!quy )(?<!lan )|(?=truoc\s*(?:ngay\s*)?\d))truoc|(?:cham|muon)\s*nhat"
    r"|khong\s*(?:muon|cham|tre|qua)(?:\s*hon)?|han\s*(?:chot|cuoi(?:\s*cung)?)[^.;,\d]{0,60}?"
    r"|(?:thoi\s*(?:han|gian)|han)\s*(?:gui|nop|bao\s*cao|hoan\s*thanh|tra\s*loi|phan\s*hoi|cuoi)[^.;,\d]{0,60}?"
    r"|thoi\s*han\s*:)"
    r"|(?P<weak>het|den|trong|vao|cuoi|dau|giua|tuan))(?:(?![a-z])|(?=ngay))"
)
LIMIT = re.compile(rf"{_LEAD}{_FILL}(?:{_DAY}|{_MONTH}|{_QUARTER}|{_YEAR_END}|{_OF_THIS}|{_OF_EACH})")
_WHOLE = re.compile(r"[^\d]*\d{1,2}\s*(?:[/.-]|tháng)\s*\d{1,2}\s*(?:[/.-]|năm)\s*\d{4}", re.IGNORECASE)
"""Words in which a campaign's file finds the same day by itself."""
_CALLED_LAST = re.compile(rf"ngay\s*{_DAY}\s*\(?\s*(?:la\s*)?(?:thoi\s*)?han\s*(?:chot|cuoi)")
_AND_DAY = re.compile(rf"\s*(?:,|va|;)\s*(?:truoc\s*)?(?:ngay\s*)?{_DAY}")
"""A second day under the same words: ``trước ngày 20/6 và 20/12``."""
_ONLY_IN = re.compile(r"rieng\s*(?:doi\s*voi\s*)?(?:trong\s*)?nam\s*(?P<year>\d{4})[^;.]{0,60}$")
_YEAR_AFTER = re.compile(r"\s*(?:cua\s*)?nam\s*(?:sau|ke\s*tiep|tiep\s*theo|lien\s*ke)")
COUNTED = re.compile(
    r"(?<!\w)(?:(?:cham|muon)\s*nhat|khong\s*qua|trong|sau|truoc)(?:\s|la\b|sau\b|trong\b|thoi\s*(?:han|gian)\b|vong\b"
    r"|toi\s*da\b|khong\s*qua\b)*(?P<count>\d{1,3})\s*(?:\([^)]{1,30}\)\s*)?(?P<unit>ngay|tuan|thang)"
    r"(?P<working>\s*lam\s*viec)?\s*,?\s*(?:ke\s*)?(?:tu|sau)\s*(?:ngay|khi|thoi\s*diem|luc)\s*(?P<since>[^,;.()]{2,80}?)"
    r"(?=\s+(?:va|gui|de|ve|theo|qua|dong\s*thoi|bang)\b|\s*[,;.()]|\s*$)"
)
_SINCE_ITS_DATE = re.compile(r"(?:ky|ban\s*hanh|phat\s*hanh)\b(?!.*\b(?:nhan|hieu\s*luc)\b)")
_EACH = re.compile(
    r"(?:hang|moi)\s*(?P<each>nam|quy|thang)\b|dinh\s*ky\s*(?:hang\s*)?(?P<every>nam|quy|thang|6\s*thang)"
)
_QUARTERLY = re.compile(r"\s*(?:cua\s*)?thang\s*(?:dau|cuoi|thu)[^,;.]{0,12}quy")
_RHYTHMS: dict[str, Rhythm] = {"nam": "yearly", "quy": "quarterly", "thang": "monthly", "6thang": "half-yearly"}
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class Mention:
    """A limit as found: where its words lie, and what they name."""

    start: int
    end: int
    strong: bool
    """Said by words of a limit (``trước``, ``chậm nhất``), not only of a time (``trong``, ``đến``)."""
    day: date | None
    deadline: str = ""
    concluded: Concluded = Concluded.NOTHING
    rhythm: Rhythm | None = None
    hour: str = ""


@dataclass(frozen=True, slots=True)
class Now:
    """What is known of the letter's own time."""

    issued: date | None
    floor: date | None
    """A day before which it cannot ask for anything: its own, or that of the youngest act that it cites."""


def mentions_of(text: str, plain: str, now: Now) -> Iterator[Mention]:
    """Yield every time that *text* could mean as a limit, in its order; *plain* is the same text made bare."""
    taken: list[tuple[int, int]] = []
    made: list[Mention] = []
    for pattern in (COUNTED, LIMIT, _CALLED_LAST):
        for found in pattern.finditer(plain):
            if any(start < found.end() and found.start() < end for start, end in taken):
                continue
            one = _counted(found, now) if pattern is COUNTED else _mention(text, plain, found, now)
            if one is None:
                continue
            taken.append(found.span())
            made.append(one)
            if pattern is LIMIT and found["day"]:
                made += _more(text, plain, found, one, now)
    yield from sorted(made, key=lambda one: one.start)


def _more(text: str, plain: str, first: re.Match[str], one: Mention, now: Now) -> Iterator[Mention]:
    """Yield the limits of the days that follow *first* under the same words."""
    lead, end = _lead(text[first.start() : first.end()]), one.end
    while (found := _AND_DAY.match(plain, end)) is not None:
        bare_one = Mention(found.start("day"), found.end(), one.strong, None, rhythm=_rhythm(plain, found))
        made = _with_day(f"{lead} {text[found.start('day') : found.end()]}", plain, found, now, bare_one)
        end = found.end()
        if made is not None:
            yield made


def _counted(found: re.Match[str], now: Now) -> Mention:
    """Return a limit of so many days from another day; reckoned only from the letter's own date, in calendar days."""
    day = None
    if now.issued and found["unit"] == "ngay" and not found["working"] and _SINCE_ITS_DATE.match(found["since"]):
        day = now.issued + timedelta(days=int(found["count"]))
    deadline = f"chậm nhất ngày {day_in_words(day)}" if day else ""
    concluded = Concluded.COUNTED if day else Concluded.NOTHING
    return Mention(found.start(), found.end(), True, day, deadline, concluded)


def _mention(text: str, plain: str, found: re.Match[str], now: Now) -> Mention | None:
    groups = found.groupdict()
    strong = bool(groups.get("strong")) or re.match(r"(?:thoi )?han\b", found[0]) is not None or "truoc" in found[0]
    open_ = text[found.start() : found.end()].count("(") > 0 and text[found.end() :].startswith(")")
    words = text[found.start() : found.end() + open_]
    hour = text[slice(*found.span("hour"))].strip() if groups.get("hour") else ""
    bare_one = Mention(found.start(), found.end() + open_, strong, None, rhythm=_rhythm(plain, found), hour=hour)
    if groups.get("each_day"):
        return replace(bare_one, rhythm=bare_one.rhythm or "monthly")
    if groups.get("this_day"):
        return _in_this_month(words, groups, now, bare_one)
    if groups.get("day"):
        return _with_day(words, plain, found, now, bare_one)
    end = _end_of_span(groups, now, before=re.search(r"truoc\s*(?:thang|quy)\b", found[0]) is not None)
    if groups.get("only_year") and not re.match(r"het|cuoi|trong|truoc|den (?:het|cuoi)", found[0]):
        return None  # "quy hoạch đến năm 2020" asks for nothing
    if end is None or re.search(r"\b(?:dau|giua|tuan)\b", found[0]):
        return replace(bare_one, rhythm=None)  # "đầu tháng 7" is no day
    deadline = f"{_small(words)} (ngày {day_in_words(end)})"
    return replace(bare_one, day=end, deadline=deadline, concluded=Concluded.LAST_DAY, rhythm=None)


def _in_this_month(words: str, groups: dict[str, str | None], now: Now, mention: Mention) -> Mention:
    """Return a limit on a day of the letter's own month, or of the next one."""
    if now.issued is None:
        return mention
    year, month = divmod(12 * now.issued.year + now.issued.month - 1 + (groups["which"] == "toi"), 12)
    named = _day(year, month + 1, _number(groups["this_day"]))
    if named is None:
        return mention
    deadline = f"{_lead(words)} {day_in_words(named)}"
    return replace(mention, day=named, deadline=deadline, concluded=Concluded.YEAR, rhythm=None)


def _with_day(words: str, plain: str, found: re.Match[str], now: Now, mention: Mention) -> Mention | None:
    groups = found.groupdict()
    day, month = _number(groups["day"]), _number(groups["month"])
    without_year = groups["year"] is None
    if without_year and (_day(2000, month, day) is None or (groups["sep"] in ".–-" and "ngay" not in found[0])):
        return None  # 2.1 is a number of a section, 3-5 a span of anything
    only = _ONLY_IN.search(plain, 0, found.start()) if without_year else None
    if without_year and only is None and mention.rhythm is not None:
        after = _YEAR_AFTER.match(plain, found.end())  # the year after the period's has no place in a campaign's file
        return replace(mention, deadline="" if after else f"{_lead(words)} {day}/{month}/{{nam}}")
    year = int(only["year"]) if only else _next_year(month, day, now)
    year = _year(groups["year"]) if groups["year"] is not None else year
    named = _day(year, month, day) if year else None
    if named is None:
        return replace(mention, rhythm=None)  # 31/4/2025: something is asked for, on a day that there is not
    whole = _WHOLE.fullmatch(words) and not groups.get("span")
    deadline = _small(words) if whole else f"{_lead(words)} {day_in_words(named)}"
    concluded = Concluded.YEAR if without_year else Concluded.NOTHING
    return replace(mention, day=named, deadline=deadline, concluded=concluded, rhythm=None)


def _small(words: str) -> str:
    """Return the words as they stand within a sentence: without capitals at their beginning."""
    return words.lower() if words.isupper() else words[:1].lower() + words[1:]


def _lead(words: str) -> str:
    """Return the words before a date as a deadline begins: ``chậm nhất ngày``; without the hour and the weekday."""
    plain = re.sub(r"\s+", " ", words.lower())
    for lead in ("chậm nhất", "muộn nhất", "không muộn hơn", "không chậm hơn", "không quá", "trước"):
        if lead in plain:
            return f"{lead} ngày"
    return "đến ngày"


def _rhythm(plain: str, found: re.Match[str]) -> Rhythm | None:
    """Return how often it comes back, by the words next to it: before it in its clause, or right behind."""
    before = re.split(r"[;.]", plain[: found.start()])[-1][-60:]
    after = re.split(r"[;.]", plain[found.end("each_day" if found.groupdict().get("each_day") else 0) :])[0][:30]
    if _QUARTERLY.match(after):
        return "quarterly"
    told = [one["each"] or one["every"] for one in (*_EACH.finditer(before), *_EACH.finditer(after))]
    rhythms = [_RHYTHMS[re.sub(r"\s", "", one)] for one in told]
    return "half-yearly" if "half-yearly" in rhythms else rhythms[-1] if rhythms else None


def _end_of_span(groups: dict[str, str | None], now: Now, *, before: bool) -> date | None:
    """Return the last day of the month, quarter or year that is named; with *before*, the last one ahead of it."""
    month, year = 12, groups.get("only_year")
    if groups.get("only_month"):
        month, year = int(groups["only_month"] or 0), groups["month_year"]
    elif groups.get("quarter"):
        quarter = groups["quarter"] or ""
        month, year = 3 * (_QUARTERS.get(quarter) or int(quarter)), groups["quarter_year"]
    if not 1 <= month <= 12:
        return None
    whole = int(year) if year else _next_year(month, 28, now)
    if whole is None:
        return None
    if before:
        return date(whole, month - (2 if groups.get("quarter") else 0), 1) - timedelta(days=1)
    return date(whole, month, monthrange(whole, month)[1])


def _next_year(month: int, day: int, now: Now) -> int | None:
    """Return the year in which a day without one comes next after the letter; None where its time is not known."""
    if now.floor is None:
        return None
    same = _day(now.floor.year, month, day)
    return now.floor.year + (same is not None and same < now.floor)


def _number(digits: str | None) -> int:
    return int(re.sub(r"\s", "", digits or "0"))


def _year(digits: str) -> int:
    year = _number(digits)
    return year + 2000 if year < 100 else year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
