"""A recurring request laid out in time: one campaign for each period, and one for each request between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.check.days import find_day
from bot.model import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.check.written import Sheet
    from bot.check.written_campaign import WrittenCampaign, WrittenObligation, WrittenPeriod, WrittenRequest
    from bot.model import Campaign, Rhythm

_TIMES: dict[Rhythm, int] = {"yearly": 1, "half-yearly": 2, "quarterly": 4, "monthly": 12}
_LONGEST = 60
"""Years that a request may be laid out for: more is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Round:
    """One campaign to be, with the obligations of its file that belong to it."""

    campaign: Campaign
    owed: tuple[tuple[tuple[str | int, ...], WrittenObligation], ...]
    """Each with its place in the file."""
    year: int | None = None

    def words(self, text: str) -> str:
        """Return *text* with the year of the round put in."""
        return text if self.year is None else in_year(text, self.year)


def in_year(text: str, year: int) -> str:
    """Return *text* with ``{nam}`` and ``{nam_truoc}`` replaced."""
    return text.replace("{nam_truoc}", str(year - 1)).replace("{nam}", str(year))


def rounds_of(sheet: Sheet, read: WrittenCampaign, campaign: Campaign) -> list[Round]:
    """Return the rounds of a campaign's file in the order of time; a campaign that does not recur is one round."""
    numbered = [(("obligation", number), one) for number, one in enumerate(read.obligation)]
    if not _is_whole(sheet, read):
        return []
    if read.recurs is None or read.years is None:
        return [Round(campaign, tuple(numbered))]
    periods = []
    for year in range(read.years[0], read.years[1] + 1):
        for number, one in enumerate(read.period):
            period = _period(sheet, ("period", number), one, year)
            if period is None:
                return []
            owed = tuple(pair for pair in numbered if pair[1].period == one.id)
            periods.append(Round(_of_period(campaign, period), owed, year))
    return [*_end_each_with_the_next(periods), *(_of_request(campaign, n, one) for n, one in enumerate(read.request))]


def _is_whole(sheet: Sheet, read: WrittenCampaign) -> bool:
    """Tell whether what recurs says when, and what does not recur says nothing of periods."""
    sound = True
    if read.recurs is None:
        for name in ("period", "request", "years"):
            if getattr(read, name):
                sheet.wrong((name, 0), f"Khóa {name} chỉ dùng cho đợt định kỳ (có khóa recurs)")
                sound = False
    elif read.years is None or not read.years[0] <= read.years[1] <= read.years[0] + _LONGEST:
        sheet.wrong(("years",), "Đợt định kỳ phải có years = [năm đầu, năm cuối]")
        sound = False
    elif len(read.period) != _TIMES[read.recurs]:
        say = f'recurs = "{read.recurs}" phải có {_TIMES[read.recurs]} mục [[period]], đang có {len(read.period)}'
        sheet.wrong(("recurs",), say)
        sound = False
    known = {one.id for one in read.period}
    for number, one in enumerate(read.obligation):
        if (one.period is None) != (read.recurs is None) or (one.period and one.period not in known):
            say = f'Không có kỳ "{one.period}"' if one.period else "Nghĩa vụ của đợt định kỳ phải có khóa period"
            sheet.wrong(("obligation", number, "period"), say)
            sound = False
    return sound


def _period(sheet: Sheet, path: tuple[str | int, ...], read: WrittenPeriod, year: int) -> Period | None:
    days = {name: find_day(in_year(getattr(read, name), year)) for name in ("begin", "end")}
    for name in (name for name, day in days.items() if day is None):
        sheet.wrong(
            (*path, name), f'Không thấy ngày trong "{getattr(read, name)}"; ví dụ cách ghi đúng: "14/6/{{nam}}"'
        )
    begin, end = days["begin"], days["end"]
    if begin is None or end is None:
        return None
    if end < begin:
        sheet.wrong((*path, "end"), "Ngày cuối của kỳ đứng trước ngày đầu")
        return None
    words = tuple(in_year(one, year) for one in read.words)
    return Period(f"{year}-{read.id}", in_year(read.title, year), begin, end, words)


def _of_period(campaign: Campaign, period: Period) -> Campaign:
    return replace(
        campaign,
        id=f"{campaign.id}.{period.id}",
        title=f"{campaign.title}, {period.title}",
        opened=period.end + timedelta(days=1),
        series=campaign.id,
        period=period,
    )


def _of_request(campaign: Campaign, number: int, read: WrittenRequest) -> Round:
    asked = replace(
        campaign,
        id=f"{campaign.id}.{read.id}",
        title=read.title,
        dispatch=read.dispatch,
        opened=read.opened,
        closed=read.closed,
        series=campaign.id,
    )
    return Round(asked, tuple((("request", number, "obligation", n), one) for n, one in enumerate(read.obligation)))


def _end_each_with_the_next(rounds: Sequence[Round]) -> Iterator[Round]:
    """Yield the rounds by time; each is followed until the day before the next one is opened."""
    ordered = sorted(rounds, key=lambda one: one.campaign.opened)
    for one, following in pairwise(ordered):
        yield replace(one, campaign=replace(one.campaign, closed=_day_before(following.campaign.opened)))
    yield from ordered[-1:]


def _day_before(day: date) -> date:
    return day - timedelta(days=1)
