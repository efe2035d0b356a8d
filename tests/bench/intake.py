"""The whole intake of a workbook (raw mail → committed decision and rendered reply) against the bare calamine read."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook

from bot.adapters.ledger import Arrival, Mailbox
from bot.demo.servers import DemoImap, DemoSmtp
from bot.language import VIETNAM
from bot.runners.process import process_undecided
from tests.bench.peak import children_peak
from tests.bench.setup import daemon_at, distinct, make_mail
from tests.fixtures.workbooks import PROJECT_HEADERS, PROJECT_SPARE_COLUMNS, make_projects_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.daemon import Daemon

_BOX = Mailbox("bench", "INBOX", 1)
_ARRIVED = datetime(2012, 11, 20, 9, 0, tzinfo=VIETNAM)


@dataclass(frozen=True, slots=True)
class Intake:
    """What was measured for one size."""

    rows: int
    columns: int
    wrong: bool
    """One project of a hundred has a mistake: the answer carries the marked copy."""
    bare: float
    """Seconds, median: open from bytes, then ``to_python``."""
    whole: float
    """Seconds, median."""
    peak_mib: float
    """Most resident memory of any child."""

    @property
    def ratio(self) -> float:
        """Return how many bare reads the whole intake takes."""
        return self.whole / self.bare


def measure_intake(
    rows: int, repeats: int, progress: Callable[[str], None], *, spare: bool = True, wrong: bool = False
) -> Intake:
    """Measure both in turns, *repeats* times, in one run; without *spare* columns the table has four less."""
    progress(f"making a workbook of {rows:,} rows")
    # With a total the marked copy would have to say that it does not fit either.
    workbook = make_projects_workbook(
        rows, without=() if spare else PROJECT_SPARE_COLUMNS, wrong_every=100 if wrong else 0, totals=not wrong
    )
    columns = len(PROJECT_HEADERS) - (0 if spare else len(PROJECT_SPARE_COLUMNS))
    wanted = "returned" if wrong else "accepted"
    bare, whole = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        DemoImap() as imap,
        DemoSmtp() as smtp,
        daemon_at(Path(folder), imap, smtp) as daemon,
        children_peak() as peak,
    ):
        for number in range(repeats + 1):
            progress(f"{rows:,} rows, round {number}")
            bare.append(seconds_of(lambda: read_bare(workbook)))
            raw = make_mail(distinct(workbook, number), number)
            whole.append(seconds_of(partial(_take_in, daemon, raw, number + 1)))
        outcomes = daemon.ledger.counts(_ARRIVED).by_outcome
        if outcomes != {wanted: repeats + 1}:
            raise RuntimeError(f"{repeats + 1} workbooks were to be {wanted}: {outcomes}")
    # The first round warms both sides up and is not counted.
    return Intake(rows, columns, wrong, statistics.median(bare[1:]), statistics.median(whole[1:]), peak.mib)


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long *work* takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def read_bare(workbook: bytes) -> int:
    """Read all sheets with python-calamine and nothing else; return how many rows they have."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return sum(len(book.get_sheet_by_index(index).to_python()) for index in range(len(book.sheet_names)))


def _take_in(daemon: Daemon, raw: bytes, uid: int) -> None:
    sha256 = daemon.vault.put(raw)
    daemon.ledger.receive(_BOX, [Arrival(uid, sha256, len(raw), _ARRIVED)], _ARRIVED)
    process_undecided(daemon.desk, daemon.stop)
