"""A form of the same columns as another: what it takes over, and what it says of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.check.tables import rename

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.check.rules import Workshop
    from bot.check.written import Sheet
    from bot.check.written_form import WrittenLike
    from bot.model import Form, Rule, Shortlist


@dataclass(frozen=True, slots=True)
class Likeness:
    """Which form is like which one."""

    originals: Mapping[str, str]
    """Full id → the full id of the form that it is like."""

    def twin(self, campaign: str, full_id: str) -> str:
        """Return the form of *campaign* that is like the one of that full id; itself where there is none."""
        for name, original in self.originals.items():
            if original == full_id and name.split("/")[0] == campaign:
                return name
        return full_id


def find_original(sheet: Sheet, full_id: str, like: str, names: Collection[str], alike: Collection[str]) -> str:
    """Return the full id of the form that *like* names; empty after the mistake was kept."""
    own = full_id.split("/")[0]
    found = like if "/" in like else f"{own}/{like}"
    if found not in names:
        sheet.wrong(("like",), f"Không có tệp {found}.toml để lấy làm gốc")
        return ""
    if found in alike:
        sheet.wrong(("like",), f"Biểu {like} cũng theo biểu khác (like); hãy theo thẳng biểu gốc")
        return ""
    return found


def make_alike(sheet: Sheet, read: WrittenLike, original: Form, workshop: Workshop, likeness: Likeness) -> Form:
    """Return the form of *read*: all of *original* but the rules that it does without, and its own besides."""
    for key in (key for key in read.example if key not in workshop.columns):
        sheet.wrong(("example", key), f"Biểu không có cột {key}")
    known = {one.id for one in original.rules}
    for one in (one for one in read.without if one not in known):
        sheet.wrong(("without",), f"Biểu {original.id} không có quy tắc {one}")
    taken = tuple(_take_over(one, workshop, likeness) for one in original.rules if one.id not in read.without)
    own = workshop.read_rules(read.rule, frozenset(one.id for one in taken))
    columns = tuple(
        replace(one, example=read.example[one.key]) if one.key in read.example else one for one in original.columns
    )
    return replace(
        original,
        id=read.id,
        campaign=workshop.campaign,
        title=read.title,
        source=read.source or original.source,
        columns=columns,
        rules=(*taken, *own),
        words=read.words,
        like=original.full_id,
        shortlist=tuple(_list_alike(one, workshop, likeness) for one in original.shortlist),
    )


def _list_alike(one: Shortlist, workshop: Workshop, likeness: Likeness) -> Shortlist:
    """Return *one* with each other form that it reads replaced as in rules."""
    twins = {name: likeness.twin(workshop.campaign, name) for name in one.tables}
    return replace(one, where=rename(one.where, lambda name: twins.get(name, name)), tables=tuple(twins.values()))


def _take_over(rule: Rule, workshop: Workshop, likeness: Likeness) -> Rule:
    """Return *rule* with each other form that it reads replaced by the one that takes its part in this campaign."""
    twins = {name: likeness.twin(workshop.campaign, name) for name in rule.tables}
    if all(name == twin for name, twin in twins.items()):
        return rule

    def call(name: str) -> str:
        return twins.get(name, name)

    def example(one: Mapping[str, object]) -> Mapping[str, object]:
        tables = one.get("tables")
        if not isinstance(tables, dict):
            return one
        return {**one, "tables": {call(name): rows for name, rows in tables.items()}}

    return replace(
        rule,
        require=rename(rule.require, call) if rule.require else None,
        query=rename(rule.query, call) if rule.query else None,
        tables=tuple(map(call, rule.tables)),
        good=tuple(map(example, rule.good)),
        bad=tuple(map(example, rule.bad)),
    )
