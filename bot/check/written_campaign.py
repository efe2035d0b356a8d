"""The shape of a campaign's file, as a clerk writes it."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations while the program runs
from typing import Annotated

from pydantic import Field, StrictBool, StringConstraints

from bot.check.written import Key, Text, WrittenTable
from bot.model import Counting, FigureKey, Rhythm  # noqa: TC001

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]


class WrittenContact(WrittenTable):
    """``[contact]`` of a campaign: a role, never a person."""

    role: Text
    telephone: str = ""
    hours: str = ""
    address: str = ""


class WrittenObligation(WrittenTable):
    """``[[obligation]]`` of a campaign, and ``[[request.obligation]]`` of a recurring one."""

    forms: tuple[Text, ...] = ()
    narratives: tuple[Text, ...] = ()
    owed_by: Text
    deadline: Text | None = None
    period: Id | None = None
    signed: Text | None = None


class WrittenException(WrittenTable):
    """``[[exception]]``: what one reporter owes otherwise than the others, on a day, for a reason."""

    reporter: Text
    forms: tuple[Text, ...] = ()
    period: Id | None = None
    deadline: Text | None = None
    owes: bool = True
    since: date
    reason: Text


class WrittenPeriod(WrittenTable):
    """``[[period]]`` of a recurring campaign; ``{nam}`` stands for its year, ``{nam_truoc}`` for the one before."""

    id: Id
    title: Text
    begin: Text
    end: Text
    words: tuple[Text, ...] = ()


class WrittenRequest(WrittenTable):
    """``[[request]]`` of a recurring campaign: what is asked for once, between the periods."""

    id: Id
    title: Text
    dispatch: Text
    opened: date
    closed: date | None = None
    obligation: tuple[WrittenObligation, ...] = Field(min_length=1)


class WrittenSection(WrittenTable):
    """``[[outline.section]]``: one part that a narrative must have."""

    title: Text
    pattern: Text
    required: bool = True


class WrittenFigure(WrittenTable):
    """``[[outline.figure]]``: a figure that the text quotes and a form gives."""

    key: FigureKey
    name: Text
    form: Text
    unit: str = ""
    sum: Key | None = None
    share: tuple[Key, Key] | None = None


class WrittenOutline(WrittenTable):
    """``[[outline]]`` of a campaign: a narrative that is asked for."""

    id: Id
    title: Text
    name: Text
    beside: Text | None = None
    source: Text
    words: tuple[Text, ...] = Field(min_length=1)
    section: tuple[WrittenSection, ...] = Field(min_length=1)
    figure: tuple[WrittenFigure, ...] = ()


class WrittenCampaign(WrittenTable):
    """``<campaign>/campaign.toml``."""

    draft: StrictBool = False
    id: Id
    title: Text
    ministry: Text
    department: Text
    dispatch: str = ""
    opened: date
    closed: date | None = None
    basis: tuple[Text, ...] = ()
    counting: Counting = "lenient"
    reminders: tuple[Annotated[int, Field(ge=0)], ...] = (14, 7, 3, 1)
    copy_to_contacts: StrictBool = False
    remind_every: Annotated[int, Field(ge=0, le=60)] = 7
    escalate_after: Annotated[int, Field(ge=0)] = 7
    recurs: Rhythm | None = None
    years: tuple[int, int] | None = None
    contact: WrittenContact
    obligation: tuple[WrittenObligation, ...] = ()
    exception: tuple[WrittenException, ...] = ()
    period: tuple[WrittenPeriod, ...] = ()
    request: tuple[WrittenRequest, ...] = ()
    outline: tuple[WrittenOutline, ...] = ()
