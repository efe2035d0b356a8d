"""A short history in the suite; the whole year is ``python -m tests.oracle``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog

from tests.oracle.play import play

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    yield
    structlog.reset_defaults()


def test_some_months_of_a_few_provinces_are_told_exactly_as_the_events_ask(tmp_path: Path) -> None:
    figures = play(tmp_path, seed=7, days=150, provinces=10)
    assert figures.first_fault == ""
    assert figures.hold
    assert figures.reminders > 10
    assert figures.digests > 15
