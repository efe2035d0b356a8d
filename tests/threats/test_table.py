"""The table itself: each of its numbers has a test that bears it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PROVED = {
    int(number)
    for file in TESTS.rglob("test_*.py")
    for number in re.findall(r"^def test_threat_(\d\d)_", file.read_text("utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("number", range(1, 43))
def test_every_threat_has_a_test_that_bears_its_number(number: int) -> None:
    """Most stand here; those that need real servers, processes or files stand beside their like."""
    assert number in PROVED
