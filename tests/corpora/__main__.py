"""``python -m tests.corpora [--sheets|--mails|--marks] [--all]``: the whole walk, as a table.

``--stream [--passes N] [--seed S]`` drops all mails into the mailbox of a running daemon instead.

It exits with 1 where a promise breaks.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.corpora.intake import Fate

_AGREEMENT = 0.99


def main() -> int:
    """Walk what is asked for; return the exit code."""
    options = argparse.ArgumentParser(prog="tests.corpora")
    options.add_argument("--sheets", action="store_true", help="only the workbooks")
    options.add_argument("--mails", action="store_true", help="only the mails")
    options.add_argument("--marks", action="store_true", help="only the marked copies of the workbooks")
    options.add_argument("--all", action="store_true", help="name every file that was refused or differs")
    options.add_argument("--stream", action="store_true", help="all mails before a running daemon, in random order")
    options.add_argument("--passes", type=int, default=3, help="how often, with --stream")
    options.add_argument("--seed", type=int, default=1, help="of the order, with --stream")
    options.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth mail, with --stream")
    given = options.parse_args()
    out = Console(width=180)
    if given.stream:
        return 0 if _stream(out, given.passes, given.seed, given.every) else 1
    if given.marks:
        return 0 if _marks(out) else 1
    kept = True
    if given.sheets or not given.mails:
        kept = _sheets(out, every=given.all) and kept
    if given.mails or not given.sheets:
        kept = _mails(out, every=given.all) and kept
    return 0 if kept else 1


def _sheets(out: Console, *, every: bool) -> bool:
    from tests.corpora.walk import sheet_files, walk_sheets

    files = sheet_files()
    if not files:
        out.print("the shared corpora are not beside this checkout")
        return True
    with out.status("sheets") as status:
        tally = walk_sheets(files, status.update)
    table = Table("outcome", "files", "for example", title=f"{len(files)} files")
    for outcome, count in tally.outcomes.most_common():
        example = next(one.file for one in tally.walked if f"{one.outcome} {one.detail}".strip() == outcome)
        table.add_row(outcome, str(count), example)
    out.print(table)
    for one in tally.broken:
        out.print(f"BROKEN {one.file}: {one.outcome} {one.detail}")
    for one in tally.differing:
        out.print(f"differs {one.file}: {'; '.join(one.differs)}", markup=False)
    if every:
        for one in tally.walked:
            told = one.detail or f"{one.form} {one.cells} cells"
            out.print(f"{one.outcome} {one.file}: {told} ({one.seconds:.1f} s, {one.waiting} waiting)", markup=False)
    slowest = max(tally.walked, key=lambda one: one.seconds)
    out.print(f"{len(tally.compared)} files compared with other readers, the same cells in {tally.agreement:.2%}")
    out.print(f"slowest: {slowest.seconds:.1f} s {slowest.file}")
    return not tally.broken and tally.agreement >= _AGREEMENT


def _marks(out: Console) -> bool:
    from tests.corpora.marks import walk_marks
    from tests.corpora.walk import sheet_files

    files = sheet_files()
    with out.status("marks") as status:
        seen = walk_marks(files, status.update)
    table = Table("patched", "made anew", "no workbook", "opened by LibreOffice", title=f"{len(files)} files marked")
    table.add_row(str(seen.patched), str(seen.made_anew), str(seen.unread), str(seen.opened))
    out.print(table)
    for one in (*(f"{name}: not marked" for name in seen.unmarked), *seen.breaches):
        out.print(f"BROKEN {one}", markup=False)
    return not seen.unmarked and not seen.breaches


def _mails(out: Console, *, every: bool) -> bool:
    from tests.corpora.intake import SENDERS, walk_letters
    from tests.corpora.letters import letters
    from tests.corpora.walk import CORPORA

    if not CORPORA.exists():
        out.print("the shared corpora are not beside this checkout")
        return True
    told = list(letters(SENDERS))
    began = time.perf_counter()
    with TemporaryDirectory() as folder, Progress(*Progress.get_default_columns(), console=out, transient=True) as bar:
        task = bar.add_task("mails", total=len(told))
        fates, limits = walk_letters(told, Path(folder), lambda done: bar.update(task, completed=done))
    seconds = time.perf_counter() - began
    _tell_outcomes(out, fates)
    _tell_causes(out, fates)
    if every:
        for one in fates:
            out.print(f"{one.outcome} {one.letter.name}: {'; '.join(one.causes)} ({one.seconds:.1f} s)", markup=False)
    breaches = [(one, told) for one in fates for told in one.breaches(*limits)]
    _tell_promises(out, fates, Counter(told.split(":")[0] for _, told in breaches), limits)
    for one, breach in breaches:
        out.print(f"BROKEN {one.letter.name}: {breach}", markup=False)
    out.print(f"{len(told)} mails, {len(fates)} of them different, in {seconds:.0f} s")
    return not breaches


def _stream(out: Console, passes: int, seed: int, every: int) -> bool:
    from tests.corpora.intake import SENDERS
    from tests.corpora.letters import letters
    from tests.corpora.stream import FINAL_SECONDS, USUAL_SECONDS, stream
    from tests.corpora.walk import CORPORA

    if not CORPORA.exists():
        out.print("the shared corpora are not beside this checkout")
        return True
    told = list(letters(SENDERS))[::every]
    with TemporaryDirectory() as folder, Progress(*Progress.get_default_columns(), console=out, transient=True) as bar:
        task = bar.add_task("mails", total=passes * len(told))
        came = stream(
            told, Path(folder), passes=passes, seed=seed, progress=lambda done: bar.update(task, completed=done)
        )
    table = Table(
        "pass", "mails", "median", f"99 of 100 (≤ {USUAL_SECONDS:g} s)", f"slowest (≤ {FINAL_SECONDS:g} s)", "daemon",
        title=f"{came.letters} mails in random order, seed {seed}",
    )  # fmt: skip
    for number, one in enumerate(came.passes, 1):
        middle = sorted(one.seconds)[len(one.seconds) // 2]
        slowest, held = max(one.seconds), one.resident_mib
        table.add_row(
            str(number), str(len(one.seconds)), f"{middle:.2f} s", f"{one.usual:.2f} s", f"{slowest:.1f} s",
            f"{held:.0f} MiB",
        )  # fmt: skip
    out.print(table)
    out.print(f"{came.answers} mails sent; {came.machines} mails were of machines")
    for breach in came.breaches:
        out.print(f"BROKEN {breach}", markup=False)
    return not came.breaches


def _tell_outcomes(out: Console, fates: Sequence[Fate]) -> None:
    ways = sorted({one.letter.way for one in fates})
    table = Table("outcome", *ways, "with a reply", title="how the mails ended")
    for outcome in sorted({one.outcome for one in fates}):
        of = [one for one in fates if one.outcome == outcome]
        counts = Counter(one.letter.way for one in of)
        table.add_row(outcome, *(str(counts[way]) for way in ways), str(sum(one.mails > 0 for one in of)))
    out.print(table)


def _tell_causes(out: Console, fates: Sequence[Fate]) -> None:
    found: dict[tuple[str, str], list[Fate]] = {}
    for one in fates:
        for cause in one.causes:
            # Which sheets a foreign workbook has would be a row for each of them.
            told = "unknown_form" if cause.startswith("unknown_form") else cause
            found.setdefault((one.outcome, told), []).append(one)
    table = Table("outcome", "cause", "files", "for example", title="causes")
    for (outcome, cause), of in sorted(found.items(), key=lambda item: (item[0][0], -len(item[1]))):
        table.add_row(outcome, escape(cause), str(len(of)), escape(of[0].letter.name))
    out.print(table)


def _tell_promises(out: Console, fates: Sequence[Fate], broken: Mapping[str, int], limits: tuple[float, int]) -> None:
    machines = sum(one.letter.by_machine for one in fates)
    slowest, largest = max(fates, key=lambda one: one.seconds), max(fates, key=lambda one: one.peak)
    table = Table("promise", "broken", "seen", title="promises")
    for name, key, seen in (
        ("no exception of a child", "exception", ""),
        ("no death of a child", "death", ""),
        (f"no longer than {limits[0]:g} s", "hang", f"{slowest.seconds:.1f} s {slowest.letter.name}"),
        (
            f"no more than {limits[1] // 2**20} MiB resident",
            "memory",
            f"{largest.peak / 2**20:.0f} MiB {largest.letter.name}",
        ),
        ("one outcome each", "outcomes", ""),
        ("a cause for each refusal", "refused without a cause", ""),
        ("a cause for what is held", "held without a cause", ""),
        ("a cause for what is ignored", "ignored without a cause", ""),
        ("no answer to a machine", "a machine is answered", f"{machines} machines"),
    ):
        table.add_row(name, str(broken.get(key, 0)), escape(seen))
    out.print(table)


if __name__ == "__main__":
    sys.exit(main())
