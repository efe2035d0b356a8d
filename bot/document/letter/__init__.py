"""An official letter → what it asks for: number, reporters, forms, limits, addresses. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.document.describe import describe
from bot.document.letter.facts import (
    acts_of,
    addressees_of,
    addresses_of,
    announced,
    condition_of,
    contact_of,
    department_of,
    ministry_of,
    places_of,
    without_names,
)
from bot.document.letter.forms import forms_in
from bot.document.letter.limits import limits_of
from bot.document.letter.read import read_letter_file
from bot.language import capitalize_first
from bot.model import Limit, OfficialLetter, Quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.document.describe import DocumentFacts
    from bot.document.text import Document
    from bot.model import Reporter

__all__ = ["read_letter", "read_letter_file"]


def read_letter(document: Document, reporters: Sequence[Reporter] = ()) -> OfficialLetter:
    """Return what a letter says, without the names of persons.

    *reporters* are those by whose names addressees may be told one by one.
    """
    facts, paragraphs = describe(document), tuple(map(without_names, document.paragraphs))
    issued, issued_line = _own_day(facts, paragraphs)
    number = Quoted(facts.number, facts.number_line) if facts.number else None
    news = announced(paragraphs) if number is None and issued is None else None
    if news:
        number, issued, issued_line = news[0], news[1], ""
    mark = number.words if number else facts.number_line
    contact = contact_of(paragraphs)
    addressees = tuple(addressees_of(paragraphs))
    owed_by = condition_of(addressees, reporters)
    of_provinces = condition_of(addressees, reporters, only="tinh")
    return OfficialLetter(
        number=number,
        issued=issued,
        issued_line=issued_line,
        title=capitalize_first(facts.summary),
        ministry=ministry_of(mark, facts.agency, paragraphs),
        department=department_of(mark, facts.agency, paragraphs, contact),
        addressees=addressees,
        owed_by=owed_by,
        limits=tuple(_told_once(one, owed_by, of_provinces) for one in limits_of(paragraphs, issued, reporters)),
        addresses=addresses_of(paragraphs),
        places=places_of(paragraphs),
        contact=contact,
        basis=acts_of(paragraphs),
        forms=tuple(dict.fromkeys(name for text in paragraphs for name in forms_in(text))),
    )


def _told_once(limit: Limit, owed_by: str, of_provinces: str) -> Limit:
    """Return the limit without a condition that says no more than the letter's own."""
    own = of_provinces if limit.owed_by == "kind = 'tinh'" and of_provinces else limit.owed_by
    return replace(limit, owed_by="" if own == owed_by else own)


def _own_day(facts: DocumentFacts, paragraphs: Sequence[str]) -> tuple[date | None, str]:
    """Return the letter's day and its line; "… của đất nước, ngày 02 tháng 3 năm 2012, Thủ tướng …" is none."""
    line = facts.date_line
    text = next((text for text in paragraphs if line and line in text), "")
    own = facts.place[:1].isupper() and not text.partition(line)[2].strip(" .;") if text else False
    return (facts.date, line) if own else (None, "")
