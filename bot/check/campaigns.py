"""A campaign file becomes campaigns and their obligations: who owes which form, and by when in the letter's words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb

from bot.check.days import find_day
from bot.check.periods import rounds_of
from bot.check.sql import forbidden, read_syntax
from bot.check.written import Sheet
from bot.check.written_campaign import WrittenCampaign
from bot.model import Campaign, Contact, Deadline, Figure, Obligation, Outline, Section

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from bot.check.mistakes import Mistakes
    from bot.check.periods import Round
    from bot.check.written_campaign import WrittenException, WrittenObligation, WrittenOutline

_Path = tuple[str | int, ...]

_AFTER_LAST_DEADLINE = timedelta(days=35)
"""A campaign without an end is followed for five weeks after its last deadline."""


def read_campaign(
    file: str, data: bytes, forms: Collection[str], database: duckdb.DuckDBPyConnection, mistakes: Mistakes
) -> tuple[tuple[Campaign, ...], tuple[Obligation, ...]] | None:
    """Return the campaigns of ``<campaign>/campaign.toml`` and all that reporters owe in them.

    A request that recurs gives one campaign for each of its periods. *forms* are the ids of the campaign's form
    files; *database* holds the table ``reporters`` with the days since and until which each of them exists.
    """
    sheet = Sheet(file, data, mistakes)
    read = sheet.read(WrittenCampaign)
    if read is None:
        return None
    folder = file.split("/")[0]
    if read.id != folder:
        sheet.wrong(("id",), f'id "{read.id}" khác tên thư mục "{folder}"')
    desk = _Desk(sheet, read, forms, database)
    campaign = Campaign(
        id=read.id,
        title=read.title,
        ministry=read.ministry,
        department=read.department,
        dispatch=read.dispatch,
        opened=read.opened,
        closed=read.closed,
        contact=Contact(**read.contact.model_dump()),
        basis=read.basis,
        reminders=read.reminders,
        copy_to_contacts=read.copy_to_contacts,
        remind_every=read.remind_every,
        escalate_after=read.escalate_after,
        outlines=tuple(desk.outline(number, one) for number, one in enumerate(read.outline)),
    )
    campaigns, owed = [], []
    for one in rounds_of(sheet, read, campaign):
        asked = desk.obligations(one)
        campaigns.append(_complete(one.campaign, asked, forms))
        owed += asked
    desk.look_for_lost_exceptions({one.period.id for one in campaigns if one.period})
    return tuple(campaigns), tuple(owed)


def _complete(campaign: Campaign, owed: Sequence[Obligation], forms: Collection[str]) -> Campaign:
    """Return the campaign with its forms in the letter's order, and the last day on which it is followed."""
    named = tuple(dict.fromkeys(one.form for one in owed if one.form in forms))
    others = () if campaign.series else tuple(sorted(set(forms) - set(named)))
    days = [one.deadline.day for one in owed if one.deadline]
    last = campaign.closed or (max(days) + _AFTER_LAST_DEADLINE if days else None)
    return replace(campaign, forms=named + others, last_day=last)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One campaign file while it is read."""

    sheet: Sheet
    read: WrittenCampaign
    forms: Collection[str]
    database: duckdb.DuckDBPyConnection
    _codes: dict[str, list[tuple[str, date | None, date | None]] | None] = field(default_factory=dict)
    _told: set[_Path] = field(default_factory=set)

    def outline(self, number: int, read: WrittenOutline) -> Outline:
        """Return a narrative's outline; a pattern that is no regular expression is a mistake."""
        path: _Path = ("outline", number)
        others = [one.id for one in self.read.outline[:number]]
        if read.id in others or read.id in self.forms:
            self._wrong((*path, "id"), f"Mã {read.id} đã dùng cho một biểu hoặc đề cương khác")
        for place, one in enumerate(read.section):
            try:
                re.compile(one.pattern)
            except re.error as error:
                self._wrong((*path, "section", place, "pattern"), f"pattern không phải biểu thức chính quy: {error}")
        sections = tuple(Section(one.title, one.pattern, one.required) for one in read.section)
        if read.beside is not None and read.beside not in self.forms:
            self._wrong((*path, "beside"), f"Không có tệp {self.read.id}/{read.beside}.toml cho biểu {read.beside}")
        figures = tuple(
            Figure(one.key, one.name, one.form, one.unit, one.sum or "", one.share or ()) for one in read.figure
        )
        for place, figure in enumerate(figures):
            if figure.form not in self.forms:
                self._wrong((*path, "figure", place, "form"), f"Không có tệp {self.read.id}/{figure.form}.toml")
        return Outline(read.id, read.title, read.source, sections, read.words, read.name, read.beside or "", figures)

    def obligations(self, turn: Round) -> list[Obligation]:
        """Return all that is owed in one round, exceptions counted in."""
        owed: dict[tuple[str, str], Obligation] = {}
        for path, one in turn.owed:
            self._check_names(path, one)
            deadline = self._deadline((*path, "deadline"), turn, one.deadline)
            codes = self._owing((*path, "owed_by"), one.owed_by, turn.campaign.opened)
            for form in (*one.forms, *one.narratives):
                for code in codes:
                    one_of = Obligation(turn.campaign.id, form, code, deadline, one.signed or "")
                    owed.setdefault((form, code), one_of)
        for number, exception in enumerate(self.read.exception):
            self._except(("exception", number), exception, turn, owed)
        return list(owed.values())

    def look_for_lost_exceptions(self, periods: Collection[str]) -> None:
        """Keep as mistakes what exceptions name and nobody knows."""
        for number, one in enumerate(self.read.exception):
            if one.period is not None and one.period not in periods:
                self._wrong(("exception", number, "period"), f'Không có kỳ "{one.period}"')

    def _check_names(self, path: _Path, read: WrittenObligation) -> None:
        if not read.forms and not read.narratives:
            self._wrong(path, "Nghĩa vụ phải nêu biểu (forms) hoặc báo cáo lời văn (narratives)")
        for form in (form for form in read.forms if form not in self.forms):
            self._wrong((*path, "forms"), f"Không có tệp {self.read.id}/{form}.toml cho biểu {form}")
        known = {one.id for one in self.read.outline}
        for one in (one for one in read.narratives if one not in known):
            self._wrong((*path, "narratives"), f"Không có mục [[outline]] nào mang mã {one}")
        if read.signed is not None and read.signed not in (*read.forms, *read.narratives):
            self._wrong((*path, "signed"), f"{read.signed} không có trong forms hay narratives của nghĩa vụ này")

    def _deadline(self, path: _Path, turn: Round, words: str | None, reason: str = "") -> Deadline | None:
        if words is None:
            return None
        said = turn.words(words)
        day = find_day(said)
        if day is None:
            self._wrong(path, f'Không thấy ngày trong "{words}"; nếu văn bản không nêu, bỏ khóa')
            return None
        return Deadline(said, day, self.read.counting, reason)

    def _owing(self, path: _Path, condition: str, day: date) -> list[str]:
        """Return the codes of those who meet the condition and exist on *day*."""
        if condition not in self._codes:
            self._codes[condition] = self._ask(path, condition)
        found = self._codes[condition]
        if found is None:
            return []
        codes = [code for code, since, until in found if (not since or since <= day) and (not until or day <= until)]
        if not codes:
            self._wrong(path, f"Không có đơn vị nào đáp ứng điều kiện này vào ngày {day:%d/%m/%Y}")
        return codes

    def _ask(self, path: _Path, condition: str) -> list[tuple[str, date | None, date | None]] | None:
        syntax = read_syntax(self.database, f"SELECT {condition}\n")
        if syntax.select != 1 or not syntax.bare or forbidden(syntax, frozenset({"reporters"})):
            say = syntax.fault or "phải là một điều kiện trên bảng reporters"
            self._wrong(path, f"SQL không đọc được: {say}")
            return None
        try:
            sql = f"SELECT code, since, until FROM reporters WHERE ({condition}\n) ORDER BY code"  # noqa: S608
            return self.database.execute(sql).fetchall()
        except duckdb.Error as error:
            self._wrong(path, f"SQL không hợp với reporters.csv: {str(error).splitlines()[0]}")
            return None

    def _except(
        self, path: _Path, read: WrittenException, turn: Round, owed: dict[tuple[str, str], Obligation]
    ) -> None:
        """Change what one reporter owes in this round; an exception that names a period belongs to that one."""
        period = turn.campaign.period
        if read.period is not None and (period is None or period.id != read.period):
            return
        mine = [form for form, code in owed if code == read.reporter]
        named = [form for form in mine if not read.forms or form in read.forms]
        if not named or (read.forms and set(read.forms) - set(mine)):
            said = ", ".join(sorted(set(read.forms) - set(mine))) or "biểu nào"
            self._wrong((*path, "reporter"), f'Đơn vị "{read.reporter}" không phải gửi {said} trong đợt này')
        if read.owes and read.deadline is None:
            self._wrong(path, "Ngoại lệ phải nêu hạn mới (deadline) hoặc ghi owes = false")
        deadline = self._deadline((*path, "deadline"), turn, read.deadline, read.reason)
        for form in named:
            if read.owes:
                owed[form, read.reporter] = replace(owed[form, read.reporter], deadline=deadline)
            else:
                del owed[form, read.reporter]

    def _wrong(self, path: _Path, say: str) -> None:
        """Keep a mistake once, however many periods it would be told for."""
        if path not in self._told:
            self._told.add(path)
            self.sheet.wrong(path, say)
