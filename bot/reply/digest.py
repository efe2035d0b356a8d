"""The weekly digest: the facts that its caller gathers → what its template sees, its pictures and its workbook."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.language import VIETNAM, day, moment
from bot.model import Enclosure, State
from bot.reply.board import DONE, MAX_CALLS, Board, find_focus, is_complete, nearest_open
from bot.reply.board_lines import BouncedLine, CallLine, FrequentLine, KeptLine, LifeLine, SaidLine
from bot.reply.contexts import Digest
from bot.reply.facts import find_campaign, sign
from bot.reply.findings import clean, sentence
from bot.reply.names import name_form
from bot.reply.recipients import recipients

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.model import Rulebook, Standing
    from bot.phrasebook import Phrasebook
    from bot.reply.board_lines import Curve, Milestone, RegionNames

BURN_UP, TILES = "tien-do@tong-hop", "ban-do@tong-hop"
"""Content-IDs of the pictures."""
WORDS = "_digest.txt"
"""The words in pictures and workbook."""
MAX_SAID = 10
"""What reporters said that the mail tells; the workbook tells all."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that waits for a person: held, or set aside after its tries."""

    receipt: str
    received_at: datetime
    sender: str
    why: str = ""
    """Of a held one: as a :class:`bot.model.HeldReason` says it."""
    messages: int = 1
    """Of the same sender, held for the same reason; this is the latest."""


@dataclass(frozen=True, slots=True)
class Frequent:
    """A finding that was made often in the week."""

    title: str
    form: str
    """The id within the campaign."""
    count: int
    reporters: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a reporter said about a finding of ours."""

    reporter: str
    """Its code."""
    form: str
    """The id within the campaign."""
    cell: str
    title: str
    text: str
    receipt: str
    doubt: bool


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What the caller knows about one campaign in one ISO week."""

    campaign: str
    week: date
    """Any day of the week that is told about."""
    standings: tuple[Standing, ...]
    """All obligations of the campaign."""
    finished: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """(reporter, form) → when it was first accepted."""
    held: tuple[Kept, ...] = ()
    set_aside: tuple[Kept, ...] = ()
    bounced: Mapping[str, datetime] = field(default_factory=dict)
    """Address → when a mail of ours came back from there."""
    frequent: tuple[Frequent, ...] = ()
    trial: tuple[Frequent, ...] = ()
    """Findings of rules on trial, which only the ministry is told."""
    slips: tuple[Frequent, ...] = ()
    """Columns that seem to be written in another unit."""
    said: tuple[Said, ...] = ()
    life: LifeLine = field(default_factory=LifeLine)
    """What the machine did in the week: the proof that it runs."""


def tell_week(facts: DigestFacts, board: Board) -> Digest:
    """Return the context of the week's digest: everything is counted from the standings, which *board* holds."""
    rulebook, now = board.rulebook, board.now
    iso = facts.week.isocalendar()
    monday = facts.week - timedelta(days=iso.weekday - 1)
    changed = {
        reporter.name: [one for one in board.by_reporter[reporter.code] if _changed_since(one, monday)]
        for reporter in board.reporters
    }
    milestones, calls, silent = _milestones(facts, board, monday), board.list_calls(), board.list_silent()
    return Digest(
        office=sign(find_campaign(rulebook, facts.campaign, facts.week)),
        year=iso.year,
        week=iso.week,
        today=day(now.astimezone(VIETNAM).date()),
        reporters=len(board.reporters),
        complete=board.complete,
        gained=_with_state(changed, *DONE),
        sent_back=_with_state(changed, State.RETURNED),
        silent=_not_called(silent, calls),
        silent_count=sum(len(one.reporters) for one in silent),
        due=nearest_open(facts.standings, now),
        focus=find_focus(milestones),
        milestones=milestones,
        progress=board.list_progress(),
        matrix=board.draw_matrix(),
        calls=calls[:MAX_CALLS],
        more_calls=calls[MAX_CALLS:],
        call_count=sum(len(one.reporters) for one in calls),
        unreachable=_unreachable(board, facts.bounced),
        bounced=_bounced(board, facts.bounced),
        extended=board.list_extended(),
        held=tuple(map(_kept, facts.held)),
        set_aside=tuple(map(_kept, facts.set_aside)),
        frequent=_frequent(facts.frequent, facts.campaign, rulebook),
        trial=_frequent(facts.trial, facts.campaign, rulebook),
        slips=_frequent(facts.slips, facts.campaign, rulebook),
        said=list_said(facts, rulebook)[:MAX_SAID],
        more_said=max(0, len(facts.said) - MAX_SAID),
        life=facts.life,
        burn_up=BURN_UP,
        tiles=TILES,
    )


