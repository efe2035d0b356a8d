"""A process killed at any moment leaves a whole ledger, with everything in it that it was told is kept."""

from __future__ import annotations

import multiprocessing
import random
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.adapters.ledger import Arrival, Ledger
from bot.model import Outcome
from tests.adapters.ledger.samples import INBOX, NOW, finding, hash_of, mail, minutes, part, raws, settlement

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_FINDINGS = 60
_HALF_SETTLED = """
    SELECT message.id FROM message
    WHERE (message.state = 'settled') != (SELECT count(*) = 1 FROM part WHERE part.message = message.id)
       OR (message.state = 'settled') != (SELECT count(*) = 60 FROM finding WHERE finding.message = message.id)
       OR (message.state = 'settled') != (SELECT count(*) = 1 FROM tally WHERE tally.message = message.id)
       OR (message.state = 'settled') != (SELECT count(*) = 1 FROM outbox WHERE outbox.message = message.id)
       OR NOT EXISTS (SELECT 1 FROM location WHERE location.message = message.id)
"""


def _work(url: str, start: int, told: Connection) -> None:
    """Receive and settle for ever; tell the number of each message after its commit."""
    ledger = Ledger(url)
    told.send(0)
    for count in range(start, start + 100_000):
        ledger.receive(INBOX, [Arrival(count, hash_of(str(count)), 10, NOW + minutes(count))], NOW)
        for one in ledger.undecided(NOW, 10):
            answer = mail(f"reply:{one.sha256}")
            found = part(Outcome.RETURNED, *[finding(f"J{row}") for row in range(1, _FINDINGS + 1)])
            given = settlement(found, outcome=Outcome.RETURNED, receipt=f"R{one.id}", mails=(answer,))
            ledger.settle(one.id, given, raws(answer), NOW)
            told.send(one.id)


def _run_and_kill(url: str, start: int, chance: random.Random) -> set[int]:
    """Run a worker, kill it with SIGKILL after a few messages and a moment, return those of which it told."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(url, start, theirs), daemon=True)
    worker.start()
    theirs.close()
    told = {ours.recv() for _ in range(chance.randint(2, 5))}
    time.sleep(chance.uniform(0, 0.02))
    worker.kill()
    worker.join()
    try:
        while True:
            told.add(ours.recv())
    except EOFError:
        ours.close()
    worker.close()
    return told - {0}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_ledger_whose_process_is_killed_is_whole(ledger: Ledger, url: str) -> None:
    chance = random.Random(20120712)
    told: set[int] = set()
    for count in range(20):
        told |= _run_and_kill(url, 1 + count * 1_000_000, chance)
        with ledger._reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.execute(text(_HALF_SETTLED)).scalars().all() == []
            settled = set(connection.execute(text("SELECT id FROM message WHERE state = 'settled'")).scalars())
        assert told <= settled
    assert len(told) > 20
