"""Where a campaign stands, as the digest and ``bot status`` draw it: the matrix, the progress, whom to call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from bot.deadline import late_days
from bot.language import VIETNAM
from bot.model import State
from bot.reply.board_lines import (
    CallLine,
    Curve,
    ExtendedLine,
    Mark,
    Matrix,
    MatrixGroup,
    MatrixRow,
    Milestone,
    Region,
    RegionNames,
    Tile,
)
from bot.reply.facts import count_days, find_campaign
from bot.reply.findings import clean
from bot.reply.lines import Due
from bot.reply.names import name_forms, split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.model import Deadline, Reporter, Rulebook, Standing

DONE = frozenset({State.ACCEPTED, State.NIL})
MAX_CALLS = 12
"""Groups of reporters to call that are told in full; who comes after them misses less, and is only counted."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the forms of one annex and deadline are; accepted, returned and missing count obligations."""

    forms: str
    due: Due
    reporters: int
    complete: int
    """How many reporters have all of these forms done."""
    accepted: int
    nil: int
    """Of the accepted ones: nothing to tell."""
    returned: int
    missing: int
    many: bool
    """There are several forms, so that a reporter may have some of them done."""
    signed: int = 0
    """How many reporters have sent the signed copies that belong to these forms."""
    signed_asked: int = 0
    """Of how many such copies are asked for."""


@dataclass(frozen=True, slots=True)
class FormGroup:
    """Forms of one annex that are commonly due on one day."""

    campaign: str
    forms: tuple[str, ...]
    """Their ids."""
    title: str
    heads: tuple[str, ...]
    deadline: Deadline | None


