"""What the rules cost: loading all of rules/, and forty rules held against a large table."""

from __future__ import annotations

import statistics
import time
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.check.run import Checker
from bot.model import Rulebook, Status, Table, Unreadable
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, read_workbook
from tests.fixtures.workbooks import make_projects_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.model import Form, Rule

FORM = "2012-kkt-kcn/III.4"
_RECEIVED = date(2012, 11, 20)
_SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds: the median and the slowest of several rounds."""

    what: str
    median: float
    slowest: float
    bar: float


def measure_rules(rows: int, repeats: int, progress: Callable[[str], None]) -> tuple[Cost, ...]:
    """Measure loading, then 40 rules of III.4 over a clean table and over one in which a row in a hundred is wrong."""
    progress("loading rules")
    files = read_rules(None)
    parsing = [_seconds(lambda: _parse_all(files)) for _ in range(repeats + 1)]
    loading = [_seconds(lambda: load_rulebook(files)) for _ in range(repeats + 1)]
    book = load_rulebook(files)
    if not isinstance(book, Rulebook):
        raise TypeError(f"{len(book)} mistakes in rules/")
    told = (
        f"{len(book.campaigns)} campaigns, {len(book.forms)} forms, {sum(len(one.rules) for one in book.forms)} rules"
    )
    costs = [_cost("reading their TOML alone", parsing, 0.5), _cost(f"loading {told}", loading, 0.5)]
    form = _with_rules(book.form(FORM), 40)
    clean = _table(book, rows)
    for name, table in (("all clean", clean), ("some wrong", _with_wrong_rows(clean))):
        progress(f"{rows:,} rows, {name}")
        ask = partial(Checker(book.registers).check, form, table, (), book.notices, _RECEIVED)
        rounds = [_seconds(ask) for _ in range(repeats + 1)]
        costs.append(_cost(f"40 rules over {rows:,} rows, {len(ask()):,} findings", rounds, 0.5))
    return tuple(costs)


def _parse_all(files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        if name.endswith(".toml"):
            tomllib.loads(data.decode())


def _cost(what: str, seconds: list[float], bar: float) -> Cost:
    # The first round warms up and is not counted.
    return Cost(what, statistics.median(seconds[1:]), max(seconds[1:]), bar)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _with_rules(form: Form, count: int) -> Form:
    """Return *form* with exactly *count* running rules; where it has fewer, they are asked again."""
    own = [one for one in form.rules if one.status is not Status.RETIRED and not one.tables]
    more = [_again(own[at % len(own)], at) for at in range(len(own), count)]
    return replace(form, rules=(*own, *more)[:count])


def _again(rule: Rule, number: int) -> Rule:
    """Return *rule* under another name, worded so that DuckDB cannot take it for the same question."""
    require = f"({rule.require}\n) OR _row = -{number}" if rule.require else None
    return replace(rule, id=f"{rule.id}_{number}", require=require)


def _table(book: Rulebook, rows: int) -> Table:
    """Return a table of *rows* projects, as the reader makes it: a thousand of them, repeated."""
    workbook = read_workbook(make_projects_workbook(_SAMPLE, totals=False), Limits())
    found = workbook if isinstance(workbook, Unreadable) else identify(workbook, Vocabulary.of(book.forms))
    read = (
        found if isinstance(workbook, Unreadable) or isinstance(found, Unreadable) else read_table(workbook, found[0])
    )
    if not isinstance(read, tuple) or not isinstance(read[0], Table):
        raise TypeError(f"our own workbook was not read: {read}")
    table = read[0]
    data = pa.concat_tables([table.data] * (rows // _SAMPLE)).combine_chunks()
    # A certificate's number stands once, in a row of its own.
    names = [f"{name[:-6]}{number:06}" for number, name in enumerate(data.column("so_gcndt").to_pylist())]
    data = _with_column(data, "so_gcndt", names)
    return replace(table, data=_with_column(data, "_row", range(11, 11 + data.num_rows)), totals=())


def _with_wrong_rows(table: Table) -> Table:
    """Return *table* with one row in a hundred that runs for 90 years, which a rule asks about."""
    years = table.data.column("thoi_han_nam").to_pylist()
    years[::100] = [90] * len(years[::100])
    return replace(table, data=_with_column(table.data, "thoi_han_nam", years))


def _with_column(data: pa.Table, name: str, values: Iterable[object]) -> pa.Table:
    place = data.schema.get_field_index(name)
    return data.set_column(place, name, pa.array(list(values), data.schema.field(place).type))
