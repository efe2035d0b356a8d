"""Prints ratios, not absolute times: ``uv run python -m tests.bench [intake|flow|rules|marks …] [--quick]``."""

from __future__ import annotations

import argparse
import logging

# Only what is light stands here: the child processes import this module again, and their memory is measured.
import structlog
from rich.console import Console
from rich.table import Table

KINDS = ("intake", "latency", "flow", "drain", "rules", "dataset", "marks", "share", "reach")


def main() -> None:
    """Measure what is asked for."""
    options = argparse.ArgumentParser(prog="tests.bench")
    options.add_argument("kinds", nargs="*", default=list(KINDS), choices=[*KINDS, []])
    options.add_argument("--quick", action="store_true", help="smaller sizes, to see that it runs")
    given = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    out = Console()
    for kind in given.kinds:
        with out.status(kind) as status:
            table = _MEASURES[kind](given.quick, status.update)
        out.print(table)


def _intake(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.intake import measure_intake

    columns = ("rows", "answer", "bare calamine, s", "whole intake, s", "ratio", "child's peak, MiB")
    table = Table(*columns, title="Intake of III.4")
    clean = ((1_000, 5), (10_000, 3)) if quick else ((1_000, 9), (10_000, 9), (100_000, 3))
    # One as large as the largest that was really sent, and such with one wrong row in a hundred and its marked copy.
    real = [(13_266, 3 if quick else 9, False, False)]
    bent = [(rows, repeats, True, True) for rows, repeats in clean if rows > 1_000]
    for rows, repeats, spare, wrong in [*((*one, True, False) for one in clean), *real, *bent]:
        one = measure_intake(rows, repeats, progress, spare=spare, wrong=wrong)
        size, answer = f"{rows:,} × {one.columns}", "marked copy" if one.wrong else "accepted"
        table.add_row(size, answer, f"{one.bare:.3f}", f"{one.whole:.3f}", f"{one.ratio:.2f}", f"{one.peak_mib:.0f}")
    return table


def _latency(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.flow import measure_latency
    from tests.bench.mailboxes import names

    columns = ("server", "from IDLE notice, s", "from arrival, s", "slowest, s")
    table = Table(*columns, title="One mail of 300 rows to its reply (medians)")
    for name in names():
        one = measure_latency(name, 300, 5 if quick else 20, progress)
        table.add_row(name, f"{one.from_notice:.3f}", f"{one.from_arrival:.3f}", f"{one.slowest:.3f}")
    return table


def _flow(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.flow import measure_flow
    from tests.bench.mailboxes import names

    table = Table("server", "rows", "workers", "mails a second", title="A full inbox, IMAP to SMTP")
    for name in names():
        for rows in (20, 200):
            for workers in (1, 2):
                one = measure_flow(name, rows, 40 if quick else 200, workers, progress)
                table.add_row(name, str(rows), str(workers), f"{one.per_second:.1f}")
    return table


def _drain(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.drain import measure_drain
    from tests.bench.mailboxes import names

    columns = ("server", "mails", "daemon grows by, MiB", "cost of a mail, against a quarter of the inbox")
    table = Table(*columns, title="Mails of 200 KB from a full inbox")
    name, mails = names()[-1], 100 if quick else 1_000
    quarter, whole = measure_drain(name, mails // 4, progress), measure_drain(name, mails, progress)
    table.add_row(name, str(whole.mails), f"{whole.growth_mib:.1f}", f"{whole.each / quarter.each:.2f}")
    return table


def _marks(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.marks import measure_marking

    table = Table(
        "rows", "bare calamine, s", "marked copy, s", "ratio", title="Marked copy of III.4, one error in 100 rows"
    )
    for rows, repeats in ((1_000, 3),) if quick else ((1_000, 9), (10_000, 9), (100_000, 3)):
        one = measure_marking(rows, repeats, progress)
        table.add_row(f"{rows:,}", f"{one.bare:.3f}", f"{one.marking:.3f}", f"{one.ratio:.2f}")
    return table


def _rules(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.rules import measure_rules

    table = Table("what", "median, s", "slowest, s", "bar, s", title="Rules")
    for one in measure_rules(10_000 if quick else 100_000, 3 if quick else 9, progress):
        table.add_row(one.what, f"{one.median:.3f}", f"{one.slowest:.3f}", f"{one.bar:.1f}")
    return table


def _dataset(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.dataset import measure_export

    table = Table("rows", "what", "whole, s", "processor, s", "peak, MiB", "size, MiB", title="III.4 of 63 provinces")
    for rows in (1_000, 10_000) if quick else (10_000, 100_000, 1_000_000):
        for one in measure_export(rows, progress):
            peak = f"{one.peak_mib:.0f}" if one.peak_mib else ""
            times = (f"{one.seconds:.1f}", f"{one.used:.1f}")
            table.add_row(f"{one.rows:,}", one.suffix, *times, peak, f"{one.size_mib:.1f}")
    return table


def _share(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.share import measure_sharing

    columns = ("workers", "mails a second", "against one", "thinking, s", "PostgreSQL, s", "kept for a mail, KiB")
    table = Table(*columns, title="bot work at one ledger in PostgreSQL, forms of 200 rows")
    mails, first = 100 if quick else 1_000, 0.0
    for workers in (1, 2):
        one = measure_sharing(workers, mails, 200, progress)
        first = first or one.seconds
        costs = (f"{one.thinking:.3f}", f"{one.database:.4f}", f"{one.vault_kib:.0f} + {one.ledger_kib:.0f}")
        table.add_row(str(workers), f"{1 / one.seconds:.1f}", f"{first / one.seconds:.2f}", *costs)
    return table


def _reach(quick: bool, progress) -> Table:  # type: ignore[no-untyped-def]
    from tests.bench.reach import Costs, how_far
    from tests.bench.share import measure_sharing

    mails = 60 if quick else 300
    small, large = (measure_sharing(1, mails // part, rows, progress) for part, rows in ((1, 300), (3, 3_000)))
    row = (large.thinking - small.thinking) / 2_700
    costs = Costs(small.thinking, row, small.database)
    told = f"{costs.deciding * 1000:.0f} ms to decide 300 rows, "
    told += f"{costs.row * 1e6:.0f} µs a further row, {costs.database * 1000:.1f} ms of the database"
    table = Table("children", "mails on the last day", "rows", "bottleneck", "used", title=f"How far it goes: {told}")
    for children in (2, 4, 8, 16, 32):
        one = how_far(children, costs)
        table.add_row(str(children), f"{one.mails:,}", f"{one.rows:,}", one.bottleneck, f"{one.used:.0%}")
    return table


_MEASURES = {
    "share": _share,
    "reach": _reach,
    "intake": _intake,
    "latency": _latency,
    "flow": _flow,
    "drain": _drain,
    "rules": _rules,
    "marks": _marks,
    "dataset": _dataset,
}

if __name__ == "__main__":
    main()
