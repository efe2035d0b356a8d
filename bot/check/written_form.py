"""The shape of a form's file and of the machine's own notices, as a clerk writes them."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations while the program runs
from decimal import Decimal  # noqa: TC003
from typing import Any

from pydantic import Field, StrictBool

from bot.check.written import Key, Text, WrittenTable
from bot.model import ColumnType, Layout, Severity, Status  # noqa: TC001


class WrittenChoice(WrittenTable):
    """One entry of ``choices``."""

    value: Text
    aliases: tuple[Text, ...] = ()


class WrittenColumn(WrittenTable):
    """``[[column]]`` of a form."""

    key: Key
    header: tuple[Text, ...] = Field(min_length=1)
    type: ColumnType
    unit: Text | None = None
    required: StrictBool = False
    required_when: Text | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    above: Decimal | None = None
    choices: tuple[WrittenChoice, ...] = ()
    sum: StrictBool = False
    ratio: tuple[Key, ...] = ()
    example: str = ""
    number: str = ""


class WrittenRule(WrittenTable):
    """``[[rule]]`` of a form."""

    id: Key
    title: Text
    severity: Severity
    status: Status
    since: date
    source: Text
    cell: Key
    say: Text
    fix: Text
    require: Text | None = None
    query: Text | None = None
    good: tuple[dict[str, Any], ...] = ()
    bad: tuple[dict[str, Any], ...] = Field(min_length=1)


class WrittenRetired(WrittenTable):
    """``[[retired]]`` of a form: a layout that was in use once."""

    name: Text
    source: Text
    header: tuple[Text, ...] = Field(min_length=3)


class WrittenShortlist(WrittenTable):
    """``[[shortlist]]`` of a form."""

    title: Text
    where: Text


class WrittenForm(WrittenTable):
    """``<campaign>/<form>.toml``."""

    id: Text
    title: Text
    source: Text
    row_key: tuple[Key, ...] = ()
    sequence: Key | None = None
    group: Key | None = None
    layout: Layout = "rows"
    record: Key | None = None
    nil: StrictBool = False
    words: tuple[Text, ...] = ()
    zone: Key | None = None
    totals: tuple[Key, ...] = ()
    shortlist: tuple[WrittenShortlist, ...] = ()
    column: tuple[WrittenColumn, ...] = Field(min_length=1)
    retired: tuple[WrittenRetired, ...] = ()
    rule: tuple[WrittenRule, ...] = ()


class WrittenLike(WrittenTable):
    """``<campaign>/<form>.toml`` of a form that has the columns and the rules of another one."""

    id: Text
    like: Text
    title: Text
    source: Text | None = None
    words: tuple[Text, ...] = ()
    without: tuple[Key, ...] = ()
    example: dict[Key, str] = Field(default_factory=dict)
    rule: tuple[WrittenRule, ...] = ()


class WrittenNotice(WrittenTable):
    """``[[notice]]`` of ``chung.toml``."""

    id: Key
    title: Text
    severity: Severity
    say: Text
    fix: Text


class WrittenNotices(WrittenTable):
    """``chung.toml``."""

    notice: tuple[WrittenNotice, ...] = Field(min_length=1)
