"""Forms that one sheet fits equally well, such as two with the same columns: what else tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import fold
from bot.sheet.code import parse_code

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.model import Form


def told_apart(forms: Sequence[Form], title: str, sheet: str, coded: str, likely: Collection[str]) -> Sequence[Form]:
    """Return the one of *forms* that is meant, or those among which nothing decides.

    In this order: the code of a blank of ours (above the table, then that of the file), words that only one form
    carries in its title, what the sender owes.

    Args:
        forms: at least two that fit equally.
        title: what is written above the table.
        sheet: the sheet's name.
        coded: the full id in the file's own code, which may name a period's campaign; empty where it has none.
        likely: the full ids of forms that the sender owes.
    """
    code = parse_code(title)
    for full_id in (code.form if code else "", coded):
        meant = [form for form in forms if _means(full_id, form)]
        if meant:
            return meant
    left = _by_words(forms, f"{title}\n{sheet}")
    owed = [form for form in left if form.full_id in likely]
    return owed if len(owed) == 1 else left


def _means(full_id: str, form: Form) -> bool:
    """Tell whether *full_id* names *form*, also where its campaign is a period of the form's: ``….2026-6T/B04``."""
    campaign, _, own = full_id.rpartition("/")
    return own == form.id and (campaign == form.campaign or campaign.startswith(f"{form.campaign}."))


def _by_words(forms: Sequence[Form], text: str) -> Sequence[Form]:
    """Return the forms of which the text has the most words; all of them where it has none."""
    folded = f" {fold(text)} "
    counts = [sum(f" {fold(word)} " in folded for word in form.words) for form in forms]
    return [form for form, count in zip(forms, counts, strict=True) if count == max(counts)]


def is_named(form: Form, sheet: str, title: str) -> bool:
    """Tell whether the title block or the sheet's name says which form it is: ``Biểu III.4``."""
    above, name = f" {fold(title)} ", f" {fold(sheet)} "
    return any(f" bieu {number} " in above or _in_name(number, name) for number in _numbers(form))


def _in_name(number: str, name: str) -> bool:
    """Tell whether a sheet's name holds a form's number; bare digits may be those of a month or a year."""
    return f" bieu {number} " in name or (name == f" {number} " if number.isdigit() else f" {number} " in name)


def _numbers(form: Form) -> Sequence[str]:
    """Return how the form is called for short: its id, and the number in its title ("Biểu II.1" of II.1-VB)."""
    short, stop, _ = form.title.partition(". ")
    number = fold(short).removeprefix("bieu ") if stop and fold(short).startswith("bieu ") else ""
    return tuple(dict.fromkeys(one for one in (fold(form.id), number) if one))
