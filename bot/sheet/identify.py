"""Which form a workbook holds, and where: told by the words of its headers, never by positions or names of files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from bot.language import one_line
from bot.model import Column, RefusalReason, Unreadable
from bot.sheet.find_header import FEWEST, Grid, Head, HeaderMatch, agreement, find_header
from bot.sheet.header import Wordings, is_part, is_unit, parts_of
from bot.sheet.indicators import find_blocks, labels_of
from bot.sheet.twins import is_named, told_apart

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bot.model import Form, Retired
    from bot.sheet.indicators import Block
    from bot.sheet.workbook import Sheet, Workbook

__all__ = ["HeaderMatch", "Match", "Vocabulary", "identify"]

_HAIR = 0.04
"""Scores nearer to each other than this do not tell two forms apart."""
_NAMED = 0.15
"""What it adds to a form's score that the title or the sheet's name says its number."""


@dataclass(frozen=True, slots=True)
class Match:
    """One form in a workbook, perhaps on several sheets (one for each zone; FDI and DDI)."""

    form: Form
    places: tuple[tuple[Sheet, HeaderMatch], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The header words of all forms, collected once for many workbooks."""

    forms: tuple[Form, ...]
    wordings: tuple[Wordings, ...]
    """Of the forms of rows."""
    parts: frozenset[str]
    indicators: tuple[Wordings, ...]
    """Of the forms of indicators."""
    labels: frozenset[str]
    """What their lines may be called."""
    owners: Mapping[str, tuple[int, ...]]
    """The key of a header → the places in *wordings* of the forms that know it."""
    retired: Vocabulary | None = None
    """The layouts that were in use once, each as a form of its own; most rules have none."""

    @classmethod
    def of(cls, forms: Sequence[Form]) -> Self:
        """Collect the words of *forms*."""
        wordings = tuple(Wordings.of(form) for form in forms if form.layout == "rows")
        indicators = tuple(Wordings.of(form) for form in forms if form.layout == "indicators")
        labels = frozenset(label for words in indicators for label in words.columns)
        owners: dict[str, tuple[int, ...]] = {}
        for place, words in enumerate(wordings):
            for key in words.columns:
                owners[key] = (*owners.get(key, ()), place)
        layouts = [_layout_of(form, one) for form in forms if not form.like for one in form.retired]
        retired = cls.of(layouts) if layouts else None
        return cls(tuple(forms), wordings, parts_of(wordings), indicators, labels, owners, retired)


def _layout_of(form: Form, retired: Retired) -> Form:
    """Return a retired layout as a form with nothing but its headers; its title is the layout's name."""
    columns = tuple(
        Column(f"c{number}", (header,), "text", required=True) for number, header in enumerate(retired.header)
    )
    return replace(
        form, title=retired.name, columns=columns, row_key=(), sequence=None, group=None, record=None, retired=()
    )


def identify(
    workbook: Workbook, vocabulary: Vocabulary, *, coded: str = "", likely: Collection[str] = ()
) -> tuple[Match, ...] | Unreadable:
    """Return the forms that the visible sheets hold, in the order of the vocabulary, or why none can be named.

    Sheets that fit no form (covers, notes) are passed over where another one fits. The detail of ``AMBIGUOUS_FORM``
    names both forms, that of ``OLD_VERSION`` the layout, that of ``UNKNOWN_FORM`` the sheets that were looked at.

    Args:
        workbook: what was sent.
        vocabulary: the forms that it may hold.
        coded: the full id in the code that the file carries (``bot.sheet.code``), if any. It only helps to tell forms
            apart: a header that does not fit it is read as what it says.
        likely: the full ids of forms that the sender owes now; they tell apart what the sheet itself does not.
    """
    found: dict[str, list[tuple[Sheet, HeaderMatch]]] = {}
    for sheet in workbook.sheets:
        if not sheet.visible or not sheet.head:
            continue
        fitting = _fitting(sheet, vocabulary, coded, likely)
        if len(fitting) > 1:
            return Unreadable(
                RefusalReason.AMBIGUOUS_FORM,
                "; ".join(fit.form.title for fit in fitting),
                tuple((fit.form.campaign, fit.form.id) for fit in fitting),
            )
        old = _retired(sheet, vocabulary, max((fit.headers[0].score for fit in fitting), default=0.0))
        if old is not None:
            return old
        for fit in fitting:
            found.setdefault(fit.form.full_id, []).extend((sheet, header) for header in fit.headers)
    if not found:
        names = "; ".join(one_line(sheet.name, 40) for sheet in workbook.sheets[:10] if sheet.visible)
        return Unreadable(RefusalReason.UNKNOWN_FORM, names)
    return tuple(Match(form, tuple(found[form.full_id])) for form in vocabulary.forms if form.full_id in found)


