"""What holds from one day to another: legal numbers, pauses, and days on which offices keep no common calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bot.check.written import Sheet
from bot.check.written_registers import WrittenCalendar, WrittenParameters
from bot.language import day as day_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.check.mistakes import Mistakes
    from bot.check.written_registers import WrittenParameter

PARAMETERS = "parameters.toml"
CALENDAR = "calendar.toml"

_Rows = list[dict[str, Any]]


def read_parameters(files: Mapping[str, bytes], mistakes: Mistakes) -> tuple[_Rows, _Rows]:
    """Return the rows of ``tam_dung`` and of ``tham_so``: pauses and dated legal numbers."""
    if PARAMETERS not in files:
        return [], []
    sheet = Sheet(PARAMETERS, files[PARAMETERS], mistakes)
    read = sheet.read(WrittenParameters)
    if read is None:
        return [], []
    spans = [("parameter", number, one.since, one.until) for number, one in enumerate(read.parameter)]
    spans += [("moratorium", number, one.since, one.until) for number, one in enumerate(read.moratorium)]
    for key, number, since, until in spans:
        if until is not None and until < since:
            say = f"Ngày cuối {day_in_words(until)} trước ngày đầu {day_in_words(since)}"
            sheet.wrong((key, number, "until"), say)
    pauses = [
        {"doi_tuong": subject.value, "tu_ngay": one.since, "den_ngay": one.until, "nguon": one.source}
        for one in read.moratorium
        for subject in one.subjects
    ]
    return pauses, _values(sheet, read.parameter)


def read_workdays(files: Mapping[str, bytes], mistakes: Mistakes) -> dict[date, bool]:
    """Return the days of ``calendar.toml`` on which state offices work (True) or rest (False) against the calendar."""
    if CALENDAR not in files:
        return {}
    sheet = Sheet(CALENDAR, files[CALENDAR], mistakes)
    read = sheet.read(WrittenCalendar)
    days: dict[date, bool] = {}
    for number, one in enumerate(read.exception if read else ()):
        if not one.off and not one.worked:
            sheet.wrong(("exception", number), "Mục này chưa ghi ngày nào ở off hoặc worked")
        for key, listed, works in (("off", one.off, False), ("worked", one.worked, True)):
            for day in listed:
                if day in days:
                    sheet.wrong(("exception", number, key), f"Ngày {day_in_words(day)} đã ghi ở trên")
                elif not works and day.weekday() >= 5:
                    sheet.wrong(("exception", number, key), f"Ngày {day_in_words(day)} là cuối tuần, vốn đã nghỉ")
                days[day] = works
    return days


def _values(sheet: Sheet, written: Sequence[WrittenParameter]) -> _Rows:
    """Return the rows of ``tham_so``: a value without a last day ends where the next one of its name begins."""
    rows: _Rows = []
    order = sorted(range(len(written)), key=lambda number: (written[number].name, written[number].since))
    for place, number in enumerate(order):
        one = written[number]
        later = [written[other] for other in order[place + 1 :] if written[other].name == one.name]
        until = one.until
        if later and (until or one.since) >= later[0].since:
            since = day_in_words(later[0].since)
            sheet.wrong(("parameter", number, "since"), f"{one.name} có hai giá trị cùng hiệu lực từ ngày {since}")
        elif later and until is None:
            until = later[0].since - timedelta(days=1)
        rows.append({
            "ten": one.name, "tu_ngay": one.since, "den_ngay": until, "gia_tri": one.value, "nguon": one.source,
        })  # fmt: skip
    return rows