def draw_enclosures(context: Digest, facts: DigestFacts, board: Board, words: Phrasebook) -> tuple[Enclosure, ...]:
    """Return the two pictures that the digest shows, and its workbook."""
    from bot.reply.digest_book import write_book
    from bot.reply.digest_charts import draw_burn_up, draw_tiles

    today = board.now.astimezone(VIETNAM).date()
    campaign = find_campaign(board.rulebook, facts.campaign, facts.week)
    curves = board.list_curves(facts.finished)
    begin = min([today - timedelta(days=7), *([campaign.opened] if campaign else []), *_first_days(curves)])
    book = write_book(context, board, facts, words)
    name = words.line("book_name", context.week, context.year)
    return (
        Enclosure(f"{BURN_UP.partition('@')[0]}.png", draw_burn_up(curves, begin, today, words), "image/png", BURN_UP),
        Enclosure(f"{TILES.partition('@')[0]}.png", draw_tiles(board.list_tiles(), words), "image/png", TILES),
        Enclosure(f"{name}.xlsx", book, _XLSX),
    )


def _first_days(curves: Sequence[Curve]) -> list[date]:
    return [min(one.done).astimezone(VIETNAM).date() for one in curves if one.done]


def _milestones(facts: DigestFacts, board: Board, monday: date) -> tuple[Milestone, ...]:
    """Return the deadlines with how many have met them, and how many of these did so since *monday*."""
    since = datetime.combine(monday, time(0), VIETNAM)
    return tuple(
        replace(milestone, gained=sum(instant >= since for instant in curve.done))
        for milestone, curve in zip(board.list_milestones(), board.list_curves(facts.finished), strict=True)
    )


def _bounced(board: Board, bounced: Mapping[str, datetime]) -> tuple[BouncedLine, ...]:
    """Return the addresses of the campaign's reporters from which a mail came back."""
    owners = {address: one.name for one in board.reporters for address in one.addresses}
    return tuple(
        BouncedLine(clean(address, 120), owners[address], day(since.astimezone(VIETNAM).date()))
        for address, since in bounced.items()
        if address in owners
    )


def _unreachable(board: Board, bounced: Mapping[str, datetime]) -> tuple[str, ...]:
    """Return who owes something and has no address to which one can write."""
    today = board.now.astimezone(VIETNAM).date()
    return tuple(
        one.name
        for one in board.reporters
        if not is_complete(board.by_reporter[one.code]) and not recipients((one,), today, bounced)[0]
    )


def list_said(facts: DigestFacts, rulebook: Rulebook) -> tuple[SaidLine, ...]:
    """Return all that reporters said in the week, doubts about a rule first: a rule may have to be mended."""
    return tuple(
        SaidLine(
            rulebook.reporter(one.reporter).name,
            name_form(rulebook, facts.campaign, one.form),
            clean(one.cell, 40),
            sentence(one.title),
            sentence(one.text, 300),
            clean(one.receipt, 40),
            one.doubt,
        )
        for one in sorted(facts.said, key=lambda one: not one.doubt)
    )


def _frequent(found: Sequence[Frequent], campaign: str, rulebook: Rulebook) -> tuple[FrequentLine, ...]:
    return tuple(
        FrequentLine(sentence(one.title), name_form(rulebook, campaign, one.form), one.count, one.reporters)
        for one in found
    )


def _not_called(silent: Sequence[RegionNames], calls: Sequence[CallLine]) -> tuple[RegionNames, ...]:
    """Return nothing where whoever is silent is overdue, and so named among those to call."""
    called = {name for line in calls if line.silent for name in line.reporters}
    return () if all(name in called for one in silent for name in one.reporters) else tuple(silent)


def _changed_since(standing: Standing, monday: date) -> bool:
    if standing.when is None:
        return False
    return monday <= standing.when.astimezone(VIETNAM).date() < monday + timedelta(days=7)


def _with_state(by_reporter: dict[str, list[Standing]], *states: State) -> tuple[str, ...]:
    return tuple(name for name, standings in by_reporter.items() if any(one.state in states for one in standings))


def _kept(one: Kept) -> KeptLine:
    return KeptLine(clean(one.receipt, 40), moment(one.received_at), clean(one.sender, 120), one.why, one.messages)
