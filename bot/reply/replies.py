"""From a decision to the context of its reply."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from bot.language import VIETNAM, moment
from bot.model import Outcome, RefusalReason, Severity
from bot.reply.answered import answer_words
from bot.reply.contexts import (
    REFUSALS,
    FaultSender,
    Held,
    Receipt,
    Refusal,
    ReplyAccepted,
    ReplyDuplicate,
    ReplyReturned,
    ReplySigned,
    ReplyTrial,
)
from bot.reply.facts import due_of_form, find_campaign, find_nearest, find_reporter, sign, tell_periods
from bot.reply.findings import clean, count_notes, name_column, number_findings
from bot.reply.lines import (
    Due,
    Office,
    PartLine,
    PlainLine,
    RemarkLine,
    SheetLine,
    TimeLine,
    UnderstoodLine,
)
from bot.reply.names import find_form, name_form, name_forms
from bot.reply.noted import has_indicators, name_parts, tell_nil, tell_noted
from bot.reply.owed import OwedGroup, SignedLine, group_owed, is_form, name_owed, name_signed
from bot.reply.repairs import sum_up_repairs
from bot.reply.rounds import has_moved, tell_kept, tell_round

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.model import Campaign, Decision, Part, Rulebook
    from bot.reply.answer_lines import NilLine, Noted
    from bot.reply.letter import Letter
    from bot.reply.lines import FindingLine

MAX_LINES = 20
"""Errors and queries that one mail lists; the exact number of the rest is told."""

MAX_PLAIN = 6
"""Parts with nothing to say about them that are told with their rows; more are only named."""


class Basics(TypedDict):
    """What every reply to a reporter says, as keywords."""

    office: Office
    addressee: str
    reporter: str
    receipt: str
    received: str
    parts: tuple[PartLine, ...]
    documents: tuple[str, ...]
    blanks: tuple[str, ...]
    signed: tuple[SignedLine, ...]
    plain: PlainLine | None
    times: tuple[TimeLine, ...]
    met: str
    owed: tuple[OwedGroup, ...]
    noted: Noted | None
    nothing: NilLine | None


class _Listed(NamedTuple):
    errors: tuple[FindingLine, ...]
    queries: tuple[FindingLine, ...]


def answer(
    decision: Decision,
    rulebook: Rulebook,
    now: datetime,
    marked: tuple[str, ...] = (),
    blanks: tuple[str, ...] = (),
) -> Letter | None:
    """Return the context of the one reply to a message; None for one that gets none.

    *marked* and *blanks* are the names of the marked copies and of the blank forms that go with it.
    """
    if decision.outcome in (Outcome.IGNORED, Outcome.DISMISSED):
        return None
    if decision.outcome is Outcome.HELD:
        return Held(office=sign(_campaign_of(decision, rulebook)))
    if decision.outcome is Outcome.FAILED:
        return admit_fault(decision.receipt, decision.received_at, decision.reporter, decision.campaign, rulebook)
    listed = _list_findings(decision, rulebook)
    basics = _basics(decision, rulebook, now, listed, blanks)
    if decision.outcome is Outcome.SIGNED:
        return _acknowledge(decision, rulebook, basics)
    if decision.outcome is Outcome.REFUSED:
        return _refuse(decision, rulebook, basics)
    if decision.outcome is Outcome.ANSWERED:
        return answer_words(decision, rulebook, now, basics)
    if decision.outcome is Outcome.DUPLICATE:
        return _settled(decision, rulebook, basics)
    return _checked(decision, rulebook, now, basics, listed, marked)


def admit_fault(receipt: str, received_at: datetime, reporter: str, campaign: str, rulebook: Rulebook) -> FaultSender:
    """Return the context of the mail that says: our fault, nothing has to be sent again."""
    found = find_reporter(rulebook, reporter)
    return FaultSender(
        office=sign(find_campaign(rulebook, campaign, received_at.astimezone(VIETNAM).date(), reporter)),
        addressee=found.addressee if found else "",
        receipt=receipt,
        received=moment(received_at),
    )


def confirm_arrival(receipt: str, received_at: datetime, reporter: str, rulebook: Rulebook) -> Receipt:
    """Return the context of the mail that says: it has come, the verdict follows."""
    found = find_reporter(rulebook, reporter)
    return Receipt(
        office=sign(find_campaign(rulebook, "", received_at.astimezone(VIETNAM).date(), reporter)),
        addressee=found.addressee if found else "",
        receipt=receipt,
        received=moment(received_at),
    )


def _campaign_of(decision: Decision, rulebook: Rulebook) -> Campaign | None:
    day = decision.received_at.astimezone(VIETNAM).date()
    return find_campaign(rulebook, decision.campaign, day, decision.reporter)


def _basics(decision: Decision, rulebook: Rulebook, now: datetime, listed: _Listed, blanks: tuple[str, ...]) -> Basics:
    reporter = find_reporter(rulebook, decision.reporter)
    returned = frozenset((one.campaign, one.form) for one in decision.parts if one.verdict is Outcome.RETURNED)
    copies = {one.file for one in decision.signed}
    return {
        "office": sign(_campaign_of(decision, rulebook)),
        "addressee": reporter.addressee if reporter else "",
        "reporter": reporter.name if reporter else "",
        "receipt": decision.receipt,
        "received": moment(decision.received_at),
        "parts": tuple(
            _describe(index, part, rulebook, decision, now, listed) for index, part in enumerate(decision.parts)
        ),
        "documents": tuple(clean(name, 120) for name in decision.documents if name not in copies),
        "signed": name_signed(decision.signed, rulebook),
        "blanks": blanks,
        "plain": _sum_up(decision, rulebook),
        "times": _tell_times(decision, rulebook, now),
        "met": _name_met(decision, rulebook),
        "owed": group_owed(decision.owed, rulebook, returned),
        "noted": tell_noted(decision, rulebook),
        "nothing": tell_nil(decision, rulebook),
    }


def _name_met(decision: Decision, rulebook: Rulebook) -> str:
    """Return what the reporter owed in the campaign and owes no longer."""
    still = {one.obligation.form for one in decision.owed}
    all_owed = (one for one in rulebook.owed_by(decision.reporter) if one.campaign == decision.campaign)
    return name_forms(rulebook, ((one.campaign, one.form) for one in all_owed if one.form not in still))


def _describe(
    index: int, part: Part, rulebook: Rulebook, decision: Decision, now: datetime, listed: _Listed
) -> PartLine:
    form = name_form(rulebook, part.campaign, part.form) if part.form else ""
    detail, asked = tell_periods(part, rulebook) if part.reason is RefusalReason.WRONG_PERIOD else (part.detail, "")
    return PartLine(
        file=clean(part.file, 120),
        form=form,
        verdict=part.verdict.value,
        reason=part.reason.value if part.reason else "",
        detail=clean(detail, 300),
        asked=asked,
        revision=part.revision,
        sheets=tuple(SheetLine(clean(sheet.name, 60), sheet.rows) for sheet in part.sheets),
        rows=part.rows,
        errors=sum(line.part == index for line in listed.errors),
        queries=sum(line.part == index for line in listed.queries),
        late_days=part.late_days,
        due=due_of_form(part.campaign, part.form, rulebook, decision.reporter, now),
        earlier=part.earlier,
        understood=tuple(
            UnderstoodLine(clean(one.sheet, 60), one.letter, clean(one.written, 80), name_column(one.column))
            for one in part.understood
        ),
        remarks=tuple(RemarkLine(one.kind, clean(one.sheet, 60), clean(one.where, 200)) for one in part.remarks),
        nil=part.nil,
        indicator=has_indicators(part, rulebook),
        plain=_is_plain(part),
        round=tell_round(part),
        kept=tell_kept(part),
    )


def _is_plain(part: Part) -> bool:
    return part.verdict is Outcome.ACCEPTED and not (
        part.understood or part.remarks or part.of(Severity.QUERY) or has_moved(part)
    )


def _sum_up(decision: Decision, rulebook: Rulebook) -> PlainLine | None:
    plain = list(filter(_is_plain, decision.parts))
    if len(plain) <= MAX_PLAIN:
        return None
    told = [part for part in plain if not part.nil]
    nil = [part for part in plain if part.nil]
    rows = sum(part.rows for part in told if not has_indicators(part, rulebook))
    forms = sum(1 for part in told if part.sheets)
    return PlainLine(_name(told, rulebook), forms, rows, _name(nil, rulebook))


def _tell_times(decision: Decision, rulebook: Rulebook, now: datetime) -> tuple[TimeLine, ...]:
    groups: dict[tuple[int, Due], list[tuple[str, str]]] = {}
    for part in decision.parts:
        due = due_of_form(part.campaign, part.form, rulebook, decision.reporter, now)
        if part.revision and due.words and part.verdict is not Outcome.DUPLICATE:
            groups.setdefault((part.late_days, due), []).append((part.campaign, part.form))
    return tuple(TimeLine(name_forms(rulebook, forms), due, late) for (late, due), forms in groups.items())


def _list_findings(decision: Decision, rulebook: Rulebook) -> _Listed:
    errors, queries = number_findings(decision.parts, *name_parts(decision.parts, rulebook))
    return _Listed(errors, queries)


def _nearest(decision: Decision, forms: frozenset[tuple[str, str]]) -> Due:
    """Return the nearest deadline of these (campaign, form); of all that is owed where none of them is."""
    own = [one for one in decision.owed if (one.obligation.campaign, one.obligation.form) in forms]
    return find_nearest(own or decision.owed)


def _checked(
    decision: Decision,
    rulebook: Rulebook,
    now: datetime,
    basics: Basics,
    listed: _Listed,
    marked: tuple[str, ...],
) -> ReplyAccepted | ReplyReturned | ReplyTrial:
    kind: Callable[..., ReplyAccepted | ReplyReturned | ReplyTrial] = (
        ReplyAccepted if decision.outcome is Outcome.ACCEPTED else ReplyReturned
    )
    if decision.would_be is not None:
        kind = partial(ReplyTrial, would_be=decision.would_be.value)
    errors = listed.errors[:MAX_LINES]
    queries = listed.queries[: MAX_LINES - len(errors)]
    accepted = _with_verdict(decision, Outcome.ACCEPTED)
    returned = _with_verdict(decision, Outcome.RETURNED)
    everything = _with_verdict(decision, *Outcome)
    return kind(
        **basics,
        forms=_name(everything, rulebook),
        form_count=len(everything),
        accepted=_name([one for one in accepted if not one.nil], rulebook),
        nil=_name([one for one in accepted if one.nil], rulebook),
        returned=_name(returned, rulebook),
        returned_count=len(returned),
        kept=_name([one for one in returned if one.counts], rulebook),
        kept_receipts=tuple(dict.fromkeys(one.counts.receipt for one in returned if one.counts)),
        settled=_name(_with_verdict(decision, Outcome.DUPLICATE), rulebook),
        next_due=find_nearest(decision.owed),
        overdue=sum(one.days_left is not None and one.days_left < 0 for one in decision.owed),
        unread=sum(part.verdict is Outcome.REFUSED for part in decision.parts),
        due=_due_to_act(decision, rulebook, now),
        errors=errors,
        queries=queries,
        error_count=len(listed.errors),
        query_count=len(listed.queries),
        rest=len(listed.errors) + len(listed.queries) - len(errors) - len(queries),
        notes=count_notes(decision.parts),
        repairs=sum_up_repairs(decision.parts),
        agreed=decision.agreed.receipt if decision.agreed else "",
        marked=tuple(clean(name, 120) for name in marked),
    )


def _due_to_act(decision: Decision, rulebook: Rulebook, now: datetime) -> Due:
    """Return the nearest deadline of the forms that are returned, else of those that are asked about."""
    returned = [one for one in decision.parts if one.verdict is Outcome.RETURNED]
    if returned or decision.outcome is Outcome.RETURNED:
        return _nearest(decision, frozenset((one.campaign, one.form) for one in returned))
    dues = [
        due_of_form(one.campaign, one.form, rulebook, decision.reporter, now)
        for one in decision.parts
        if one.of(Severity.QUERY)
    ]
    open_ones = [one for one in dues if one.days is not None and one.days >= 0]
    return min(open_ones, key=lambda one: one.days or 0, default=Due())


def _with_verdict(decision: Decision, *verdicts: Outcome) -> list[Part]:
    """Return the parts of those verdicts in which a form was found, each form once."""
    found = {(one.campaign, one.form): one for one in decision.parts if one.form and one.verdict in verdicts}
    return list(found.values())


def _name(parts: Sequence[Part], rulebook: Rulebook) -> str:
    return name_forms(rulebook, ((one.campaign, one.form) for one in parts))


def _acknowledge(decision: Decision, rulebook: Rulebook, basics: Basics) -> ReplySigned:
    copies = [(one.campaign, one.form) for one in decision.signed]
    owed = [one for one in decision.owed if not one.signed_copy and not one.returned]
    beside = [one for one in owed if (one.obligation.campaign, one.obligation.signed) in copies]
    forms = [one for one in beside if is_form(one, rulebook)]
    return ReplySigned(
        **basics,
        names=name_forms(rulebook, dict.fromkeys(copies)),
        missing_forms=name_owed(forms, rulebook),
        missing_texts=name_owed([one for one in beside if one not in forms], rulebook),
        due=find_nearest(beside),
    )


def _settled(decision: Decision, rulebook: Rulebook, basics: Basics) -> ReplyDuplicate:
    still = {(one.obligation.campaign, one.obligation.form) for one in decision.owed}
    again = [one for one in decision.parts if (one.campaign, one.form) in still]
    duplicates = _with_verdict(decision, Outcome.DUPLICATE)
    return ReplyDuplicate(
        **basics,
        forms=_name(duplicates, rulebook),
        form_count=len(duplicates),
        receipts=tuple(dict.fromkeys(one.earlier for one in decision.parts if one.earlier)),
        open=_name(again, rulebook),
        due=_nearest(decision, frozenset((one.campaign, one.form) for one in again)) if again else Due(),
    )


def _refuse(decision: Decision, rulebook: Rulebook, basics: Basics) -> Refusal:
    reason = decision.reason
    if reason is None:
        raise ValueError("a refused decision names its reason")
    lines = basics["parts"]
    first = next((one for one in lines if one.reason == reason), lines[0] if lines else None)
    own = frozenset((one.campaign, one.form) for one in decision.parts if one.form)
    found = [find_form(rulebook, *form) for form in own]
    return REFUSALS[reason](
        **basics,
        file=first.file if first else "",
        form=first.form if first else "",
        detail=first.detail if first else "",
        asked=first.asked if first else "",
        files=sum(one.reason == reason for one in lines) > 1,
        twins=reason is RefusalReason.AMBIGUOUS_FORM and _are_twins(first.detail if first else ""),
        due=_nearest(decision, own),
        nil_allowed=any(form.nil for form in found if form),
    )


def _are_twins(titles: str) -> bool:
    """Tell whether the titles, parted by semicolons, carry the same number: only their whole words tell them apart."""
    named = titles.split("; ")
    return len(named) > 1 and len({one.partition(". ")[0] for one in named}) == 1
