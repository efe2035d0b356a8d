"""A sample of the real files; the whole walk is ``python -m tests.corpora``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.model import Unreadable
from bot.sheet.workbook import Limits, read_workbook
from tests.corpora import seen
from tests.corpora.marks import walk_marks
from tests.corpora.walk import CORPORA, others_see, sheet_files

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not CORPORA.exists(), reason="the shared corpora are not beside this checkout")

_EVERY = 17
_HOSTILE = frozenset({"51535.xls"})
"""Kept for the whole walk, where each file meets its end in a child."""
SAMPLE = [file for file in sheet_files()[::_EVERY] if file.name not in _HOSTILE and file.stat().st_size < 2**18]


@pytest.mark.parametrize("file", SAMPLE, ids=lambda file: file.name)
def test_a_real_file_is_read_as_other_readers_see_it_or_refused_with_a_reason(file: Path) -> None:
    book = read_workbook(file.read_bytes(), Limits())
    if isinstance(book, Unreadable):
        assert book.reason
        return
    assert seen.seen_by_us(book)
    assert others_see(file)[1] == ()


def test_the_vietnamese_forms_are_all_read_whole() -> None:
    forms = [file for file in sheet_files() if file.suffix == ".xlsx" and "vn" in file.relative_to(CORPORA).parts]
    assert len(forms) > 20
    assert {file.name: others_see(file)[1] for file in forms[::3] if others_see(file)[1]} == {}


def test_marks_land_in_real_files_and_nothing_else_changes() -> None:
    seen = walk_marks(SAMPLE[::3], lambda _: None, office=False)
    assert seen.patched + seen.made_anew > 5
    assert (seen.unmarked, seen.breaches) == ([], [])
