"""Form files become Forms: first the columns of all of them, then their rules, which may name each other's forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.check.layout import check_layout, column_of
from bot.check.like import Likeness, find_original, make_alike
from bot.check.rules import Workshop
from bot.check.tables import Shelf
from bot.check.written import Sheet
from bot.check.written_form import WrittenForm, WrittenLike
from bot.model import Form, Retired

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import duckdb

    from bot.check.mistakes import Mistakes


def read_forms(
    files: Mapping[str, bytes], database: duckdb.DuckDBPyConnection, notices: Collection[str], mistakes: Mistakes
) -> list[Form]:
    """Return the forms of the files ``<campaign>/<form>.toml``, those that do not have the shape of one left out.

    Every mistake is kept in *mistakes*; a form with mistakes in its rules is returned all the same, so that what
    hangs on it can be looked at too. *notices* are ids that rules may not take; *database* holds the registers.
    """
    plain: dict[str, tuple[Sheet, WrittenForm]] = {}
    alike: dict[str, tuple[Sheet, WrittenLike]] = {}
    names = frozenset(name.removesuffix(".toml") for name in files)
    for name, data in files.items():
        sheet = Sheet(name, data, mistakes)
        values = sheet.parse()
        if values is None:
            continue
        full_id = name.removesuffix(".toml")
        stem = full_id.split("/")[1]
        read: WrittenForm | WrittenLike | None = (
            sheet.fit(values, WrittenLike) if "like" in values else sheet.fit(values, WrittenForm)
        )
        if read is not None and read.id != stem:
            sheet.wrong(("id",), f'id "{read.id}" khác tên tệp "{stem}.toml"')
        if isinstance(read, WrittenForm):
            plain[full_id] = (sheet, read)
        elif isinstance(read, WrittenLike):
            alike[full_id] = (sheet, read)
    return _build(plain, alike, names, database, notices)


def _build(
    plain: Mapping[str, tuple[Sheet, WrittenForm]],
    alike: Mapping[str, tuple[Sheet, WrittenLike]],
    names: Collection[str],
    database: duckdb.DuckDBPyConnection,
    notices: Collection[str],
) -> list[Form]:
    columns = {name: {one.key: column_of(one) for one in read.column} for name, (_, read) in plain.items()}
    originals: dict[str, str] = {}
    for name, (sheet, like) in alike.items():
        original = find_original(sheet, name, like.like, names, alike)
        if original in plain:
            originals[name] = original
            columns[name] = columns[original]
    shelf = Shelf(database, columns)
    likeness = Likeness(originals)
    forms: dict[str, Form] = {}
    for name, (sheet, read) in plain.items():
        check_layout(sheet, read)
        forms[name] = _form(name, read, Workshop(sheet, name, shelf, frozenset(notices)))
    for name, original in originals.items():
        sheet, like = alike[name]
        workshop = Workshop(sheet, name, shelf, frozenset(notices))
        forms[name] = make_alike(sheet, like, forms[original], workshop, likeness)
    return list(forms.values())


def _form(name: str, read: WrittenForm, workshop: Workshop) -> Form:
    return Form(
        id=read.id,
        campaign=name.split("/")[0],
        title=read.title,
        source=read.source,
        columns=tuple(workshop.columns.values()),
        rules=workshop.read_rules(read.rule, conditions=True),
        # A record of indicators is what its heading says, where the file does not know better.
        row_key=read.row_key or ((read.record,) if read.record else ()),
        sequence=read.sequence,
        group=read.group,
        layout=read.layout,
        record=read.record,
        nil=read.nil,
        words=read.words,
        retired=tuple(Retired(one.name, one.header) for one in read.retired),
        zone=read.zone,
        totals=read.totals,
        shortlist=workshop.read_shortlist(read.shortlist),
    )
