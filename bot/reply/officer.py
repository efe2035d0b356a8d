"""The mail that tells an officer of the ministry what his orders have led to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from bot.language import VIETNAM, moment
from bot.model import Ending, Verb, Why
from bot.reply.answered import group_standings
from bot.reply.board import MAX_CALLS, Board
from bot.reply.facts import find_campaign, find_reporter, sign
from bot.reply.findings import clean
from bot.reply.letter import Letter
from bot.reply.names import name_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.model import Change, Decision, Refused, Rulebook, Standing, ToldOrder, Transcript
    from bot.reply.answer_lines import StandingGroup
    from bot.reply.board import Progress
    from bot.reply.board_lines import CallLine

_LISTED = 10
"""Held mails of one sender that a mail lists."""


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """Where one campaign stands."""

    title: str
    reporters: int
    complete: int
    progress: tuple[Progress, ...]
    calls: tuple[CallLine, ...]
    """Who is overdue, as many as a mail can hold."""
    more_calls: tuple[CallLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What an order changes for one form."""

    form: str
    before: str
    """The words of the deadline; of a decision ``accepted``, ``returned`` or ``invalidated``."""
    after: str
    late_days: int
    stood: str
    """A value of bot.model.State: where the reporter stood with the form; empty where that does not depend on it."""
    stands: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A held mail that a line is about."""

    receipt: str
    received: str
    subject: str
    sender: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of the officer's mail."""

    text: str
    verb: str
    """A value of bot.model.Verb: what the line is, or seems meant as; empty for neither."""
    ending: str
    """A value of bot.model.Ending."""
    why: str
    """Of a refused one a value of bot.model.Why."""
    named: str
    known: str
    reporter: str
    campaigns: tuple[CampaignLine, ...]
    """What was asked for of everybody."""
    groups: tuple[StandingGroup, ...]
    """What was asked for of one reporter."""
    changes: tuple[ChangeLine, ...]
    receipt: str
    revision: int
    reason: str
    address: str
    """Of the sender who is registered."""
    mails: tuple[WaitingLine, ...]
    """His mails that wait, or those that are dismissed."""
    more_mails: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerTranscript(Letter):
    """What became of each line of an officer's mail."""

    receipt: str
    received: str
    lines: tuple[OrderLine, ...]
    """The commands, and what seems meant as one."""
    prose: tuple[str, ...]
    """What is none, and was passed over."""
    left_out: int
    asked: int
    """How many wait for a confirmation."""
    done: int
    shown: int
    failed: int
    """How many were refused or not understood."""
    guide: bool
    """How commands are written is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerConfirm(OfficerTranscript):
    """The same, where some of it waits for a confirmation."""

    code: str
    expires: str


def tell_transcript(transcript: Transcript, decision: Decision, rulebook: Rulebook, now: datetime) -> OfficerTranscript:
    """Return the context of the mail that tells it, and asks for a confirmation where something waits for one."""
    meant = [one for one in transcript.lines if one.verb is not None]
    endings = [one.ending for one in meant]
    told = OfficerTranscript(
        office=sign(find_campaign(rulebook, "", decision.received_at.astimezone(VIETNAM).date())),
        receipt=decision.receipt,
        received=moment(decision.received_at),
        lines=tuple(_line(one, rulebook, now) for one in meant),
        prose=tuple(clean(one.text, 120) for one in transcript.lines if one.verb is None),
        left_out=transcript.left_out,
        asked=endings.count(Ending.ASKED),
        done=endings.count(Ending.DONE),
        shown=endings.count(Ending.SHOWN),
        failed=endings.count(Ending.REFUSED) + endings.count(Ending.MISREAD),
        guide=not meant or any(one.verb is Verb.GUIDE for one in meant),
    )
    if transcript.expires_at is None:
        return told
    shared = {one.name: getattr(told, one.name) for one in fields(told)}
    return OfficerConfirm(**shared, code=transcript.code, expires=moment(transcript.expires_at))


def _line(one: ToldOrder, rulebook: Rulebook, now: datetime) -> OrderLine:
    reporter = find_reporter(rulebook, one.reporter)
    everybody = one.ending is Ending.SHOWN and reporter is None
    return OrderLine(
        text=clean(one.text, 400),
        verb=one.verb.value if one.verb else "",
        ending=one.ending.value,
        why=one.refused.why.value if one.refused else "",
        named=clean(one.refused.named, 120) if one.refused else "",
        known=_known(one.refused) if one.refused else "",
        reporter=reporter.name if reporter else "",
        campaigns=tuple(_campaigns(one.standings, rulebook, now)) if everybody else (),
        groups=() if everybody else group_standings(one.standings, rulebook, now),
        changes=tuple(_change(each, rulebook) for each in one.changes),
        receipt=one.receipt,
        revision=one.revision,
        reason=clean(one.reason, 300),
        address=clean(one.address, 120),
        mails=tuple(
            WaitingLine(each.receipt, moment(each.received_at), clean(each.subject, 120), clean(each.sender, 120))
            for each in one.mails[:_LISTED]
        ),
        more_mails=max(0, len(one.mails) - _LISTED),
    )


def _known(refused: Refused) -> str:
    """Return what there is instead, as it is told in one sentence."""
    known = [clean(one, 80) for one in refused.known]
    match refused.why:
        case Why.NOT_OWED:
            known = known[1:]  # the first is the reporter, who is named anyway
        case Why.AFTER_CLOSE | Why.ALREADY:
            known = known[:1]
        case Why.WHICH_PART | Why.NO_SUCH_PART:
            known = list(dict.fromkeys(one.rpartition("/")[0] for one in known))
    return ", ".join(known)


def _change(one: Change, rulebook: Rulebook) -> ChangeLine:
    stood, stands = (each.state.value for each in one.stands) if one.stands else ("", "")
    form = name_form(rulebook, one.campaign, one.form)
    return ChangeLine(form, clean(one.before, 120), clean(one.after, 120), one.late_days, stood, stands)


def _campaigns(standings: tuple[Standing, ...], rulebook: Rulebook, now: datetime) -> Iterator[CampaignLine]:
    for campaign in dict.fromkeys(one.obligation.campaign for one in standings):
        own = [one for one in standings if one.obligation.campaign == campaign]
        board = Board(campaign, own, rulebook, now)
        calls = board.list_calls()
        yield CampaignLine(
            title=rulebook.campaign(campaign).title,
            reporters=len(board.reporters),
            complete=board.complete,
            progress=board.list_progress(),
            calls=calls[:MAX_CALLS],
            more_calls=calls[MAX_CALLS:],
        )