def _retired(sheet: Sheet, vocabulary: Vocabulary, score: float) -> Unreadable | None:
    """Return the retired layout that *sheet* shows more clearly than any of today's, which fit it with *score*."""
    if vocabulary.retired is None:
        return None
    old = _fits(sheet, vocabulary.retired)
    best = max(old, key=lambda fit: fit.headers[0].score, default=None)
    if best is None or best.headers[0].score <= score + _HAIR:
        return None
    return Unreadable(RefusalReason.OLD_VERSION, best.form.title, ((best.form.campaign, best.form.id),))


@dataclass(frozen=True, slots=True)
class _Fit:
    """A form that a sheet may hold."""

    form: Form
    headers: tuple[HeaderMatch, ...]
    """One; a list of indicators may stand on a sheet several times, one below the other."""

    @property
    def named(self) -> frozenset[int]:
        """Return the columns, or the lines, of the sheet that are known to the form."""
        first = self.headers[0]
        return frozenset((first.lines or first.columns).values())


def _fitting(sheet: Sheet, vocabulary: Vocabulary, coded: str, likely: Collection[str]) -> list[_Fit]:
    """Return the one form that fits *sheet* best, those that fit equally well, or nothing."""
    fits = _fits(sheet, vocabulary)
    ranks = [fit.headers[0].score + _NAMED * is_named(fit.form, sheet.name, fit.headers[0].title) for fit in fits]
    near = [fit for fit, rank in zip(fits, ranks, strict=True) if rank > max(ranks) - _HAIR]
    # A form that names every column of the sheet that another one names, and more of them, is no rival of it.
    named = [fit.named for fit in near]
    rivals = [fit for fit, columns in zip(near, named, strict=True) if not any(columns < others for others in named)]
    if len(rivals) < 2:
        return rivals
    title = "\n".join(fit.headers[0].title for fit in rivals)
    chosen = told_apart([fit.form for fit in rivals], title, sheet.name, coded, likely)
    return [fit for fit in rivals if fit.form in chosen]


def _fits(sheet: Sheet, vocabulary: Vocabulary) -> list[_Fit]:
    grid = Grid.of(sheet)
    return [*_fitting_rows(sheet, grid, vocabulary), *_fitting_indicators(sheet, grid, vocabulary)]


def _fitting_rows(sheet: Sheet, grid: Grid, vocabulary: Vocabulary) -> Iterator[_Fit]:
    counts = [sum(is_part(text, vocabulary.parts) for text in texts.values()) for texts in grid.rows]
    # A single word of a header ("KCN", "Khác") also stands in many a row of data.
    least = 2 if max(counts, default=0) >= FEWEST else 1
    heads = [
        Head.of(grid, row, vocabulary.owners, len(vocabulary.wordings))
        for row, count in enumerate(counts)
        if count >= least or (row and counts[row - 1] >= FEWEST and _is_lone_leaf(sheet, grid, row, vocabulary))
    ]
    known: dict[str, HeaderMatch | None] = {}
    for place, words in enumerate(vocabulary.wordings):
        # A form like another one has its columns: they are looked for once.
        kind = words.form.like or words.form.full_id
        if kind not in known:
            known[kind] = find_header(sheet, grid, [(head, head.counts[place]) for head in heads], words)
        if header := known[kind]:
            yield _Fit(words.form, (header,))


def _is_lone_leaf(sheet: Sheet, grid: Grid, row: int, vocabulary: Vocabulary) -> bool:
    """Tell whether a row below a header holds words of a header only, where nothing is merged: "FDI" under one column.

    Such a word in one of the first two columns may be the name of a group: "KCN".
    """
    filled = [(sheet.first_column + place, cell) for place, cell in enumerate(sheet.head[row]) if cell != ""]
    leading = sorted(grid.rows[row - 1])[1]
    return all(
        place > leading and isinstance(cell, str) and (is_part(cell, vocabulary.parts) or is_unit(cell))
        for place, cell in filled
    ) and bool(filled)


def _fitting_indicators(sheet: Sheet, grid: Grid, vocabulary: Vocabulary) -> Iterator[_Fit]:
    if not vocabulary.indicators:
        return
    texts = {text for row in grid.rows for text in row.values()}
    if sum(any(label in vocabulary.labels for label in labels_of(text)) for text in texts) < FEWEST - 1:
        return
    for words in vocabulary.indicators:
        blocks = find_blocks(sheet, words)
        if headers := tuple(_header_of(block, score) for block in blocks if (score := _score_list(block, words.form))):
            yield _Fit(words.form, headers)


def _header_of(block: Block, score: float) -> HeaderMatch:
    columns = dict.fromkeys(block.lines, block.records[0].column) if block.records else {}
    return HeaderMatch(
        columns, block.top, block.header_row, block.title, score, block.understood, block.lines, block.records
    )


def _score_list(block: Block, form: Form) -> float:
    """Return how well the lines of form and sheet agree, as ``_score`` does for columns."""
    lines = block.lines.keys() - {form.record}
    wanted = [column for column in form.columns if column.key != form.record]
    return agreement(lines, wanted, block.strange)
