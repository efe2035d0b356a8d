"""Figures that a narrative quotes, held against the forms that give them (rule R057)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from bot.check.sentences import fill, written
from bot.model import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from bot.model import Figure, Notice, Outline


def tell_quoted(
    quoted: Mapping[str, Decimal], outline: Outline, tables: Mapping[str, pa.Table], notice: Notice
) -> Iterator[Finding]:
    """Yield a finding for each figure that the text gives otherwise than the reporter's own form does.

    A figure may be rounded: what the form gives is compared to as many places as the text has. Where the form is not
    at hand, or has not all of its values, nothing is said.

    Args:
        quoted: what the text says, by the keys of ``Figure``.
        outline: says which form gives which figure.
        tables: id of a form → its rows.
        notice: the sentence.
    """
    for figure in outline.figures:
        said = quoted.get(figure.key)
        given = _given(figure, tables[figure.form]) if figure.form in tables else None
        if said is None or given is None or round(given, _places(said)) == said:
            continue
        values = {
            "bao_cao": outline.title,
            "chi_tieu": figure.name,
            "neu": f"{written(said)} {figure.unit}".strip(),
            "ghi": f"{written(round(given, max(_places(said), 2)))} {figure.unit}".strip(),
            "bieu": figure.form,
        }
        yield _finding(notice, values, figure.name, written(said))


def _finding(notice: Notice, values: Mapping[str, str], figure: str, quoted: str) -> Finding:
    say, fix = (fill(words, values.__getitem__, str) for words in (notice.say, notice.fix))
    return Finding(notice.id, notice.severity, notice.title, say, fix, Place(column=figure), figure, quoted)


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _given(figure: Figure, rows: pa.Table) -> Decimal | None:
    """Return what the form says: a sum, a share of two sums in percent, or how many rows it has."""
    if not rows.num_rows:
        return None
    if figure.share:
        part, whole = (_sum(rows, key) for key in figure.share)
        return 100 * part / whole if part is not None and whole else None
    return _sum(rows, figure.sum) if figure.sum else Decimal(rows.num_rows)


def _sum(rows: pa.Table, key: str) -> Decimal | None:
    """Return the sum of a column; None where no row has a value."""
    total = pc.sum(rows[key]).as_py()
    return None if total is None else Decimal(total)
