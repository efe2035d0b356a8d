"""``python -m tests.corpora [--sheets|--mails] [--all]``: the whole walk, as a table; exit 1 where a promise breaks."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

_AGREEMENT = 0.99


def main() -> int:
    """Walk what is asked for; return the exit code."""
    options = argparse.ArgumentParser(prog="tests.corpora")
    options.add_argument("--sheets", action="store_true", help="only the workbooks")
    options.add_argument("--mails", action="store_true", help="only the mails")
    options.add_argument("--all", action="store_true", help="name every file that was refused or differs")
    given = options.parse_args()
    out = Console(width=180)
    kept = True
    if given.sheets or not given.mails:
        kept = _sheets(out, every=given.all) and kept
    if given.mails or not given.sheets:
        kept = _mails(out) and kept
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


def _mails(out: Console) -> bool:
    # The mails walk through the whole intake in a child of the worker pool; it joins here once that stands.
    out.print("mails: not walked yet")
    return True


if __name__ == "__main__":
    sys.exit(main())
