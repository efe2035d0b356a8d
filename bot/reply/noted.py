"""What a reporter said about our numbers, as the reply tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Severity
from bot.reply.answer_lines import NilLine, Noted, NotedLine
from bot.reply.findings import clean, sentence, told_lines
from bot.reply.lines import ReturnedLine
from bot.reply.names import find_form, name_form, name_forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Decision, Part, Rulebook


def tell_noted(decision: Decision, rulebook: Rulebook) -> Noted | None:
    """Return what is said about the numbers of the mail that is answered; None where nothing is."""
    about = decision.about
    if about is None or not decision.noted:
        return None
    lines = told_lines(about.parts, *name_parts(about.parts, rulebook))
    severities = {
        number: finding.severity
        for part in about.parts
        for finding, number in zip(part.findings, part.numbers, strict=True)
    }
    errors = {number for number in lines if severities[number] is Severity.ERROR}
    told = {
        one.number: NotedLine(
            one.number, one.effect.value, sentence(one.text, 300), lines.get(one.number), one.number in errors
        )
        for one in decision.noted
    }
    kept = {one.number for one in decision.noted if one.is_kept}
    closed = about.explained | kept | errors
    return Noted(
        receipt=about.receipt,
        kept=tuple(line for number, line in told.items() if number in kept),
        others=tuple(line for number, line in told.items() if number not in kept),
        left=tuple(line for number, line in lines.items() if number not in closed),
        errors=len(errors),
    )


def tell_nil(decision: Decision, rulebook: Rulebook) -> NilLine | None:
    """Return what the mail means by having nothing to declare; None where it says nothing of the kind."""
    nil = decision.nil
    if nil is None:
        return None
    settled = [(one.campaign, one.form) for one in decision.parts if one.nil and not one.file]
    return NilLine(
        words=clean(nil.words, 300),
        forms=name_forms(rulebook, settled),
        unable=name_forms(rulebook, nil.unable),
        kept=tuple(ReturnedLine(name_form(rulebook, one.campaign, one.form), one.receipt) for one in nil.kept),
        which=name_forms(rulebook, nil.which),
        example=name_form(rulebook, *nil.which[0]) if nil.which else "",
    )


def name_parts(parts: Sequence[Part], rulebook: Rulebook) -> tuple[list[str], list[int]]:
    """Return the name of each part's form, empty where there is only one, and which forms are lists of indicators."""
    many = len(parts) > 1
    names = [name_form(rulebook, part.campaign, part.form) if many else "" for part in parts]
    return names, [index for index, part in enumerate(parts) if has_indicators(part, rulebook)]


def has_indicators(part: Part, rulebook: Rulebook) -> bool:
    """Return whether the part's form has an indicator in each row."""
    form = find_form(rulebook, part.campaign, part.form) if part.form else None
    return form is not None and form.layout == "indicators"
