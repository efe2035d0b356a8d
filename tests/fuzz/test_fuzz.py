"""A few hundred mutants without children; the long campaign is ``python -m tests.fuzz``."""

from __future__ import annotations

import random
import warnings
from typing import TYPE_CHECKING

import pytest

from bot.model import History, Outcome
from tests.bench.setup import make_mail
from tests.faults.mails import make_mails
from tests.fixtures.workbooks import make_projects_workbook
from tests.flow.office import NOON
from tests.fuzz.mutate import mutate

if TYPE_CHECKING:
    from bot.runners.pipeline import Pipeline


@pytest.fixture(scope="module")
def sound() -> list[bytes]:
    return [*make_mails(2, 1), make_mail(make_projects_workbook(3), 1)]


def test_the_same_chance_makes_the_same_damage(sound: list[bytes]) -> None:
    with warnings.catch_warnings(action="ignore"):  # zipfile warns of the names that are doubled on purpose
        made = [[mutate(sound[0], random.Random(number), sound) for number in range(60)] for _ in range(2)]
    assert made[0] == made[1]
    assert len(set(made[0])) > 50


@pytest.mark.parametrize("share", range(4))
def test_a_damaged_mail_is_opened_without_an_exception_and_some_are_settled(
    thinker: Pipeline, sound: list[bytes], share: int
) -> None:
    for number in range(share * 60, share * 60 + 60):
        chance = random.Random(f"quick {number}")
        with warnings.catch_warnings(action="ignore"):
            raw = mutate(chance.choice(sound), chance, sound)
        message = thinker.parse(raw, NOON)
        thinker.open(message)
        if number % 10 == 0:
            settlement = thinker.settle(message, number, History(), NOON)
            assert settlement.decision.outcome in set(Outcome) - {Outcome.FAILED}
            assert not (settlement.decision.outcome is Outcome.IGNORED and settlement.mails)