class Board:
    """The standings of one campaign at one moment, looked at from each side; keeps nothing else."""

    def __init__(self, campaign: str, standings: Sequence[Standing], rulebook: Rulebook, now: datetime) -> None:
        self._campaign = campaign
        self.rulebook = rulebook
        self.now = now
        by_code: dict[str, list[Standing]] = {}
        for one in standings:
            by_code.setdefault(one.obligation.reporter, []).append(one)
        self.reporters: tuple[Reporter, ...] = tuple(one for one in rulebook.reporters if one.code in by_code)
        """Who owes something, in the rulebook's order."""
        self.by_reporter = {one.code: by_code[one.code] for one in self.reporters}
        self._all = [one for each in self.by_reporter.values() for one in each]
        self.groups = self._group_forms()

    @property
    def complete(self) -> int:
        """Return how many reporters have everything done."""
        return sum(map(is_complete, self.by_reporter.values()))

    def list_milestones(self) -> tuple[Milestone, ...]:
        """Return each deadline with how many have met all of it, in the order of the letter."""
        lines = []
        for deadline, members in self._forms_by_deadline().items():
            own = self._of(members)
            lines.append(Milestone(count_days(deadline, self.now), len(own), sum(map(is_complete, own))))
        return tuple(lines)

    def list_progress(self) -> tuple[Progress, ...]:
        """Return how far each group of forms is."""
        return tuple(map(self._progress, self.groups))

    def list_curves(self, finished: Mapping[tuple[str, str], datetime]) -> tuple[Curve, ...]:
        """Return how each deadline filled up; *finished* says when each (reporter, form) was first accepted."""
        curves = []
        for deadline, forms in self._forms_by_deadline().items():
            own = self._of(forms)
            ends = [
                max(finished.get((one.obligation.reporter, one.obligation.form), self.now) for one in each)
                for each in own
                if is_complete(each)
            ]
            day = deadline.day if deadline else None
            curves.append(Curve(count_days(deadline, self.now), day, len(own), tuple(ends)))
        return tuple(curves)

    def list_tiles(self) -> tuple[Tile, ...]:
        """Return each reporter as a tile of the map."""
        return tuple(self._tile(one, self.by_reporter[one.code]) for one in self.reporters)

    def draw_matrix(self, *, by_body: bool = False) -> Matrix:
        """Return reporters × forms, by region; or, *by_body*, by the body in which each reporter lies today."""
        marks = {(one.obligation.reporter, one.obligation.form): self._mark(one) for one in self._all}
        groups = tuple(map(self._columns, self.groups))
        return Matrix(groups, tuple(self._regions(marks, by_body=by_body)), sum(len(group.heads) for group in groups))

    def list_calls(self) -> tuple[CallLine, ...]:
        """Return who is overdue: first those of whom nothing ever came, then who misses most.

        Reporters that miss the same forms since the same day are one line.
        """
        groups: dict[tuple[tuple[str, ...], int, bool], list[str]] = {}
        for reporter in self.reporters:
            own = self.by_reporter[reporter.code]
            late = [(one.obligation.form, self._overdue(one)) for one in own if self._overdue(one)]
            if late:
                forms = {form for form, _ in late}
                ordered = tuple(form for group in self.groups for form in group.forms if form in forms)
                key = ordered, max(days for _, days in late), is_silent(own)
                groups.setdefault(key, []).append(reporter.name)
        lines = [
            CallLine(tuple(names), self._name(forms), len(forms), days, silent)
            for (forms, days, silent), names in groups.items()
        ]
        return tuple(sorted(lines, key=lambda line: (not line.silent, -line.count, -line.overdue_days)))

    def list_extended(self) -> tuple[ExtendedLine, ...]:
        """Return who may send what later than the others, and is not done yet."""
        groups: dict[tuple[str, str, str], list[str]] = {}
        for one in self._all:
            deadline = one.obligation.deadline
            if deadline is not None and deadline.reason and one.state not in DONE:
                key = self.rulebook.reporter(one.obligation.reporter).name, deadline.words, clean(deadline.reason)
                groups.setdefault(key, []).append(one.obligation.form)
        return tuple(
            ExtendedLine(name, self._name(forms), words, reason) for (name, words, reason), forms in groups.items()
        )

    def list_silent(self) -> tuple[RegionNames, ...]:
        """Return of whom nothing has ever come, by region."""
        regions: dict[str, list[Reporter]] = {}
        for reporter in self.reporters:
            regions.setdefault(reporter.region, []).append(reporter)
        lines = []
        for region, members in regions.items():
            names = tuple(one.name for one in members if is_silent(self.by_reporter[one.code]))
            if names:
                lines.append(RegionNames(region, names, len(names) == len(members)))
        return tuple(lines)

    def _group_forms(self) -> tuple[FormGroup, ...]:
        deadlines: dict[str, Counter[Deadline | None]] = {}
        for one in self._all:
            deadlines.setdefault(one.obligation.form, Counter())[one.obligation.deadline] += 1
        campaign = find_campaign(self.rulebook, self._campaign, self.now.date())
        known = [form for form in (campaign.forms if campaign else ()) if form in deadlines]
        ordered = dict.fromkeys([*known, *deadlines])
        columns = []
        for form in ordered:
            name = split_name(self.rulebook, self._campaign, form)
            common = deadlines[form].most_common(1)[0][0]
            head = name.number or form.partition("-")[0]
            columns.append(((*name.group, common), form, head))
        # A narrative stands beside the forms of its annex.
        places = {key: place for place, (key, _, _) in reversed(list(enumerate(columns)))}
        columns.sort(key=lambda column: places[column[0]])
        groups = []
        for (series, zone, deadline), members in groupby(columns, key=lambda column: column[0]):
            _, forms, heads = zip(*members, strict=True)
            groups.append(FormGroup(self._campaign, forms, f"{series} {zone}".strip(), heads, deadline))
        return tuple(groups)

    def _forms_by_deadline(self) -> dict[Deadline | None, set[str]]:
        forms: dict[Deadline | None, set[str]] = {}
        for group in self.groups:
            forms.setdefault(group.deadline, set()).update(group.forms)
        return forms

    def _of(self, forms: Iterable[str]) -> list[list[Standing]]:
        """Return the standings of those forms for each reporter that owes one of them."""
        wanted = frozenset(forms)
        own = ([one for one in each if one.obligation.form in wanted] for each in self.by_reporter.values())
        return [one for one in own if one]

    def _progress(self, group: FormGroup) -> Progress:
        own = self._of(group.forms)
        states = Counter(one.state for each in own for one in each)
        asked = [each for each in own if any(one.obligation.signed for one in each)]
        return Progress(
            forms=self._name(group.forms),
            due=count_days(group.deadline, self.now),
            reporters=len(own),
            complete=sum(map(is_complete, own)),
            accepted=states[State.ACCEPTED] + states[State.NIL],
            nil=states[State.NIL],
            returned=states[State.RETURNED],
            missing=states[State.NOTHING],
            many=len(group.forms) > 1,
            signed=sum(not any(one.lacks_signed_copy for one in each) for each in asked),
            signed_asked=len(asked),
        )

    def _mark(self, standing: Standing) -> Mark:
        if standing.state is State.ACCEPTED:
            return Mark("queried" if standing.queries else "late" if standing.late_days else "accepted")
        if standing.state is State.RETURNED:
            return Mark("returned", standing.revision)
        if standing.state is State.NOTHING:
            deadline = standing.obligation.deadline
            waits = "extended" if deadline is not None and deadline.reason else "nothing"
            return Mark("overdue" if self._overdue(standing) else waits)
        return Mark(standing.state.value)

    def _columns(self, group: FormGroup) -> MatrixGroup:
        due = f"{group.deadline.day.day}/{group.deadline.day.month}" if group.deadline else ""
        done = Counter(one.obligation.form for one in self._all if one.state in DONE)
        again = {one.obligation.form for one in self._all if one.state is State.RETURNED and one.revision > 1}
        totals = tuple(done[form] for form in group.forms)
        widths = tuple(
            1 + max(len(head), len(str(total)), 2 if form in again else 1)
            for form, head, total in zip(group.forms, group.heads, totals, strict=True)
        )
        return MatrixGroup(
            title=group.title,
            due=due,
            heads=group.heads,
            totals=totals,
            widths=widths,
            space=max(sum(widths), len(group.title) + 1, len(due) + 1),
        )

    def _tile(self, reporter: Reporter, own: Sequence[Standing]) -> Tile:
        done = sum(one.state in DONE for one in own)
        signs = (
            ("complete", done == len(own)),
            ("overdue", any(map(self._overdue, own))),
            ("returned", any(one.state is State.RETURNED for one in own)),
            ("partial", done > 0),
        )
        state = next((state for state, holds in signs if holds), "nothing")
        return Tile(reporter.name, done, len(own), state, reporter.tile)

    def _regions(self, marks: dict[tuple[str, str], Mark], *, by_body: bool) -> Iterable[Region]:
        regions: dict[str, list[Reporter]] = {}
        known = {one.code: one for one in self.rulebook.reporters}
        for reporter in self.reporters:
            body = reporter.body_on(self.now.astimezone(VIETNAM).date(), known) if by_body else None
            regions.setdefault((body or reporter).full_name if by_body else reporter.region, []).append(reporter)
        for name, members in regions.items():
            rows = tuple(
                MatrixRow(
                    one.name,
                    tuple(tuple(marks.get((one.code, form), Mark()) for form in group.forms) for group in self.groups),
                    one.code,
                )
                for one in members
            )
            yield Region(name, sum(is_complete(self.by_reporter[one.code]) for one in members), rows)

    def _name(self, forms: Iterable[str]) -> str:
        return name_forms(self.rulebook, ((self._campaign, form) for form in forms))

    def _overdue(self, standing: Standing) -> int:
        if standing.state in DONE:
            return 0
        return late_days(standing.obligation.deadline, self.now, self.rulebook.workdays)


def is_complete(standings: Iterable[Standing]) -> bool:
    """Return whether all of them are done."""
    return all(one.state in DONE for one in standings)


def is_silent(standings: Iterable[Standing]) -> bool:
    """Return whether nothing has ever come."""
    return all(one.state is State.NOTHING for one in standings)


def find_focus(milestones: Sequence[Milestone]) -> Milestone | None:
    """Return the deadline that matters most today: the nearest, before or behind us; None where none is dated."""
    dated = [one for one in milestones if one.due.days is not None]
    return min(dated, key=lambda one: (abs(one.due.days or 0), one.due.days or 0), default=None)


def nearest_open(standings: Iterable[Standing], now: datetime) -> Due:
    """Return the next deadline that someone has still to meet, else the one that passed last."""
    dues = {count_days(one.obligation.deadline, now) for one in standings if one.state not in DONE}
    dated = [one for one in dues if one.days is not None]
    return min(dated, key=lambda one: ((one.days or 0) < 0, abs(one.days or 0)), default=Due())
