"""Which period of a recurring request a sheet names, and whether it is one that can be meant today."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.language import fold, one_line
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.model import Campaign, History

_EARLY = timedelta(days=31)
"""So long before a period is over its form may come: an office that is ready does not wait for the last day."""
_YEAR = r"(?:\s*[/-]\s*|\s+(?:năm\s+)?)20\d\d\b"
_ANY_PERIOD = re.compile(
    rf"\b(?:qu[ýí]\s*(?:IV|I{{1,3}}|[1-4])|(?:6|9|12|sáu|chín|mười hai)\s+tháng(?:\s+(?:đầu|cuối))?|"
    rf"(?:kỳ|kì)(?:\s+báo\s+cáo)?:?\s+(?:tháng\s+\d{{1,2}}|(?=năm))|cả(?=\s+năm)|báo\s+cáo(?=\s+năm)){_YEAR}",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"(?:so với|cùng kỳ|cùng kì|lũy kế|luỹ kế)[^.;,\n]{0,30}$", re.IGNORECASE)


def named_rounds(rounds: Sequence[Campaign], text: str) -> tuple[Campaign, ...]:
    """Return the *rounds* whose period *text* names, in the order of the text.

    Words inside longer ones do not count: "6 tháng đầu năm 2026" does not name the year 2026.
    """
    folded = f" {fold(text)} "
    hits = [
        (found, found + len(words), one)
        for one in rounds
        if one.period is not None
        for words in {fold(wording) for wording in (one.period.title, *one.period.words)}
        if (found := folded.find(f" {words} ")) >= 0
    ]
    whole = [hit for hit in hits if not any(_is_inside(hit, other) for other in hits)]
    return tuple({one.id: one for _, _, one in sorted(whole, key=lambda hit: hit[0])}.values())


def _is_inside(hit: tuple[int, int, Campaign], other: tuple[int, int, Campaign]) -> bool:
    return other[0] <= hit[0] and hit[1] <= other[1] and hit[1] - hit[0] < other[1] - other[0]


def strange_period(text: str) -> str:
    """Return the words with which *text* names some stretch of a year ("Quý II năm 2026"); empty where it does not.

    What it only compares with ("so với cùng kỳ …") is passed over.
    """
    found = (one for one in _ANY_PERIOD.finditer(text) if not _COMPARED.search(text[: one.start()]))
    return next((one_line(each[0], 60) for each in found), "")


def is_other_period(named: Campaign, asked: Campaign, form: str, said: str, history: History, day: date) -> bool:
    """Tell whether a form cannot be meant for the period that it names.

    Either that period is far from over, as where January's report of the year past is headed with the new year. Or it
    was settled long ago while the one that is *asked* for now is still missing: last time's file with last time's
    heading. Who means to correct the old one says so in the mail (*said*), and is taken at the word. Before the first
    period is opened nothing is asked for, and every answer is early.
    """
    if named.id == asked.id or asked.opened > day:
        return False
    if named.opened > day:
        return named.opened - day > _EARLY
    accepted = {one.campaign for one in history.settled if one.form == form and one.verdict is Outcome.ACCEPTED}
    return named.id in accepted and asked.id not in accepted and not named_rounds((named,), said)
