"""A campaign file becomes a Campaign and its obligations: who owes which form, and by when in the letter's words."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import duckdb

from bot.check.sql import forbidden, read_syntax
from bot.check.written import Sheet
from bot.check.written_campaign import WrittenCampaign
from bot.model import Campaign, Contact, Deadline, Obligation

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.check.mistakes import Mistakes
    from bot.check.written_campaign import WrittenObligation

_DAY = re.compile(r"(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})")


def read_campaign(
    file: str, data: bytes, forms: Collection[str], database: duckdb.DuckDBPyConnection, mistakes: Mistakes
) -> tuple[Campaign, tuple[Obligation, ...]] | None:
    """Return the campaign of ``<campaign>/campaign.toml`` and all that reporters owe in it.

    *forms* are the ids of the campaign's form files; *database* holds the table ``reporters``.
    """
    sheet = Sheet(file, data, mistakes)
    read = sheet.read(WrittenCampaign)
    if read is None:
        return None
    folder = file.split("/")[0]
    if read.id != folder:
        sheet.wrong(("id",), f'id "{read.id}" khác tên thư mục "{folder}"')
    owed: list[Obligation] = []
    for number, one in enumerate(read.obligation):
        owed += _owed(sheet, read.id, number, one, forms, database)
    named = dict.fromkeys(form for one in read.obligation for form in one.forms)
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
        forms=(*(form for form in named if form in forms), *sorted(set(forms) - named.keys())),
        reminders=read.reminders,
    )
    return campaign, tuple(owed)


def find_day(words: str) -> date | None:
    """Return the day that the words of a letter name: ``trước ngày 15/7/2012``, ``ngày 15 tháng 7 năm 2012``."""
    found = _DAY.search(words)
    if not found:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None  # 31/6/2012: digits in the shape of a date


def _owed(
    sheet: Sheet,
    campaign: str,
    number: int,
    read: WrittenObligation,
    forms: Collection[str],
    database: duckdb.DuckDBPyConnection,
) -> list[Obligation]:
    at = ("obligation", number)
    for form in (form for form in read.forms if form not in forms):
        sheet.wrong((*at, "forms"), f"Không có tệp {campaign}/{form}.toml cho biểu {form}")
    deadline = None
    if read.deadline is not None:
        day = find_day(read.deadline)
        if day is None:
            sheet.wrong((*at, "deadline"), f'Không thấy ngày trong "{read.deadline}"; nếu văn bản không nêu, bỏ khóa')
        else:
            deadline = Deadline(read.deadline, day)
    codes = _codes(sheet, (*at, "owed_by"), read.owed_by, database)
    return [Obligation(campaign, form, code, deadline) for form in read.forms for code in codes]


def _codes(sheet: Sheet, path: tuple[str | int, ...], condition: str, database: duckdb.DuckDBPyConnection) -> list[str]:
    syntax = read_syntax(database, f"SELECT {condition}\n")
    if syntax.select != 1 or not syntax.bare or forbidden(syntax, frozenset({"reporters"})):
        say = syntax.fault or "phải là một điều kiện trên bảng reporters"
        sheet.wrong(path, f"SQL không đọc được: {say}")
        return []
    try:
        found = database.execute(f"SELECT code FROM reporters WHERE ({condition}\n) ORDER BY code").fetchall()  # noqa: S608
    except duckdb.Error as error:
        sheet.wrong(path, f"SQL không hợp với reporters.csv: {str(error).splitlines()[0]}")
        return []
    if not found:
        sheet.wrong(path, "Không có đơn vị nào đáp ứng điều kiện này")
    return [code for (code,) in found]
