"""A form as it was read from a file, and what stands against judging it: an old layout, the same form a second time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from bot.decide.verdict import refuse_file
from bot.language import one_line
from bot.model import Outcome, Part, RefusalReason, Remark, Unreadable
from bot.reply.blank_code import version_of
from bot.sheet.copies import are_the_same_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Attachment, Campaign, Form, Problem, Table

_Other = TypeVar("_Other")


@dataclass(frozen=True, slots=True)
class ReadForm:
    """One form of one file, as read."""

    form: Form
    campaign: Campaign
    table: Table
    problems: tuple[Problem, ...]


def tell_macros(file: Attachment, reads: Sequence[ReadForm | Part]) -> tuple[ReadForm | Part, ...]:
    """Return what was read of a workbook with macros; its first form says, once for the file, that it holds them."""
    first = next((one for one in reads if isinstance(one, ReadForm)), None)
    if first is None:
        return tuple(reads)
    table = replace(first.table, remarks=(Remark("macros", "", file.name), *first.table.remarks))
    return tuple(replace(first, table=table) if one is first else one for one in reads)


def is_outdated(version: str, form: Form, problems: Sequence[Problem]) -> bool:
    """Tell whether a blank of another *version* lacks columns that the form has now.

    Where it has all that are asked for, nobody need send it again because a heading was worded anew.
    """
    return version != version_of(form) and any(one.notice == "thieu_cot" for one in problems)


def settle_twice(
    files: Sequence[Attachment], known: Mapping[str, tuple[ReadForm | Part | _Other, ...]]
) -> dict[str, tuple[ReadForm | Part | _Other, ...]]:
    """Return what was read of each file (by SHA-256), with a word where two files of the mail hold the same form.

    With the same rows the second one is a duplicate. With other rows nobody knows which counts, and neither is taken:
    the later would silently put the earlier aside.
    """
    reads: defaultdict[tuple[str, str], list[tuple[Attachment, ReadForm]]] = defaultdict(list)
    for file in files:
        for one in known[file.sha256]:
            if isinstance(one, ReadForm):
                reads[one.campaign.id, one.form.id].append((file, one))
    verdicts: dict[int, Part] = {}
    for (campaign, form), twins in reads.items():
        if len(twins) > 1:
            verdicts |= _verdicts(campaign, form, twins)
    return {sha256: tuple(verdicts.get(id(one), one) for one in read) for sha256, read in known.items()}


def _verdicts(campaign: str, form: str, twins: Sequence[tuple[Attachment, ReadForm]]) -> dict[int, Part]:
    """Return the parts that stand for forms that a mail holds several times, by the identity of what was read."""
    first = twins[0][1]
    if all(are_the_same_rows(first.form, first.table.data, one.table.data) for _, one in twins):
        return {
            id(one): Part(file.name, file.sha256, Outcome.DUPLICATE, campaign=campaign, form=form)
            for file, one in twins[1:]
        }
    names = "; ".join(one_line(file.name, 60) for file, _ in twins)
    twice = Unreadable(RefusalReason.SAME_FORM_TWICE, names, ((campaign, form),))
    return {id(one): refuse_file(file, twice) for file, one in twins}
