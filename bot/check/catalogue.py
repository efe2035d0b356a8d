"""The manual: a rulebook in words, for the clerk who keeps it and for the officer who is judged by it.

What is computed stands here; every sentence stands in ``templates/<language>/manual/``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, Environment, StrictUndefined

from bot.check.examples import BESIDE, case_of, day_of, example_rows
from bot.check.format import key_tables
from bot.check.registers import SCHEMAS
from bot.check.run import Checker
from bot.check.sentences import fill, written
from bot.language import day, fold, number, one_line
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bot.model import Campaign, Column, Deadline, Form, Period, Reporter, Rule, Rulebook

FOLDER = "manual"
"""The manual's folder in the templates of a language."""

_MOST_EXCLUDED = 5
"""Up to so many reporters are named as the exception; more, and those who owe are named."""
_SPECIAL = re.compile(r"[\\`*\[\]<|~$]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")
_SQL_TOKEN = re.compile(r"'((?:[^']|'')*)'|\b[a-z][a-z0-9_]*\b")


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """A register that rules may read."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owing:
    """Who owes a form by the same date."""

    period: str
    """The title of the period that it is owed for; empty in a campaign that does not recur."""
    deadline: Deadline | None
    kinds: tuple[str, ...]
    """Whose members owe it, all of them but those excluded; empty where the reporters are named one by one."""
    count: int
    named: tuple[Reporter, ...]
    """Those who owe it; with *kinds*, those who do not."""


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """A column with its limits as people write them."""

    column: Column
    low: str
    above: str
    high: str
    when: str
    """The condition under which it must be filled, with titles for keys; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of an example."""

    column: Column
    value: str
    """As people write it; empty for an empty cell."""


@dataclass(frozen=True, slots=True)
class Example:
    """An example's rows, with the cells that its rule reads."""

    rows: tuple[tuple[Cell, ...], ...]
    beside: Mapping[str, str]
    """What else it names, such as an earlier submission, as written."""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule with what it says about its own bad example."""

    rule: Rule
    column: Column
    said: str
    good: Example | None
    bad: Example


@dataclass(frozen=True, slots=True)
class FormEntry:
    """A form, who owes it, its columns and its rules; of one that is like another, only what is its own."""

    form: Form
    anchor: str
    owing: tuple[Owing, ...]
    original: Form | None
    """The form whose columns and rules it shares."""
    without: tuple[Rule, ...]
    """The rules of that form which it does without."""
    columns: tuple[ColumnEntry, ...]
    rules: tuple[RuleEntry, ...]


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """A campaign with its forms; one that recurs stands once, with the periods of its first year."""

    campaign: Campaign
    title: str
    anchor: str
    periods: tuple[Period, ...]
    last: Period | None
    """The last period that is laid out."""
    forms: tuple[FormEntry, ...]
    signed: tuple[str, ...]
    """Titles of the narratives and forms of which a signed copy is asked for."""


def write_manual(rulebook: Rulebook, templates: Mapping[str, str], language: str = "vi") -> str:
    """Return the manual of *rulebook* as Markdown.

    *templates* maps paths inside ``templates/`` to sources. Raises jinja2.TemplateError where a sentence is missing:
    a key, a type of column or a severity that the templates do not explain.
    """
    environment, checker = _environment(templates, language), Checker(rulebook.registers)
    entries = tuple(_campaign(rulebook, one, checker) for one in _families(rulebook))
    page = environment.get_template(f"{FOLDER}/manual.txt").render(
        campaigns=entries,
        notices=tuple(rulebook.notices.values()),
        key_tables=key_tables(),
        registers=tuple(RegisterTable(name, tuple(schema.names)) for name, schema in SCHEMAS.items()),
    )
    return _GAPS.sub("\n\n", _TRAILING.sub("", page)).strip() + "\n"


def explained(templates: Mapping[str, str], language: str = "vi") -> Mapping[str, Any]:
    """Return what the templates explain: by subject (``tables``, ``types`` …) each name and its words."""
    words = _environment(templates, language).get_template(f"{FOLDER}/_words.txt").module
    return {name: value for name, value in vars(words).items() if isinstance(value, dict)}


# -- campaigns, forms, rules -----------------------------------------------------------------------------------


def _families(rulebook: Rulebook) -> tuple[tuple[Campaign, ...], ...]:
    """Return the campaigns, the rounds of one that recurs together."""
    families: dict[str, list[Campaign]] = {}
    for one in rulebook.campaigns:
        families.setdefault(one.family, []).append(one)
    return tuple(map(tuple, families.values()))


def _campaign(rulebook: Rulebook, rounds: tuple[Campaign, ...], checker: Checker) -> CampaignEntry:
    first, periods = rounds[0], [one.period for one in rounds if one.period]
    # Whatever is said of the first year is said of all: the years after it only repeat its periods.
    years = [one for one in rounds if one.period and one.period.end.year == periods[0].end.year] or [first]
    title = first.title.removesuffix(f", {first.period.title}") if first.period else first.title
    forms = tuple(_form(rulebook, one, years, checker) for one in rulebook.forms if one.campaign == first.family)
    shown = tuple(one.period for one in years if one.period)
    asked = dict.fromkeys(one.signed for one in rulebook.obligations if one.campaign == first.id and one.signed)
    signed = tuple(rulebook.title(first.id, one) for one in asked)
    last = periods[-1] if periods else None
    return CampaignEntry(first, title, _anchor(first.family), shown, last, forms, signed)


def _form(rulebook: Rulebook, form: Form, rounds: Sequence[Campaign], checker: Checker) -> FormEntry:
    scribe = _Scribe(checker, form, rulebook, day_of(rulebook, form))
    titles = {one.key: one.title for one in form.columns}
    original = rulebook.form(form.like) if form.like else None
    shared = {one.id: one for one in original.rules} if original else {}
    own = [one for one in form.rules if one.id not in shared or one.title != shared[one.id].title]
    kept = {one.id for one in form.rules}
    return FormEntry(
        form,
        _anchor(form.full_id),
        tuple(owing for one in rounds for owing in _owing(rulebook, form, one)),
        original,
        tuple(one for one in shared.values() if one.id not in kept),
        () if original else tuple(_column(one, titles) for one in form.columns),
        tuple(scribe.write(one) for one in own),
    )


def _owing(rulebook: Rulebook, form: Form, campaign: Campaign) -> Iterator[Owing]:
    """Yield who owes *form* in *campaign*, those with the same date together."""
    by_deadline: dict[Deadline | None, set[str]] = {}
    for one in rulebook.obligations:
        if (one.campaign, one.form) == (campaign.id, form.id):
            by_deadline.setdefault(one.deadline, set()).add(one.reporter)
    known = rulebook.reporters_on(campaign.opened)
    period = campaign.period.title if campaign.period else ""
    for deadline, codes in by_deadline.items():
        owing = tuple(one for one in known if one.code in codes)
        kinds = tuple(dict.fromkeys(one.kind for one in owing))
        others = tuple(one for one in known if one.kind in kinds and one.code not in codes)
        if len(others) <= min(_MOST_EXCLUDED, len(owing) // 2):
            yield Owing(period, deadline, kinds, len(owing), others)
        else:
            yield Owing(period, deadline, (), len(owing), owing)


def _column(column: Column, titles: Mapping[str, str]) -> ColumnEntry:
    low, above, high = (
        "" if one is None else written(int(one) if column.type == "year" else one, column)
        for one in (column.min, column.above, column.max)
    )
    return ColumnEntry(column, low, above, high, _with_titles(column.required_when or "", titles))


def _with_titles(sql: str, titles: Mapping[str, str]) -> str:
    """Return a condition with its columns' titles in “…” for their keys, and its texts in ‘…’."""

    def token(found: re.Match[str]) -> str:
        if found[1] is not None:
            return f"‘{found[1]}’"
        return f"“{titles[found[0]]}”" if found[0] in titles else found[0]

    return one_line(_SQL_TOKEN.sub(token, sql), 500)


