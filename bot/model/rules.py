"""The ministry's knowledge as types: campaigns, forms, columns, rules, reporters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from bot.model.contacts import Term


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

Layout = Literal["rows", "indicators"]
"""How a form lies on its sheet: a thing in each row, or an indicator in each row and a thing in each column."""

Rhythm = Literal["yearly", "half-yearly", "quarterly", "monthly"]
"""How often a recurring request comes."""

Counting = Literal["lenient", "strict"]
"""How "trước ngày D" is read: late after the end of D, or already after the end of the day before."""


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
    ratio: tuple[str, ...] = ()
    """Numerator and denominator of which a percentage is made; in a total row their sums are divided."""
    number: str = ""
    """The printed number of an indicator: ``15.1``; empty in forms of rows."""

    @property
    def title(self) -> str:
        """Return the official header, as it is named in replies."""
        return self.header[0]

    @property
    def is_figure(self) -> bool:
        """Tell whether it holds an amount, not a word, a code, a day or a year."""
        return self.type in ("integer", "decimal", "percent")


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
    tables: tuple[str, ...] = ()
    """The other tables that it reads: full ids of forms of the same reporter, ``lan_truoc``, ``ky_truoc``; registers
    are not among them. Where one of them is not to be had, the rule says nothing."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A layout of a form that was in use once: a sheet that has it is known by name, and is not read."""

    name: str
    """``mẫu kèm theo Thông tư số 28/2020/TT-BCT``."""
    header: tuple[str, ...]
    """Headers of its columns, or the words of its lines, that tell it from today's layout."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Why a row of a form belongs on the list of what the ministry looks at first."""

    title: str
    where: str
    """An SQL condition over the row's columns; it may read other forms of the same reporter."""
    tables: tuple[str, ...] = ()
    """The other forms that it reads, by full ids: where one of them is not to be had, nothing is listed for it."""


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
    layout: Layout = "rows"
    record: str | None = None
    """In a form of indicators: the column that takes the heading of each column of values (``Năm 2011``)."""
    nil: bool = False
    """Whether "Không có" instead of rows is an answer."""
    words: tuple[str, ...] = ()
    """Words of its title that tell it from another form of the same columns: ``ven biển``."""
    retired: tuple[Retired, ...] = ()
    like: str = ""
    """The full id of the form whose columns and rules it shares; empty for a form of its own."""
    zone: str | None = None
    """The column that names the zone or park: the consolidated table is added up by it within each reporter."""
    totals: tuple[str, ...] = ()
    """The columns by whose values the consolidated table is added up, besides by reporter and region."""
    shortlist: tuple[Shortlist, ...] = ()
    """What the ministry looks at first: the consolidated table lists these rows apart."""

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
    counting: Counting = "lenient"
    reason: str = ""
    """Why it differs from that of the other reporters; empty for the common one."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """That a reporter must send a form in a campaign."""

    campaign: str
    form: str
    """The id within the campaign."""
    reporter: str
    deadline: Deadline | None
    """None where the letter gives none; then nobody is reminded and nothing is late."""
    signed: str = ""
    """The id of the narrative or form whose signed copy must come beside the file; empty where none is asked for."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a reporter may call: a role, never a person's name."""

    role: str
    telephone: str = ""
    hours: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """The stretch of time that one round of a recurring campaign is about."""

    id: str
    """``2026-6T``."""
    title: str
    """``6 tháng đầu năm 2026``."""
    begin: date
    """The first day whose data count."""
    end: date
    """The last day whose data count."""
    words: tuple[str, ...] = ()
    """Words by which a sheet's title names it."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part that a narrative must have."""

    title: str
    pattern: str
    """A regular expression that finds it, on composed text, without regard to case."""
    required: bool = True


FigureKey = Literal["so_kcn", "so_ccn", "tong_dien_tich_ha", "ty_le_lap_day"]
"""The figures about all that a reporter has which are found in the text of a narrative."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a narrative quotes and that a form of the same campaign gives."""

    key: FigureKey
    name: str
    """What mails call it: ``số KCN``."""
    form: str
    """The id of the form."""
    unit: str = ""
    sum: str = ""
    """The column whose sum it is. Without it and without *share* it is the number of rows."""
    share: tuple[str, ...] = ()
    """Two columns: the sum of the one in percent of the sum of the other."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A narrative to be written: the đề cương."""

    id: str
    """``BC-I``: unique among the forms of its campaign."""
    title: str
    source: str
    sections: tuple[Section, ...]
    words: tuple[str, ...] = ()
    """Words of the title by which a document is known as this one."""
    name: str = ""
    """What lists call it: ``Báo cáo quy hoạch KCN``."""
    beside: str = ""
    """The id of a form of the annex to which it belongs."""
    figures: tuple[Figure, ...] = ()


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
    copy_to_contacts: bool = False
    """Whether the reporter's other contacts get a copy of what is answered to one of them."""
    remind_every: int = 0
    """Days from one reminder of what is overdue to the next; 0 where nobody is reminded after the deadline."""
    escalate_after: int = 0
    """So many days after the deadline the head of the office gets a copy of each reminder; 0 is never."""
    closed: date | None = None
    """The last day on which it is followed, as its file says it."""
    last_day: date | None = None
    """The last day on which it is followed: *closed*, or five weeks after the last deadline; None without an end."""
    series: str = ""
    """The id of the recurring request of which this is one period; empty for a campaign of its own."""
    period: Period | None = None
    outlines: tuple[Outline, ...] = ()
    """The narratives that it asks for."""
    followed: bool = True
    """Whether this mailbox collects it: its forms are known here either way, so that a stray one can be named."""

    @property
    def family(self) -> str:
        """Return the folder in which its forms are: the series, or itself."""
        return self.series or self.id

    def is_under_way(self, day: date) -> bool:
        """Tell whether it is followed on *day*: reminders, the digest and "still owed" ask this."""
        return self.followed and self.opened <= day and (self.last_day is None or day <= self.last_day)


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
    heads: tuple[str, ...] = ()
    """Of these, those of the head of the office: a copy goes there when something is long overdue."""
    terms: tuple[Term, ...] = ()
    """The days of those addresses that do not always speak for it."""
    shut_out: tuple[str, ...] = ()
    """Addresses that do not speak for it, though their whole domain does."""
    since: date | None = None
    """The first day on which it exists; None where that is long ago."""
    until: date | None = None
    """The last day on which it exists; None while it does."""
    successor: str = ""
    """The code of the body that it was merged into."""
    tile: tuple[int, int] | None = None
    """Its place on the map of tiles, as column and row; None for a body that lies nowhere."""

    def exists(self, day: date) -> bool:
        """Tell whether it is a body of that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def addresses_on(self, day: date) -> tuple[str, ...]:
        """Return the addresses that speak for it on *day*."""
        limited, now = {one.address for one in self.terms}, {one.address for one in self.terms if one.holds(day)}
        return tuple(one for one in self.addresses if one not in limited or one in now)

    def body_on(self, day: date, known: Mapping[str, Reporter]) -> Reporter | None:
        """Return the body that stands in its place on *day*: itself, or the one that it was merged into.

        *known* finds reporters by their code. None where it does not exist yet, or has ceased without a successor.
        """
        body: Reporter | None = self
        while body is not None and body.until is not None and body.until < day:
            body = known.get(body.successor)
        return body if body is not None and body.exists(day) else None


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of a finding that the machine makes by itself (required, type, bounds …), from ``rules/chung.toml``."""

    id: str
    title: str
    severity: Severity
    say: str
    fix: str
