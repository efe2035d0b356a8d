"""The national table out of a million project rows: how long the export takes, how large it grows, how both grow."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.config import load_config
from bot.daemon import Daemon
from bot.model import Rulebook, Unreadable
from bot.runners.digest import write_digest
from bot.schedule.digest import DigestWeek
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, read_workbook
from tests.fixtures.accepted import BEGIN, Store
from tests.fixtures.office import write_config
from tests.fixtures.workbooks import make_projects_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

FORM = "2012-kkt-kcn/III.4"


@dataclass(frozen=True, slots=True)
class Export:
    """What was measured for one size and kind of file."""

    rows: int
    suffix: str
    """The kind of file; ``digest`` for the week's digest over the same ledger."""
    seconds: float
    """The whole command, from its start to its end."""
    used: float
    """Seconds of processor time: what is left of it where others work on the same machine."""
    peak_mib: float
    size_mib: float


def measure_export(rows: int, progress: Callable[[str], None]) -> list[Export]:
    """Measure ``bot export`` with about *rows* rows, in equal shares from the 63 provinces of 2012."""
    rulebook = load_rulebook(read_rules(None))
    assert isinstance(rulebook, Rulebook)
    codes = [one.reporter for one in rulebook.obligations if f"{one.campaign}/{one.form}" == FORM]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        config = write_config(folder)
        progress(f"{rows:,} rows: making the tables of {len(codes)} provinces")
        store, table = Store(folder / "data"), _projects(rows // len(codes), rulebook)
        for code in codes:
            own = pc.binary_join_element_wise(table["so_gcndt"], code, "")
            at = table.schema.get_field_index("so_gcndt")
            store.send(code, rulebook.form(FORM), table.set_column(at, "so_gcndt", own))
        store.ledger.close()
        exports = [_run(config, folder / f"toan-quoc{one}", rows, progress) for one in (".parquet", ".csv", ".xlsx")]
        return [*exports, _measure_digest(config, rows, progress)]


def _projects(rows: int, rulebook: Rulebook) -> pa.Table:
    book = read_workbook(make_projects_workbook(rows), Limits())
    assert not isinstance(book, Unreadable)
    matches = identify(book, Vocabulary.of(rulebook.forms))
    assert not isinstance(matches, Unreadable)
    read = read_table(book, matches[0])
    assert not isinstance(read, Unreadable)
    return read[0].data


def _run(config: Path, target: Path, rows: int, progress: Callable[[str], None]) -> Export:
    progress(f"{rows:,} rows: {target.suffix}")
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bot", "--config", str(config), "export", FORM, "--to", str(target)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, "bot export failed"
    size = target.stat().st_size / 2**20
    seconds, cpu = time.perf_counter() - begun, used.ru_utime + used.ru_stime
    return Export(rows, target.suffix, seconds, cpu, used.ru_maxrss / 1024, size)


def _measure_digest(config: Path, rows: int, progress: Callable[[str], None]) -> Export:
    """Measure writing one digest, with its pictures and its workbook, in this process."""
    progress(f"{rows:,} rows: digest")
    with Daemon(load_config(config)) as daemon:
        week = DigestWeek(FORM.partition("/")[0], BEGIN + timedelta(days=7))
        begun, cpu = time.perf_counter(), time.process_time()
        rulebook = daemon.extended_rulebook()
        made = write_digest(daemon.ledger, rulebook, daemon.writer, week, ("vu@bokehoach.example",), week.end)
        size = sum(len(one.data) for one in made.enclosures) / 2**20
        return Export(rows, "digest", time.perf_counter() - begun, time.process_time() - cpu, 0, size)
