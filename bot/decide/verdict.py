"""The verdict: from what was read to what it means. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from bot.decide.explain import with_explained
from bot.decide.halves import list_owed
from bot.decide.rounds import compare, traces_of
from bot.language import VIETNAM
from bot.model import Decision, Matter, Outcome, Part, RefusalReason, Settled, Severity, Standing, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from bot.model import (
        Agreed,
        Attachment,
        Changes,
        Deadline,
        Finding,
        Form,
        Heading,
        Help,
        History,
        Nil,
        Noted,
        Obligation,
        Rulebook,
        SignedCopy,
        Table,
        Unreadable,
    )


_JUDGED = frozenset({Outcome.ACCEPTED, Outcome.RETURNED})
_BESIDE = frozenset({RefusalReason.WRONG_TYPE, RefusalReason.UNKNOWN_FORM})


def receipt_code(number: int, received_at: datetime, reporter: str) -> str:
    """Return the code a person can say on the telephone: year, reporter, running number (``12-40-0057``)."""
    return f"{received_at:%y}-{reporter or '00'}-{number:04}"


def refuse_file(file: Attachment, unreadable: Unreadable) -> Part:
    """Return the part for a file that holds no form that can be read; it names the form where that is known."""
    campaign, form = unreadable.forms[0] if len(unreadable.forms) == 1 else ("", "")
    return Part(
        file.name,
        file.sha256,
        Outcome.REFUSED,
        unreadable.reason,
        unreadable.detail,
        campaign=campaign,
        form=form,
        forms=unreadable.forms,
    )


def repeat_file(file: Attachment, history: History) -> tuple[Part, ...]:
    """Return one duplicate part for each form that this very content was settled as; empty when it is to be judged.

    Only what was sent last is repeated by sending it again. Who sends an older file once more, after another one,
    takes the other back: that is a revision.
    """
    latest = {(one.campaign, one.form): one for one in history.settled}
    known = {(one.campaign, one.form): one for one in history.settled if one.content == file.sha256}
    if any(latest[form].content != file.sha256 for form in known):
        return ()
    return tuple(
        Part(
            file.name,
            file.sha256,
            Outcome.DUPLICATE,
            campaign=one.campaign,
            form=one.form,
            revision=one.revision,
            earlier=one.receipt,
            detail=one.verdict,
        )
        for one in known.values()
    )


def judge_table(
    file: Attachment,
    campaign: str,
    form: Form,
    table: Table,
    findings: tuple[Finding, ...],
    history: History,
    *,
    late_days: int,
    stored: str,
    changes: Changes | None = None,
) -> Part:
    """Return the part for a form that was read: returned when any error stands in it, else accepted.

    *campaign* is the id of the campaign, or of the period, for which it was sent; *changes* are those of its rows since
    the last revision.
    """
    part = judge_narrative(file, campaign, form.id, findings, history, late_days=late_days)
    if part.progress is not None:
        part = replace(part, progress=replace(part.progress, changes=changes))
    return replace(
        part, sheets=table.sheets, understood=table.understood, table=stored, nil=table.nil, remarks=table.remarks
    )


def judge_narrative(
    file: Attachment, campaign: str, outline: str, findings: tuple[Finding, ...], history: History, *, late_days: int
) -> Part:
    """Return the part for a narrative, by the same measure as for a form."""
    findings = with_explained(findings, history.explained, campaign, outline)
    blocked = any(one.severity is Severity.ERROR and not one.trial for one in findings)
    before = last_revision(history, campaign, outline)
    accepted = [one for one in _earlier(history, campaign, outline) if one.verdict is Outcome.ACCEPTED]
    return Part(
        file=file.name,
        content=file.sha256,
        verdict=Outcome.RETURNED if blocked else Outcome.ACCEPTED,
        campaign=campaign,
        form=outline,
        revision=_next_revision(history, campaign, outline),
        late_days=late_days,
        findings=findings,
        progress=compare(before, findings) if before else None,
        counts=accepted[-1] if blocked and accepted else None,
    )


def judge_nil(campaign: str, form: str, history: History, *, late_days: int) -> Part:
    """Return the part for a form of which a mail says, without any file, that there is nothing to tell."""
    return Part(
        file="",
        content="",
        verdict=Outcome.ACCEPTED,
        campaign=campaign,
        form=form,
        revision=_next_revision(history, campaign, form),
        late_days=late_days,
        nil=True,
    )


def _next_revision(history: History, campaign: str, form: str) -> int:
    before = last_revision(history, campaign, form)
    return 1 + max(before.revision if before else 0, history.taken_out.get((campaign, form), 0))


def last_revision(history: History, campaign: str, form: str) -> Settled | None:
    """Return the revision against which the next one is held, or None where nothing that still counts was judged."""
    return max(_earlier(history, campaign, form), key=lambda one: one.revision, default=None)


def remember(history: History, parts: Sequence[Part], receipt: str, received_at: datetime) -> History:
    """Return the history as it is after *parts* were judged, so that the next part of the same form counts on."""
    settled = tuple(
        Settled(
            part.campaign,
            part.form,
            part.verdict,
            part.revision,
            part.content,
            receipt,
            received_at,
            errors=len(part.of(Severity.ERROR)),
            table=part.table,
            nil=part.nil,
            queries=len(part.of(Severity.QUERY)),
            traces=traces_of(part.findings),
        )
        for part in parts
        if part.verdict in _JUDGED
    )
    return replace(history, settled=(*history.settled, *settled))


def decide(
    heading: Heading,
    parts: Sequence[Part],
    *,
    receipt: str,
    received_at: datetime,
    reporter: str,
    rulebook: Rulebook,
    history: History,
    days_left: Callable[[Deadline | None], int | None],
    noted: Sequence[Noted] = (),
    nil: Nil | None = None,
    agreed: Agreed | None = None,
    help_asked: Help | None = None,
    trial: bool = False,
    signed: tuple[SignedCopy, ...] = (),
) -> Decision:
    """Give the whole message its one outcome.

    Files that are no forms (a letter, a picture, another workbook) beside a form are kept and named, they spoil
    nothing. A message all of whose files are refused is refused, for the reason nearest to a form; but where *signed*
    copies came and nothing else that could be a form, they are what was sent. One without any part only says something
    (*noted*, *nil*, *agreed*, *help_asked*): it is answered. A *trial* ends as one, whatever its files are.
    """
    alone = bool(signed) and all(part.reason is RefusalReason.WRONG_TYPE for part in parts)
    counted = () if alone else tuple(part for part in parts if part.reason not in _BESIDE) or _nearest(parts)
    documents = tuple(part.file for part in parts if part not in counted)
    outcome = Outcome.SIGNED if alone else _outcome(counted)
    if trial:
        counted = tuple(replace(part, revision=0, late_days=0) for part in counted)
    about = history.answered
    campaign = (
        next((part.campaign for part in counted if part.campaign), "")
        or next((one.campaign for one in signed), "")
        or (about.campaign if about and (noted or agreed) else "")
        or _likeliest_campaign(rulebook, reporter, received_at.astimezone(VIETNAM).date())
    )
    return Decision(
        outcome=Outcome.TRIAL if trial else outcome,
        receipt=receipt,
        received_at=received_at,
        rules=rulebook.hash,
        reason=counted[0].reason if outcome is Outcome.REFUSED else None,
        why=heading.automatic,
        reporter=reporter,
        campaign=campaign,
        parts=counted,
        documents=documents,
        signed=signed,
        owed=list_owed(
            _standings(rulebook, campaign, reporter, history, () if trial else counted, signed), rulebook, days_left
        ),
        about=about,
        noted=() if trial else tuple(noted),
        nil=None if trial else nil,
        agreed=agreed,
        help=help_asked if outcome is Outcome.ANSWERED else None,
        matter=_matter(noted, nil, help_asked) if outcome is Outcome.ANSWERED else None,
        would_be=outcome if trial else None,
    )


def _matter(noted: Sequence[Noted], nil: Nil | None, help_asked: Help | None) -> Matter:
    if help_asked is not None:
        return help_asked.matter
    if noted:
        return Matter.NOTED
    return Matter.AGREEMENT if nil is None else Matter.NIL


def forget_contents(history: History) -> History:
    """Return the history for a trial: a file that was sent before is checked like any other."""
    return replace(history, settled=tuple(replace(one, content="") for one in history.settled))


def take_out_trial(decision: Decision) -> Decision:
    """Return a decision as it is kept: of a trial no part has a verdict that stands, nor a table.

    What the verdict would have been is kept as the part's detail, as the findings are, so that it can be shown.
    """
    if decision.outcome is not Outcome.TRIAL:
        return decision
    return replace(
        decision,
        parts=tuple(
            replace(part, verdict=Outcome.TRIAL, detail=part.verdict.value, table="")
            if part.verdict in _JUDGED
            else part
            for part in decision.parts
        ),
    )


def _nearest(parts: Sequence[Part]) -> tuple[Part, ...]:
    unknown = (part for part in parts if part.reason is RefusalReason.UNKNOWN_FORM)
    return tuple(islice((*unknown, *parts), 1))


def _outcome(parts: Sequence[Part]) -> Outcome:
    verdicts = {part.verdict for part in parts}
    if not verdicts:
        return Outcome.ANSWERED
    if verdicts == {Outcome.REFUSED}:
        return Outcome.REFUSED
    if verdicts & {Outcome.RETURNED, Outcome.REFUSED}:
        return Outcome.RETURNED
    return Outcome.DUPLICATE if verdicts == {Outcome.DUPLICATE} else Outcome.ACCEPTED


def _likeliest_campaign(rulebook: Rulebook, reporter: str, day: date) -> str:
    """Return the campaign that a mail without a form is about: of those under way, the one that is due next."""
    under_way = {one.id: one for one in rulebook.under_way(day)}
    owed = [one for one in rulebook.owed_by(reporter) if one.campaign in under_way]
    due = [one for one in owed if one.deadline and one.deadline.day >= day]
    if due:
        return min(due, key=lambda one: one.deadline.day if one.deadline else day).campaign
    return max(owed, key=lambda one: under_way[one.campaign].opened).campaign if owed else ""


def _earlier(history: History, campaign: str, form: str) -> tuple[Settled, ...]:
    return tuple(one for one in history.settled if (one.campaign, one.form) == (campaign, form))


def _verdicts(judged: Iterable[Part | Settled]) -> Iterator[tuple[tuple[str, str], Outcome]]:
    return (((one.campaign, one.form), one.verdict) for one in judged)


def _standings(
    rulebook: Rulebook,
    campaign: str,
    reporter: str,
    history: History,
    parts: Sequence[Part],
    signed: Sequence[SignedCopy],
) -> list[Standing]:
    """Return where the reporter stands in the campaign once *parts* and *signed* are settled."""
    judged = (*_verdicts(history.settled), *_verdicts(parts))
    accepted = {form for form, verdict in judged if verdict is Outcome.ACCEPTED}
    copies = {(one.campaign, one.form): one for one in (*history.signed, *signed)}

    def standing(one: Obligation) -> Standing:
        earlier = _earlier(history, campaign, one.form)
        returned = earlier[-1].receipt if earlier and earlier[-1].verdict is Outcome.RETURNED else ""
        state = State.ACCEPTED if (campaign, one.form) in accepted else State.RETURNED if returned else State.NOTHING
        return Standing(one, state, receipt=returned, signed=copies.get((campaign, one.signed)))

    return [standing(one) for one in rulebook.owed_by(reporter) if one.campaign == campaign]
