"""Edited rules on what was sent before: whose verdict would change. Nothing is sent, and nothing is written.

Each mail is judged again from its raw bytes, as of the day on which it came, in children that know the edited rules.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

from bot.model import Outcome, Severity
from bot.runners.pool import Fault, Ticket
from bot.runners.process import with_files

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.adapters.ledger import Judged, Ledger, ShownPart
    from bot.adapters.vault import Vault
    from bot.model import Finding, Part
    from bot.runners.process import Workers

_BATCH = 64
_Key = tuple[str, str, str]
"""Rule, sheet, and cell or column."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How a finding weighs, and whether only the ministry sees it."""

    severity: Severity
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that comes (no *before*), goes (no *after*) or weighs otherwise."""

    rule: str
    title: str
    sheet: str
    cell: str
    """``J14``, or the title of a column where no cell is meant."""
    say: str
    before: Weight | None
    after: Weight | None


@dataclass(frozen=True, slots=True)
class PartChange:
    """A file or form that would be judged otherwise; None stands for one that is not there."""

    file: str
    form: str
    before: Outcome | None
    after: Outcome | None
    findings: tuple[Change, ...]
    uncounted: int = 0
    """By how many findings the part grows, where the ledger did not keep all of them in words and none is compared."""

    @property
    def turns(self) -> bool:
        """Return whether the verdict itself changes."""
        return self.before is not self.after


@dataclass(frozen=True, slots=True)
class Tried:
    """What the edited rules make of one message."""

    receipt: str
    reporter: str
    received_at: datetime
    parts: tuple[PartChange, ...] = ()
    """Only those that change."""
    fault: str = ""
    """Why it could not be judged again."""

    @property
    def turns(self) -> bool:
        """Return whether any verdict changes."""
        return any(one.turns for one in self.parts)


@dataclass(frozen=True, slots=True)
class Trial:
    """What trying needs: the ledger and the vault to read from, and children that know the edited rules."""

    ledger: Ledger
    vault: Vault
    pool: Workers
    workers: int


def try_rules(trial: Trial, stop: threading.Event) -> Iterator[Tried]:
    """Yield what becomes of each settled message of a known reporter, in the order of their numbers.

    A few messages are in memory at any time, however many there are. Setting *stop* ends it after those in hand.
    """
    last = 0
    with ThreadPoolExecutor(trial.workers, thread_name_prefix="try") as threads:
        while not stop.is_set() and (batch := trial.ledger.judged(last, _BATCH)):
            last = batch[-1].id
            for tried in threads.map(partial(_try_one, trial, stop), batch):
                if tried is not None:
                    yield tried


def _try_one(trial: Trial, stop: threading.Event, message: Judged) -> Tried | None:
    if stop.is_set():
        return None
    tried = Tried(message.receipt, message.reporter, message.received_at)
    try:
        return replace(tried, parts=judge_again(trial, message))
    except Fault as fault:
        return replace(tried, fault=str(fault))


def judge_again(trial: Trial, message: Judged) -> tuple[PartChange, ...]:
    """Return what becomes of a message that is judged again from its raw bytes, as of its day; raises Fault."""
    shown = trial.ledger.show(message.receipt)
    path = trial.vault.path(message.sha256)
    # Whose mail it is was settled then; by whose word authors are believed may have changed since.
    ticket = Ticket(path, message.id, message.received_at, vouched=message.reporter)
    contents = trial.pool.open(ticket).contents
    known = trial.ledger.history(message.reporter, "", contents, (message.received_at, message.id))
    settlement = trial.pool.settle(ticket, with_files(known, trial.vault), message.settled_at)
    return compare(shown.parts if shown else (), settlement.decision.parts)


# -- comparing: values in, values out --------------------------------------------------------------------------


def compare(before: Sequence[ShownPart], after: Sequence[Part]) -> tuple[PartChange, ...]:
    """Return the parts that differ in verdict or findings.

    Parts are the same when file and form are; what is left over of one file is held together in its order. A part
    that was a duplicate repeats an earlier one and is left out on both sides.
    """
    repeated = {(one.content, one.campaign, one.form) for one in before if one.verdict is Outcome.DUPLICATE}
    old = [one for one in before if (one.content, one.campaign, one.form) not in repeated]
    new = [one for one in after if (one.content, one.campaign, one.form) not in repeated]
    changes = (_compare_part(*pair) for pair in _pairs(old, new))
    return tuple(one for one in changes if one is not None)


def _pairs(old: list[ShownPart], new: list[Part]) -> Iterator[tuple[ShownPart | None, Part | None]]:
    lonely: list[ShownPart] = []
    for one in old:
        same = next((other for other in new if _form_of(other) == _form_of(one)), None)
        if same is None:
            lonely.append(one)
        else:
            new.remove(same)
            yield one, same
    for one in lonely:
        same = next((other for other in new if other.content == one.content), None)
        if same is not None:
            new.remove(same)
        yield one, same
    yield from ((None, other) for other in new)


def _form_of(part: ShownPart | Part) -> tuple[str, str, str]:
    return part.content, part.campaign, part.form


def _compare_part(before: ShownPart | None, after: Part | None) -> PartChange | None:
    whole = before is None or len(before.findings) == before.findings_total
    findings = _compare_findings(before.findings if before else (), after.findings if after else ()) if whole else ()
    grown = 0 if before is None or whole else (len(after.findings) if after else 0) - before.findings_total
    known = after or before
    if known is None:
        return None
    change = PartChange(
        file=known.file,
        form=(after.form if after else "") or (before.form if before else ""),
        before=before.verdict if before else None,
        after=after.verdict if after else None,
        findings=tuple(findings),
        uncounted=grown,
    )
    return change if change.turns or change.findings or change.uncounted else None


def _compare_findings(before: Iterable[Finding], after: Iterable[Finding]) -> Iterator[Change]:
    """Yield what comes, goes or weighs otherwise; one rule may speak several times about one cell."""
    old, new = _by_key(before), _by_key(after)
    for key in dict.fromkeys((*old, *new)):
        was, is_ = old.get(key, []), new.get(key, [])
        same = Counter(map(_weight, was)) & Counter(map(_weight, is_))
        for one, other in zip_longest(_without(was, same), _without(is_, same)):
            told = other or one
            rule, sheet, cell = key
            yield Change(
                rule,
                told.title,
                sheet,
                cell,
                told.say,
                _weight(one) if one else None,
                _weight(other) if other else None,
            )


def _by_key(findings: Iterable[Finding]) -> dict[_Key, list[Finding]]:
    found: dict[_Key, list[Finding]] = {}
    for one in findings:
        found.setdefault((one.rule, one.place.sheet, one.place.cell or one.place.column), []).append(one)
    return found


def _without(findings: Iterable[Finding], same: Counter[Weight]) -> list[Finding]:
    left = Counter(same)
    rest = []
    for one in findings:
        if left[_weight(one)]:
            left[_weight(one)] -= 1
        else:
            rest.append(one)
    return rest


def _weight(finding: Finding) -> Weight:
    return Weight(finding.severity, finding.trial)
