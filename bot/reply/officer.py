"""The mail that tells an officer of the ministry what his orders have led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.language import VIETNAM, moment
from bot.model import Ending
from bot.reply.answered import group_standings
from bot.reply.board import MAX_CALLS, Board
from bot.reply.facts import find_campaign, find_reporter, sign
from bot.reply.findings import clean
from bot.reply.letter import Letter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.model import Decision, Rulebook, Standing, ToldOrder, Transcript
    from bot.reply.answer_lines import StandingGroup
    from bot.reply.board import Progress
    from bot.reply.board_lines import CallLine


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
class OrderLine:
    """One line of the officer's mail."""

    text: str
    verb: str
    """A value of bot.model.Verb: what the line is, or seems meant as; empty for neither."""
    fate: str
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
    done: int
    shown: int
    failed: int
    """How many were refused or not understood."""
    guide: bool
    """How commands are written is told."""


def tell_transcript(transcript: Transcript, decision: Decision, rulebook: Rulebook, now: datetime) -> OfficerTranscript:
    """Return the context of the mail that tells it."""
    lines = tuple(_line(one, rulebook, now) for one in transcript.lines if one.verb is not None)
    fates = [one.fate for one in transcript.lines if one.verb is not None]
    return OfficerTranscript(
        office=sign(find_campaign(rulebook, "", decision.received_at.astimezone(VIETNAM).date())),
        receipt=decision.receipt,
        received=moment(decision.received_at),
        lines=lines,
        prose=tuple(clean(one.text, 120) for one in transcript.lines if one.verb is None),
        left_out=transcript.left_out,
        done=fates.count(Ending.DONE),
        shown=fates.count(Ending.SHOWN),
        failed=fates.count(Ending.REFUSED) + fates.count(Ending.MISREAD),
        guide=not lines or any(one.verb == "guide" for one in lines),
    )


def _line(one: ToldOrder, rulebook: Rulebook, now: datetime) -> OrderLine:
    reporter = find_reporter(rulebook, one.reporter)
    everybody = one.fate is Ending.SHOWN and reporter is None
    return OrderLine(
        text=clean(one.text, 400),
        verb=one.verb.value if one.verb else "",
        fate=one.fate.value,
        why=one.refused.why.value if one.refused else "",
        named=clean(one.refused.named, 120) if one.refused else "",
        known=", ".join(clean(name, 80) for name in one.refused.known) if one.refused else "",
        reporter=reporter.name if reporter else "",
        campaigns=tuple(_campaigns(one.standings, rulebook, now)) if everybody else (),
        groups=() if everybody else group_standings(one.standings, rulebook, now),
    )


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
