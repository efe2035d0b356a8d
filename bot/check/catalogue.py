"""The manual: a rulebook in words, for the clerk who keeps it and for the officer who is judged by it.

What is computed stands here; every sentence stands in ``templates/<language>/manual/``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from jinja2 import DictLoader, Environment, StrictUndefined
from pydantic import BaseModel

from bot.check.examples import example_rows, table_of
from bot.check.run import Checker
from bot.check.sentences import fill, written
from bot.check.written_campaign import WrittenCampaign
from bot.check.written_form import WrittenForm, WrittenNotices
from bot.language import day, fold, number, one_line
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from bot.model import Campaign, Column, Deadline, Form, Notice, Reporter, Rule, Rulebook

FOLDER = "manual"
"""The manual's folder in the templates of a language."""

_ROOTS: tuple[type[BaseModel], ...] = (WrittenCampaign, WrittenForm, WrittenNotices)
_MOST_EXCLUDED = 5
"""Up to so many reporters are named as the exception; more, and those who owe are named."""
_SPECIAL = re.compile(r"[\\`*\[\]<|~$]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")
_SQL_TOKEN = re.compile(r"'((?:[^']|'')*)'|\b[a-z][a-z0-9_]*\b")


@dataclass(frozen=True, slots=True)
class Key:
    """One key that a file of ``rules/`` may hold."""

    name: str
    required: bool
    allowed: tuple[str, ...] = ()
    """The only values that it may have; empty where they are free."""


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The keys that stand together: those of a file, of ``[contact]``, of ``[[column]]``."""

    name: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Owing:
    """Who owes a form by the same date."""

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
    """A form, who owes it, its columns and its rules."""

    form: Form
    anchor: str
    owing: tuple[Owing, ...]
    columns: tuple[ColumnEntry, ...]
    rules: tuple[RuleEntry, ...]


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """A campaign with its forms."""

    campaign: Campaign
    anchor: str
    forms: tuple[FormEntry, ...]


def write_manual(rulebook: Rulebook, templates: Mapping[str, str], language: str = "vi") -> str:
    """Return the manual of *rulebook* as Markdown.

    *templates* maps paths inside ``templates/`` to sources. Raises jinja2.TemplateError where a sentence is missing:
    a key, a type of column or a severity that the templates do not explain.
    """
    environment, checker = _environment(templates, language), Checker()
    entries = tuple(_campaign(rulebook, one, checker) for one in rulebook.campaigns)
    page = environment.get_template(f"{FOLDER}/manual.txt").render(
        campaigns=entries, notices=tuple(rulebook.notices.values()), key_tables=key_tables()
    )
    return _GAPS.sub("\n\n", _TRAILING.sub("", page)).strip() + "\n"


def explained(templates: Mapping[str, str], language: str = "vi") -> Mapping[str, Any]:
    """Return what the templates explain: by subject (``tables``, ``types`` …) each name and its words."""
    words = _environment(templates, language).get_template(f"{FOLDER}/_words.txt").module
    return {name: value for name, value in vars(words).items() if isinstance(value, dict)}


def key_tables() -> tuple[KeyTable, ...]:
    """Return every key of the format, read from the shapes that the loader itself uses."""
    found: dict[str, KeyTable] = {}
    for shape in _ROOTS:
        for one in _walk(shape):
            found.setdefault(one.name, one)
    return tuple(found.values())


# -- the format's keys -----------------------------------------------------------------------------------------


def _walk(shape: type[BaseModel]) -> Iterator[KeyTable]:
    """Yield the keys of *shape*, then of the tables in it."""
    inner: list[type[BaseModel]] = []
    keys = []
    for name, field in shape.model_fields.items():
        leaves = tuple(_leaves(field.annotation))
        inner += [one for one in leaves if isinstance(one, type) and issubclass(one, BaseModel)]
        allowed = tuple(value for one in leaves for value in _allowed(one))
        keys.append(Key(name, field.is_required(), allowed))
    yield KeyTable(shape.__name__.removeprefix("Written").lower(), tuple(keys))
    for one in inner:
        yield from _walk(one)


def _leaves(annotation: Any) -> Iterator[Any]:  # an annotation may be anything
    if get_origin(annotation) is Literal or not get_args(annotation):
        yield annotation
        return
    for one in get_args(annotation):
        yield from _leaves(one)


def _allowed(leaf: Any) -> tuple[str, ...]:
    if get_origin(leaf) is Literal:
        return tuple(map(str, get_args(leaf)))
    return tuple(leaf) if isinstance(leaf, type) and issubclass(leaf, StrEnum) else ()


# -- campaigns, forms, rules -----------------------------------------------------------------------------------


def _campaign(rulebook: Rulebook, campaign: Campaign, checker: Checker) -> CampaignEntry:
    forms = tuple(_form(rulebook, one, campaign, checker) for one in rulebook.forms if one.campaign == campaign.id)
    return CampaignEntry(campaign, _anchor(campaign.id), forms)


def _form(rulebook: Rulebook, form: Form, campaign: Campaign, checker: Checker) -> FormEntry:
    owing = tuple(_owing(rulebook, form))
    days = [one.deadline.day for one in owing if one.deadline]
    scribe = _Scribe(checker, form, rulebook.notices, max(days, default=campaign.opened))
    titles = {one.key: one.title for one in form.columns}
    return FormEntry(
        form,
        _anchor(form.full_id),
        owing,
        tuple(_column(one, titles) for one in form.columns),
        tuple(scribe.write(one) for one in form.rules),
    )


def _owing(rulebook: Rulebook, form: Form) -> Iterator[Owing]:
    """Yield who owes *form*, those with the same date together."""
    by_deadline: dict[Deadline | None, set[str]] = {}
    for one in rulebook.obligations:
        if (one.campaign, one.form) == (form.campaign, form.id):
            by_deadline.setdefault(one.deadline, set()).add(one.reporter)
    for deadline, codes in by_deadline.items():
        owing = tuple(one for one in rulebook.reporters if one.code in codes)
        kinds = tuple(dict.fromkeys(one.kind for one in owing))
        others = tuple(one for one in rulebook.reporters if one.kind in kinds and one.code not in codes)
        if len(others) <= min(_MOST_EXCLUDED, len(owing) // 2):
            yield Owing(deadline, kinds, len(owing), others)
        else:
            yield Owing(deadline, (), len(owing), owing)


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
    notices: Mapping[str, Notice]
    received: date

    def write(self, rule: Rule) -> RuleEntry:
        said, bad = next(((said, one) for one in rule.bad if (said := self._say(rule, one))), ("", rule.bad[0]))
        good = self._show(rule, rule.good[0]) if rule.good else None
        return RuleEntry(rule, self.form.column(rule.cell), said or self._outline(rule), good, self._show(rule, bad))

    def _say(self, rule: Rule, example: Mapping[str, object]) -> str:
        """Return what the rule says of an example; nothing where it is retired or needs more than the example."""
        if rule.status is Status.RETIRED:
            return ""
        table = table_of(self.form, example_rows(example))
        findings = self.checker.check(self.form, table, (), self.notices, self.received)
        return next((one.say for one in findings if one.rule == rule.id), "")

    def _outline(self, rule: Rule) -> str:
        """Return the rule's sentence with its columns' titles for addresses and without values."""
        titles = {one.key: one.title for one in self.form.columns}
        return fill(rule.say, lambda _: "…", lambda name: f"“{titles[name]}”")

    def _show(self, rule: Rule, example: Mapping[str, object]) -> Example:
        rows = tuple(self._row(rule, row) for row in example_rows(example))
        keys = {"rows", *(one.key for one in self.form.columns)}
        return Example(rows, {key: _plain(value) for key, value in example.items() if key not in keys})

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
    made.filters |= {"md": _escape, "number": number, "day": day}
    return made


def _escape(text: str) -> str:
    """Return *text* as Markdown shows it literally, on one line: also inside a table's cell."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text, 10_000))


def _anchor(name: str) -> str:
    return fold(name).replace(" ", "-")