@dataclass(frozen=True, slots=True)
class _Scribe:
    """Writes the rules of one form, as they speak about their own examples."""

    checker: Checker
    form: Form
    rulebook: Rulebook
    received: date

    def write(self, rule: Rule) -> RuleEntry:
        said, bad = next(((said, one) for one in rule.bad if (said := self._say(rule, one))), ("", rule.bad[0]))
        good = self._show(rule, rule.good[0]) if rule.good else None
        return RuleEntry(rule, self.form.column(rule.cell), said or self._outline(rule), good, self._show(rule, bad))

    def _say(self, rule: Rule, example: Mapping[str, object]) -> str:
        """Return what the rule says of an example; nothing where it is retired or needs more than the example."""
        if rule.status is Status.RETIRED:
            return ""
        case = case_of(self.form, example, self.rulebook.form)
        findings = self.checker.check(
            replace(self.form, rules=(rule,)),  # what the others would say is not shown
            case.table,
            (),
            self.rulebook.notices,
            case.received or self.received,
            tables=case.tables,
            reporter=case.reporter,
        )
        return next((one.say for one in findings if one.rule == rule.id), "")

    def _outline(self, rule: Rule) -> str:
        """Return the rule's sentence with its columns' titles for addresses and without values."""
        titles = {one.key: one.title for one in self.form.columns}
        return fill(rule.say, lambda _: "…", lambda name: f"“{titles[name]}”")

    def _show(self, rule: Rule, example: Mapping[str, object]) -> Example:
        rows = tuple(self._row(rule, row) for row in example_rows(example))
        own, tables = f"{self.form.campaign}/", example.get("tables")
        beside = {
            **{name.removeprefix(own): held for name, held in (tables if isinstance(tables, dict) else {}).items()},
            **{key: value for key, value in example.items() if key in BESIDE - {"rows", "tables"}},
        }
        return Example(rows, {key: _plain(value) for key, value in beside.items()})

    def _row(self, rule: Rule, row: Mapping[str, object]) -> tuple[Cell, ...]:
        telling = {*row, *rule.columns, rule.cell}
        return tuple(
            Cell(one, _plain(row.get(one.key, one.example), one)) for one in self.form.columns if one.key in telling
        )


def _plain(value: object, column: Column | None = None) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return " / ".join(_plain(one) for one in value)
    return "" if value == "" else written(value, column)


# -- Markdown --------------------------------------------------------------------------------------------------


def _environment(templates: Mapping[str, str], language: str) -> Environment:
    sources = {name.removeprefix(f"{language}/"): source for name, source in templates.items()}
    made = Environment(
        loader=DictLoader(sources),
        autoescape=False,  # noqa: S701  Markdown is no markup of Jinja's; every text of rules/ passes the filter md
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"md": _escape, "anchor": _anchor, "number": number, "day": day}
    return made


def _escape(text: str) -> str:
    """Return *text* as Markdown shows it literally, on one line: also inside a table's cell."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text, 10_000))


def _anchor(name: str) -> str:
    return fold(name).replace(" ", "-")
