"""The national table out of a million project rows: how long the export takes, how large it grows, how both grow."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.model import Rulebook, Unreadable
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, read_workbook
from tests.fixtures.accepted import Store
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
    seconds: float
    """The whole command, from its start to its end."""
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
        return [_run(config, folder / f"toan-quoc{suffix}", rows, progress) for suffix in (".parquet", ".csv", ".xlsx")]


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
    return Export(rows, target.suffix, time.perf_counter() - begun, used.ru_maxrss / 1024, size)
