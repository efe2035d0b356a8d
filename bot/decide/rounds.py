"""What became of the findings of the revision before: each is known again by its rule and its row's key. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import Progress, Severity, Trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import Finding, Settled

_TOLD = frozenset({Severity.ERROR, Severity.QUERY})


def traces_of(findings: Iterable[Finding]) -> tuple[Trace, ...]:
    """Return what is to be remembered of the errors and queries that the reporter is told."""
    return tuple(
        Trace(one.rule, one.place.column, one.row_key, one.place.sheet, one.place.row)
        for one in findings
        if one.severity in _TOLD and not one.trial and not one.explained
    )


def compare(earlier: Settled, findings: Iterable[Finding]) -> Progress:
    """Return what became of the problems of the revision *earlier*, now that the next one has *findings*.

    A problem is the same where rule, column and row key are, wherever its row stands now. Those of rows without a key
    are counted, since nothing tells them apart; a row that says its key in one of the two revisions only is known
    again by its place. Where the ledger has not kept all problems of an earlier revision, they are counted by rule.
    """
    now = traces_of(findings)
    before, left = _by_rule(earlier, now) if earlier.spoken else _by_row(earlier.traces, now)
    return Progress(earlier.revision, before, left, len(now) - left)


def _by_rule(earlier: Settled, now: Sequence[Trace]) -> tuple[int, int]:
    spoken = Counter(earlier.spoken)
    return spoken.total(), (spoken & Counter(one.rule for one in now)).total()


def _by_row(before: Sequence[Trace], now: Sequence[Trace]) -> tuple[int, int]:
    then, since = Counter(map(_identity, before)), Counter(map(_identity, now))
    gone, come = _those_of(before, then - since), _those_of(now, since - then)
    moved = sum(
        (Counter(map(_place, gone[keyed])) & Counter(map(_place, come[not keyed]))).total() for keyed in (True, False)
    )
    return len(before), (then & since).total() + moved


def _those_of(traces: Iterable[Trace], identities: Counter[tuple[str, str, str]]) -> dict[bool, list[Trace]]:
    """Return as many traces of each identity as are counted, those whose rows say their key apart from the others."""
    found: dict[bool, list[Trace]] = {True: [], False: []}
    for one in traces:
        if identities[_identity(one)]:
            identities[_identity(one)] -= 1
            found[_says_key(one)].append(one)
    return found


def _identity(one: Trace) -> tuple[str, str, str]:
    return one.rule, one.column, one.row_key if _says_key(one) else ""


def _place(one: Trace) -> tuple[str, str, str, int]:
    return one.rule, one.column, one.sheet, one.row


def _says_key(one: Trace) -> bool:
    """Tell whether any cell of the row's key is filled: empty ones leave only the bars between them."""
    return bool(one.row_key.strip("|"))
