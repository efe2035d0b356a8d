"""The ministry's knowledge as types: campaigns, forms, columns, rules, reporters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """It blocks: the sheet is returned."""
    QUERY = "query"
    """It asks: the number may stay if it is explained."""
    NOTE = "note"
    """It informs: something was understood or repaired on the way."""


class Status(StrEnum):
    """The life of a rule: the findings of a trial rule go to the ministry only."""

    TRIAL = "trial"
    ACTIVE = "active"
    RETIRED = "retired"


ColumnType = Literal["text", "integer", "decimal", "percent", "date", "year", "choice", "identifier"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of a column, with the other wordings that mean it."""

    value: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form; matched by its header's words, never by its position."""

    key: str
    """The form's own Vietnamese words in ASCII: ``dien_tich_thue_ha``."""
    header: tuple[str, ...]
    """Accepted wordings, the official one first. ``A > B`` means B under the merged header A."""
    type: ColumnType
    unit: str | None = None
    required: bool = False
    required_when: str | None = None
    """An SQL condition over the row's columns under which an empty cell is an error."""
    min: Decimal | None = None
    max: Decimal | None = None
    above: Decimal | None = None
    """An exclusive lower bound."""
    choices: tuple[Choice, ...] = ()
    sum: bool = False
    """The total row of the sheet must hold the sum of this column."""
    example: str = ""

    @property
    def title(self) -> str:
        """Return the official header, as it is named in replies."""
        return self.header[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wrong in general; a finding is what is wrong here."""

    id: str
    title: str
    severity: Severity
    status: Status
    since: date
    source: str
    cell: str
    """The key of the column whose cell is named."""
    say: str
    """One sentence with ``{column_key}`` places, filled with the values of the row."""
    fix: str
    require: str | None = None
    """An SQL condition that every row must meet; NULL says nothing."""
    query: str | None = None
    """Or a SELECT that yields ``_sheet, _row`` and evidence columns of each offending row."""
    good: tuple[Mapping[str, object], ...] = ()
    bad: tuple[Mapping[str, object], ...] = ()
    columns: tuple[str, ...] = ()
    """The columns that its SQL reads, found by the loader in the syntax tree."""


@dataclass(frozen=True, slots=True)
class Form:
    """A spreadsheet layout to fill in: one TOML file."""

    id: str
    campaign: str
    title: str
    source: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    row_key: tuple[str, ...]
    """The columns that say which thing a row is about (a project's certificate, a park's name)."""
    sequence: str | None = None
    """The column of running numbers (TT); a Roman numeral or a letter there marks a group row."""
    group: str | None = None
    """The column whose value a group row may give for the rows below it."""

    @property
    def full_id(self) -> str:
        """Return the name that is unique among all campaigns: ``2012-kkt-kcn/III.4``."""
        return f"{self.campaign}/{self.id}"

    def column(self, key: str) -> Column:
        """Return the column of that key; raises KeyError where there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date in the letter's own words."""

    words: str
    """``trước ngày 15/7/2012``: what replies print."""
    day: date
    """The day that the words name."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """That a reporter must send a form in a campaign."""

    campaign: str
    form: str
    """The id within the campaign."""
    reporter: str
    deadline: Deadline | None
    """None where the letter gives none; then nobody is reminded and nothing is late."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a reporter may call: a role, never a person's name."""

    role: str
    telephone: str = ""
    hours: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One official request."""

    id: str
    title: str
    ministry: str
    department: str
    dispatch: str
    """Number and date of the letter, as replies cite it; empty where they are not known."""
    opened: date
    contact: Contact
    basis: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    """The ids of its forms, in the letter's order."""
    reminders: tuple[int, ...] = ()
    """Stages, as working days before the deadline."""
    closed: date | None = None


@dataclass(frozen=True, slots=True)
class Reporter:
    """A body that must report."""

    code: str
    name: str
    """``Nghệ An``."""
    full_name: str
    """``Tỉnh Nghệ An``."""
    addressee: str
    """As "Kính gửi" names it."""
    kind: str
    """``tinh`` (a province or a centrally run city), ``tap_doan`` (a corporation) …"""
    region: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    """The addresses that may speak for it, from the operator's contacts file; ``*@domain`` is a whole domain."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of a finding that the machine makes by itself (required, type, bounds …), from ``rules/chung.toml``."""

    id: str
    title: str
    severity: Severity
    say: str
    fix: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All of ``rules/``, loaded as one."""

    campaigns: tuple[Campaign, ...]
    forms: tuple[Form, ...]
    reporters: tuple[Reporter, ...]
    obligations: tuple[Obligation, ...]
    notices: Mapping[str, Notice]
    hash: str
    """SHA-256 over the names and bytes of all files: each decision stores it."""

    def campaign(self, campaign_id: str) -> Campaign:
        """Return the campaign of that id; raises KeyError where there is none."""
        return next((one for one in self.campaigns if one.id == campaign_id), None) or _missing(campaign_id)

    def form(self, full_id: str) -> Form:
        """Return the form of that full id; raises KeyError where there is none."""
        return next((one for one in self.forms if one.full_id == full_id), None) or _missing(full_id)

    def reporter(self, code: str) -> Reporter:
        """Return the reporter of that code; raises KeyError where there is none."""
        return next((one for one in self.reporters if one.code == code), None) or _missing(code)

    def obligation(self, campaign: str, form: str, reporter: str) -> Obligation | None:
        """Return what that reporter owes for the form, or None where it owes nothing."""
        wanted = (campaign, form, reporter)
        return next((one for one in self.obligations if (one.campaign, one.form, one.reporter) == wanted), None)


def _missing(name: str) -> NoReturn:
    raise KeyError(name)
