"""``python -m tests.lines --only imap,smtp --seeds 20``: every fault of the lines; exits 1 when a promise breaks."""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.lines.play import play
from tests.lines.scenarios import scenarios
from tests.servers import DovecotServer, DovecotUser, make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.lines.play import Played, Scenario


def main(prog: str, known: Mapping[str, Sequence[Scenario]]) -> int:
    """Play those of the *known* faults that are asked for; return the exit code."""
    options = argparse.ArgumentParser(prog=prog)
    options.add_argument("--only", default=",".join(known), help="the lines or doors, with commas between")
    options.add_argument("--fault", default="", help="only faults whose name holds one of these, with commas between")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--seed", type=int, default=1, help="the first seed")
    options.add_argument("--mails", type=int, default=9)
    options.add_argument("--server", choices=("pymap", "dovecot"), default="pymap", help="behind the spoilt line")
    given = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # cut lines are what is wanted here
    asked = [
        one
        for line in given.only.split(",")
        for one in known[line]
        if any(some in one.name for some in given.fault.split(","))
    ]
    if given.server == "dovecot":
        asked = [one for one in asked if not one.numbers]
    runs = [(one, seed) for one in asked for seed in range(given.seed, given.seed + given.seeds)]
    played = []
    with _server(given.server) as dovecot:
        for one, seed in track(runs, "faults", console=Console(stderr=True)):
            box = DovecotUser(dovecot, tls=False) if dovecot else None
            with tempfile.TemporaryDirectory() as folder:
                played.append(play(one, Path(folder), mails=given.mails, seed=seed, box=box))
    _tell(Console(width=150), played)
    return 0 if all(one.holds for one in played) else 1


@contextlib.contextmanager
def _server(name: str) -> Iterator[DovecotServer | None]:
    """Give a Dovecot where one is wanted."""
    if name == "pymap":
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        server = DovecotServer(make_certificate(Path(folder)))
        try:
            server.start()
            yield server
        finally:
            server.close()


def _tell(out: Console, played: Sequence[Played]) -> None:
    table = Table("fault", "runs", "mails", "back at the latest", "all answered", "copies", "broken", title="faults")
    for name in dict.fromkeys(one.scenario for one in played):
        of = [one for one in played if one.scenario == name]
        back = max((one.back.total_seconds() for one in of if one.back is not None), default=float("nan"))
        rest = max((one.rest.total_seconds() for one in of if one.back is not None), default=float("nan"))
        broken = sum(not one.holds for one in of)
        mails, copies = sum(one.mails for one in of), sum(one.copies for one in of)
        table.add_row(name, str(len(of)), str(mails), f"{back:.0f} s", f"{rest:.0f} s", str(copies), str(broken))
    out.print(table)
    for one in played:
        for breach in one.breaches:
            out.print(f"BROKEN {one.scenario}, seed {one.seed}: {breach}", markup=False)
    out.print(f"{len(played)} runs, {sum(not one.holds for one in played)} broken")


if __name__ == "__main__":
    sys.exit(main("tests.lines", scenarios()))
