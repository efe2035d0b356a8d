"""The shape of the dated parameters and of the calendar, as a clerk writes them."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations while the program runs
from decimal import Decimal  # noqa: TC003
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.check.written import Key, Text, WrittenTable


class WrittenParameter(WrittenTable):
    """``[[parameter]]``: a legal number, from one day on."""

    name: Key
    title: Text
    unit: Text
    value: Annotated[Decimal, Field(max_digits=21, decimal_places=6)]
    since: date
    until: date | None = None
    source: Text


class Subject(StrEnum):
    """What may be paused."""

    KKT = "KKT"
    KCN = "KCN"
    CCN = "CCN"


class WrittenMoratorium(WrittenTable):
    """``[[moratorium]]``: a time in which nothing new is planned or founded."""

    subjects: tuple[Subject, ...] = Field(min_length=1)
    since: date
    until: date | None = None
    source: Text


class WrittenParameters(WrittenTable):
    """``parameters.toml``."""

    parameter: tuple[WrittenParameter, ...] = ()
    moratorium: tuple[WrittenMoratorium, ...] = ()


class WrittenException(WrittenTable):
    """``[[exception]]`` of the calendar."""

    off: tuple[date, ...] = ()
    worked: tuple[date, ...] = ()
    reason: Text
    source: Text


class WrittenCalendar(WrittenTable):
    """``calendar.toml``."""

    exception: tuple[WrittenException, ...] = ()
