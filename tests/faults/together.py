"""Kills at random times while several processes decide one queue in PostgreSQL: who leads, and who helps."""

from __future__ import annotations

import re
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, insert, select, text

from bot.adapters.ledger import Ledger
from bot.adapters.tables import Row
from tests.adapters.ledger.postgresql import create_database, find_binaries, running_server
from tests.faults.anywhere import drain, feed, posts_for, window_of_the_kill
from tests.faults.gather import gather
from tests.faults.ground import Ground
from tests.faults.kills import Run, judge
from tests.faults.nursery import Order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.nursery import Life, Nursery

HELPERS = 2
_CLAIM_SECONDS = 2
_MAILS_FOR_A_KILL = 6
_LONGEST = 0.6
_THINKS = 0.4
_LEADERS = 0.3
"""Share of the kills that hit the one that holds the mailbox."""
_PATIENCE = 20.0
_ASK_AGAIN = 0.3
_LOOK = 0.005
_SETTLED = re.compile(r"settled.*?mail=([0-9a-f]{12})")


@dataclass(eq=False)
class SharedGround(Ground):
    """A ground whose ledger lies in PostgreSQL, at *database*."""

    database: str = ""

    def __post_init__(self) -> None:
        self._engine = create_engine(self.database)

    def __exit__(self, *told: object) -> None:
        super().__exit__(*told)
        self._engine.dispose()

    def ask(self, question: str) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(text(question)).one())

    def waiting(self) -> str:
        self.data.mkdir(exist_ok=True)
        self.ledger.touch()
        return super().waiting()

    def is_holding(self, life: Life) -> bool:
        """Tell whether *life* has claimed a message that is not decided."""
        asked = f"SELECT count(*) FROM message WHERE state = 'received' AND claimed_by LIKE '%/{life.pid}/%'"
        return bool(self.ask(asked)[0])

    def copy_ledger(self) -> None:
        """Write all rows into the SQLite ledger of the folder: the checker knows no other."""
        self.ledger.unlink(missing_ok=True)
        with closing(Ledger(f"sqlite:///{self.ledger}")) as copy, self._engine.connect() as source:
            copy.migrate()
            with copy._writing() as target:
                for table in Row.metadata.sorted_tables:
                    rows = [dict(row) for row in source.execute(select(table)).mappings()]
                    if rows:
                        target.execute(insert(table), rows)

    def _configuration(self) -> str:
        told = super()._configuration().replace("[store]", f'[store]\nledger = "{self.database}"')
        return f"{told}claim_seconds = {_CLAIM_SECONDS}\n"


@dataclass(eq=False)
class Crew:
    """One life that leads, and those that help it."""

    ground: SharedGround
    nursery: Nursery

    def __post_init__(self) -> None:
        self.leader = self._born(helps=False)
        self.helpers = [self._born(helps=True) for _ in range(HELPERS)]

    def replace(self, victim: Life) -> None:
        """Let another be born for *victim*, which is dead."""
        if victim is self.leader:
            self.leader = self._born(helps=False)
        else:
            self.helpers[self.helpers.index(victim)] = self._born(helps=True)

    def stop(self) -> list[str]:
        """Let all end in peace; return who did not."""
        return [f"one ended with {code}" for one in (*self.helpers, self.leader) if (code := one.stop())]

    def _born(self, *, helps: bool) -> Life:
        ground = self.ground
        ways = (ground.config, ground.ahead, ground.log, ground.folder / "deaths.jsonl", self.nursery.address)
        return self.nursery.start(Order(*ways, helps=helps, thinks=_THINKS))


def run_together(folder: Path, nursery: Nursery, database: str, *, seed: int, kills: int) -> Run:
    """Kill *kills* of a crew while mails flow, let the rest come to the end, and prove what must hold.

    *database* is the URL of one without tables.
    """
    began, chance = time.monotonic(), Random(f"together {seed}")
    run, windows = Run("together", seed), set[str]()
    with SharedGround(folder, database=database) as ground:
        with closing(Ledger(database)) as ledger:
            ledger.migrate()
        waiting = list(posts_for(chance, seed, kills * _MAILS_FOR_A_KILL))
        crew = Crew(ground, nursery)
        for number in range(kills):
            share = -(-len(waiting) // (kills - number))
            some = [waiting.pop() for _ in range(min(share, len(waiting)))]
            feed(ground, crew.leader, some, chance.uniform(0.0, _LONGEST), chance)
            victim = crew.leader if chance.random() < _LEADERS else chance.choice(crew.helpers)
            _wait_until_holding(ground, crew, victim)
            time.sleep(chance.uniform(0.0, _THINKS))
            victim.kill()
            run.kills += 1
            run.orphans += ground.is_holding(victim)
            if victim is crew.leader:
                windows.update(window_of_the_kill(ground))
            crew.replace(victim)
        told = drain(ground, crew.leader)
        run.breaches += [*([told] if told else []), *crew.stop(), *_settled_twice(ground)]
        ground.copy_ledger()
        evidence = gather(ground, windows=frozenset(windows))
        run.mails, run.replies = len(ground.posts), len(evidence.taken)
    return judge(run, evidence, began)


@contextmanager
def fresh_databases() -> Iterator[Iterator[str]]:
    """Run a PostgreSQL; gives the URLs of as many databases without tables as are wanted.

    Raises RuntimeError where none is installed.
    """
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL server is installed")
    with running_server(binaries) as server:
        yield (create_database(server, f"run{number}", "template1") for number in range(10**6))


def _wait_until_holding(ground: SharedGround, crew: Crew, victim: Life) -> None:
    """Wait until *victim* has a message in hand, or until all are decided without it."""
    until, asked = time.monotonic() + _PATIENCE, 0.0
    while not ground.is_holding(victim) and time.monotonic() < until:
        if not {"not received", "undecided"} & {one.partition(" ")[2] for one in ground.waiting().split(", ")}:
            return
        if time.monotonic() > asked + _ASK_AGAIN:
            asked = time.monotonic()
            crew.leader.look()
        time.sleep(_LOOK)


def _settled_twice(ground: Ground) -> Iterator[str]:
    told = Counter(_SETTLED.findall(ground.log.read_text("utf-8", "replace")))
    yield from (f"{mail} was settled {count} times" for mail, count in told.items() if count > 1)
