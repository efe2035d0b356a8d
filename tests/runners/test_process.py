"""Messages are settled in order, each fault is tried again, and nothing stops the others."""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.adapters.claims import Claims
from bot.adapters.clock import SimulatedClock
from bot.adapters.ledger import Ahead, Arrival, Ledger, Mailbox
from bot.adapters.vault import Vault
from bot.config import Work
from bot.runners import process
from bot.runners.acknowledge import acknowledge_waiting
from bot.runners.pool import Fault
from bot.runners.process import Desk, is_awaited, process_undecided
from bot.runners.turns import Turns
from tests.adapters.ledger.conftest import kind, migrated_file, server, url
from tests.flow.in_process import InThisProcess
from tests.flow.letters import STRANGER, letter
from tests.flow.office import NOON, OPERATOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Outcome
    from bot.runners.pipeline import Pipeline

__all__ = ["kind", "migrated_file", "server", "url"]

SECOND = timedelta(seconds=1)
PATIENCE = 20.0
"""Seconds after which something counts as not happening."""
BOX = Mailbox("hop-thu", "INBOX", 1)
DA_NANG, NGHE_AN = "bql.kcn@danang.example", "bql.kcn@nghean.example"


def die() -> None:
    raise Fault("the child process died of SIGKILL")


@dataclass
class House:
    """The desk, and what a test looks at."""

    desk: Desk
    workers: InThisProcess
    clock: SimulatedClock
    stop: threading.Event = field(default_factory=threading.Event)
    outcomes: list[Outcome | None] = field(default_factory=list)

    def receive(self, *raws: bytes, minutes: tuple[int, ...] = ()) -> None:
        """Keep the mails as messages 1, 2 …; *minutes* say when each arrived."""
        arrivals = [
            Arrival(uid, self.desk.vault.put(raw), len(raw), NOON + timedelta(minutes=minute))
            for uid, (raw, minute) in enumerate(zip(raws, minutes or range(len(raws)), strict=True), 1)
        ]
        self.desk.ledger.receive(BOX, arrivals, NOON)

    def process(self) -> int:
        return process_undecided(self.desk, self.stop, on_settled=self.outcomes.append)

    def later(self, pause: timedelta) -> None:
        self.clock.move_to(self.clock.now() + pause)

    def outbox(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.kind, one.to) for one in self.desk.ledger.due(self.clock.now(), 100)]

    def count(self, outcome: str) -> int:
        return self.desk.ledger.counts(NOON).by_outcome.get(outcome, 0)


@contextmanager
def house_at(url: str, folder: Path, thinker: Pipeline) -> Iterator[House]:
    """Give a house over the ledger at *url*; where others can share it, it claims what it decides."""
    clock, workers = SimulatedClock(NOON + timedelta(hours=1)), InThisProcess(thinker)
    with closing(Ledger(url)) as ledger, ExitStack() as stack:
        claims = stack.enter_context(closing(Claims(ledger, timedelta(minutes=1)))) if ledger.is_shared else None
        desk = Desk(ledger, Vault(folder / "vault"), workers, Work(workers=2), clock, claims=claims)
        yield House(desk, workers, clock)


@pytest.fixture
def house(url: str, tmp_path: Path, thinker: Pipeline) -> Iterator[House]:
    with house_at(url, tmp_path, thinker) as made:
        yield made


@pytest.fixture
def helper(house: House, url: str, tmp_path: Path, thinker: Pipeline) -> Iterator[House]:
    """Another process, as it were, at the same ledger."""
    with house_at(url, tmp_path, thinker) as made:
        yield made


shared = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


def mail(number: int, sender: str = NGHE_AN) -> bytes:
    return letter(f"Thư {number}", sender=sender, message_id=f"thu-{number}@tinh.example")


def test_every_message_is_settled_once_and_a_second_call_finds_nothing(house: House) -> None:
    house.receive(mail(1), mail(2, DA_NANG), mail(3))
    assert house.process() == 3
    assert house.outcomes == ["refused"] * 3
    assert [kind for kind, _ in house.outbox()] == ["refuse_no_attachment"] * 3
    assert house.process() == 0
    assert house.count("refused") == 3


# ---------------------------------------------------------------------------------------------------- the order


def test_messages_of_one_reporter_keep_their_order_although_the_first_is_slow(house: House) -> None:
    other_is_done = threading.Event()
    house.workers.opening[1] = lambda: other_is_done.wait(0.3)
    house.receive(mail(1), mail(2), mail(3))
    house.process()
    assert house.workers.settled == [1, 2, 3]


def test_a_slow_message_holds_up_no_other_reporter(house: House) -> None:
    done = threading.Event()
    house.workers.settling[1] = lambda: done.wait(10)
    house.workers.settling[2] = done.set
    house.receive(mail(1), mail(2, DA_NANG))
    house.process()
    assert house.workers.settled == [2, 1]


def test_messages_go_by_their_date_also_where_an_old_one_was_moved_into_the_inbox_later(house: House) -> None:
    house.receive(mail(1), mail(2), mail(3), minutes=(30, 10, 20))
    house.process()
    assert house.workers.settled == [2, 3, 1]


def test_nobody_waits_for_a_message_that_was_entered_later() -> None:
    turns = Turns()
    for message in (7, 5):
        turns.enter(message)
    turns.wait(7, "40")  # would wait for ever, were 5 before 7
    turns.leave(7)
    turns.wait(5, "40")


# ---------------------------------------------------------------------------------------------------- faults


def test_a_fault_is_tried_again_after_a_pause_and_the_next_message_is_settled(house: House) -> None:
    house.workers.settling[1] = die
    house.receive(mail(1), mail(2, DA_NANG))
    assert house.process() == 2
    assert sorted(house.outcomes, key=str) == [None, "refused"]
    assert house.desk.ledger.counts(NOON).undecided == 1

    house.later(14 * SECOND)
    assert house.process() == 0
    assert not is_awaited(house.desk, SECOND / 2)
    assert is_awaited(house.desk, SECOND)

    house.later(SECOND)
    house.workers.settling.clear()
    assert house.process() == 1
    assert house.count("refused") == 2
    assert house.outbox()[-1][0] == "refuse_no_attachment"


def test_after_three_tries_a_message_is_set_aside_and_both_sides_are_told(house: House) -> None:
    house.workers.settling[1] = die
    house.receive(mail(1))
    for pause in (0, 15, 30):
        house.later(pause * SECOND)
        assert house.process() == 1
    assert house.workers.tried[1] == 3
    assert house.outbox() == [("fault_sender", (NGHE_AN,)), ("alert_operator", (OPERATOR,))]
    counts = house.desk.ledger.counts(NOON)
    assert (counts.set_aside, counts.by_outcome, counts.undecided) == (1, {"failed": 1}, 0)
    shown = house.desk.ledger.show("12-40-0001")
    assert shown is not None
    assert (shown.state, shown.tries, shown.error) == ("aside", 3, "the child process died of SIGKILL")
    house.later(timedelta(days=1))
    assert house.process() == 0


def test_a_message_that_cannot_even_be_opened_is_alarmed_although_no_sender_is_known(house: House) -> None:
    house.workers.opening[1] = die
    house.receive(mail(1))
    for pause in (0, 15, 30):
        house.later(pause * SECOND)
        house.process()
    assert house.outbox() == [("alert_operator", (OPERATOR,))]
    assert house.desk.ledger.show("12-00-0001") is not None


def test_a_message_is_not_set_aside_before_somebody_can_be_told(house: House) -> None:
    house.workers.settling[1] = house.workers.apologising = die
    house.receive(mail(1))
    for pause in (0, 15, 30, 60):
        house.later(pause * SECOND)
        house.process()
    assert (house.count("failed"), house.outbox()) == (0, [])

    house.workers.apologising = lambda: None
    house.later(timedelta(minutes=2))
    house.process()
    assert house.count("failed") == 1
    assert len(house.outbox()) == 2


# ------------------------------------------------------------------------------------- trouble of the house itself


@pytest.mark.parametrize(
    ("problem", "tries"),
    [
        (OSError(28, "No space left on device"), 0),
        (OperationalError("INSERT", {}, Exception("disk I/O error")), 1),
        (IntegrityError("INSERT", {"written": "Nhà máy dệt"}, Exception("constraint")), 1),
        (RuntimeError("Nhà máy dệt"), 1),
    ],
    ids=["disk", "database", "row", "bug"],
)
def test_an_unexpected_problem_with_one_message_leaves_the_others_alone(
    house: House, monkeypatch: pytest.MonkeyPatch, problem: Exception, tries: int
) -> None:
    settle = house.desk.ledger.settle

    def settle_but_one(message: int, *arguments: Any) -> bool:
        if message == 1:
            raise problem
        return settle(message, *arguments)

    monkeypatch.setattr(house.desk.ledger, "settle", settle_but_one)
    monkeypatch.setattr("bot.runners.process._BATCH", 4)
    house.receive(*(mail(number) for number in range(1, 10)))
    house.process()
    assert house.count("refused") == 8
    house.later(timedelta(minutes=1))
    (left,) = house.desk.ledger.undecided(house.clock.now(), 10)
    assert (left.id, left.tries) == (1, tries)
    monkeypatch.setattr(house.desk.ledger, "settle", settle)
    assert house.process() == 1


def test_a_message_whose_fault_cannot_be_noted_is_left_and_the_call_comes_to_an_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    house.workers.settling[1] = die
    monkeypatch.setattr(house.desk.ledger, "fault", broken)
    house.receive(mail(1), mail(2))
    assert house.process() == 1
    assert house.workers.tried[1] == 1
    assert is_awaited(house.desk, timedelta())


def test_what_is_told_of_an_unexpected_problem_quotes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise IntegrityError("INSERT", {"written": "Nhà máy dệt"}, Exception("constraint"))

    monkeypatch.setattr(house.desk.ledger, "settle", broken)
    house.receive(mail(1))
    for pause in (0, 15, 30):
        house.later(pause * SECOND)
        house.process()
    shown = house.desk.ledger.show("12-40-0001")
    assert shown is not None
    assert shown.error.startswith("IntegrityError (bot.runners.process:")
    assert "dệt" not in shown.error


def test_a_decision_that_cannot_be_committed_whole_leaves_nothing_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("in the middle of the transaction")

    house.receive(mail(1))
    monkeypatch.setattr("bot.adapters.ledger.process.insert_new", broken)
    house.process()
    assert house.outbox() == []
    assert house.count("refused") == 0

    monkeypatch.undo()
    house.later(15 * SECOND)
    house.process()
    assert [kind for kind, _ in house.outbox()] == ["refuse_no_attachment"]


def test_deciding_a_message_twice_changes_nothing(house: House) -> None:
    house.receive(mail(1))
    (undecided,) = house.desk.ledger.undecided(house.clock.now(), 10)
    house.process()
    settlement = house.workers.pipeline.settle(
        house.workers.pipeline.parse(mail(1), NOON), 1, house.desk.ledger.history("40", NGHE_AN), NOON
    )
    raws = {one.key: house.desk.vault.put(one.raw) for one in settlement.mails}
    assert not house.desk.ledger.settle(undecided.id, settlement, raws, NOON)
    assert len(house.outbox()) == 1


# ------------------------------------------------------------------------------------------------------- stopping


def test_what_is_under_way_when_the_daemon_stops_costs_no_try(house: House) -> None:
    def stop_and_die() -> None:
        house.stop.set()
        die()

    house.workers.settling[1] = stop_and_die
    house.receive(*(mail(number) for number in range(1, 9)))
    assert house.process() <= 1  # the other thread's
    left = house.desk.ledger.undecided(house.clock.now(), 10)
    assert len(left) >= 7
    assert {one.tries for one in left} == {0}
    assert 1 in {one.id for one in left}


# ---------------------------------------------------------------------------------------------------- a long queue


def acknowledge(house: House, pace: timedelta = 25 * SECOND) -> int:
    return acknowledge_waiting(house.desk, pace, house.stop)


def test_who_must_wait_for_long_is_told_at_once_that_the_mail_has_come(house: House) -> None:
    machine = letter("Vắng mặt", sender=DA_NANG, headers={"Auto-Submitted": "auto-replied"})
    house.receive(mail(1), mail(2, DA_NANG), machine, letter("Chào", sender=STRANGER), mail(5))
    assert acknowledge(house, pace=SECOND) == 0
    assert acknowledge(house) == 3
    assert acknowledge(house) == 0
    assert house.outbox() == [("receipt", (NGHE_AN,)), ("receipt", (DA_NANG,)), ("receipt", (NGHE_AN,))]

    house.process()
    assert acknowledge(house) == 0
    kinds = [kind for kind, to in house.outbox() if to == (NGHE_AN,)]
    assert kinds == ["receipt", "receipt", "refuse_no_attachment", "refuse_no_attachment"]


def test_the_receipt_bears_the_code_and_the_time_of_the_verdict(house: House) -> None:
    house.receive(mail(1), mail(2), mail(3))
    acknowledge(house)
    house.process()
    told: dict[str, list[str]] = {}
    for due in house.desk.ledger.due(house.clock.now(), 9):
        body = message_from_bytes(house.desk.vault.get(due.raw), policy=default).get_body(("plain",))
        assert body is not None
        told.setdefault(due.kind, []).append(body.get_content())
    for number, pair in enumerate(zip(told["receipt"], told["refuse_no_attachment"], strict=True), 1):
        for text in pair:
            assert f"12-40-000{number}" in text
            assert f"12:0{number - 1} ngày 10/7/2012" in text


def test_what_was_left_over_from_a_downtime_gets_no_receipt(house: House) -> None:
    house.receive(mail(1), mail(2), mail(3))
    house.later(timedelta(days=1))
    assert acknowledge(house) == 0


def test_a_child_that_dies_costs_the_receipt_only(house: House) -> None:
    house.workers.acknowledging = die
    house.receive(mail(1), mail(2), mail(3))
    assert acknowledge(house) == 0
    assert house.process() == 3


def test_only_some_are_settled_where_the_inbox_is_to_be_looked_into_between(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_BATCH", 2)
    house.receive(mail(1), mail(2), mail(3))
    assert process_undecided(house.desk, house.stop, whole=False) == 2
    assert is_awaited(house.desk, timedelta(0))
    assert process_undecided(house.desk, house.stop) == 1


# --------------------------------------------------------------------------------------------- several at one ledger


@contextmanager
def at_work(house: House) -> Iterator[None]:
    thread = threading.Thread(target=house.process)
    thread.start()
    try:
        yield
    finally:
        thread.join(PATIENCE)
        assert not thread.is_alive()


@contextmanager
def other_hands(url: str, house: House, hold: timedelta = timedelta(minutes=1)) -> Iterator[Ledger]:
    """Give the ledger of another worker, which has claimed the first message."""
    with closing(Ledger(url)) as other:
        other.work_as("another")
        taken = other.claim(house.clock.now(), hold)
        assert taken is not None
        assert taken.id == 1
        yield other


@shared
def test_two_processes_decide_each_message_once(house: House, helper: House) -> None:
    house.receive(*(mail(number, (NGHE_AN, DA_NANG)[number % 2]) for number in range(1, 31)))
    with at_work(house), at_work(helper):
        pass
    assert len(house.outcomes) + len(helper.outcomes) == 30
    assert sorted(house.workers.settled + helper.workers.settled) == list(range(1, 31))
    assert len(house.outbox()) == 30
    assert house.desk.ledger.undecided(house.clock.now(), 1) == ()


@shared
def test_messages_of_one_reporter_keep_their_order_across_processes(house: House, helper: House) -> None:
    helper_waits, order = threading.Event(), list[int]()
    take_turn = helper.desk.ledger.take_turn

    def take_turn_and_tell(message: int, key: str) -> bool:
        helper_waits.set()
        return take_turn(message, key)

    helper.desk.ledger.take_turn = take_turn_and_tell  # type: ignore[method-assign]
    at_helper = threading.Thread(target=helper.process)

    def open_slowly() -> None:
        at_helper.start()
        assert helper_waits.wait(PATIENCE)

    house.workers.opening[1] = open_slowly
    for one in (house, helper):
        for number in range(1, 7):
            one.workers.settling[number] = partial(order.append, number)

    def settle_and_stop() -> None:
        order.append(3)
        house.stop.set()

    house.workers.settling[3] = settle_and_stop
    house.receive(*(mail(number) for number in range(1, 7)))
    house.process()
    at_helper.join(PATIENCE)
    helper.process()
    assert order == [1, 2, 3, 4, 5, 6]
    assert helper.workers.settled


@shared
def test_a_worker_does_not_wait_for_the_reporter_of_another_but_takes_what_is_next(house: House, url: str) -> None:
    house.receive(mail(1), mail(2), mail(3, DA_NANG), mail(4))
    with other_hands(url, house) as other:
        assert other.take_turn(1, "40")
        assert house.process() == 1
        assert house.workers.settled == [3]
        other.keep_claims(timedelta(0))  # no sign of life any more
    assert house.process() == 3
    assert house.workers.settled == [3, 1, 2, 4]


@shared
def test_what_has_to_wait_does_not_count_among_the_some_that_are_settled(
    house: House, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_BATCH", 1)
    house.receive(mail(1), mail(2), mail(3, DA_NANG))
    with other_hands(url, house) as other:
        assert other.take_turn(1, "40")
        assert process_undecided(house.desk, house.stop, whole=False) == 1


@shared
def test_what_a_dead_worker_had_in_hand_is_taken_over_in_its_turn(house: House, url: str) -> None:
    house.receive(mail(1), mail(2), mail(3))
    with other_hands(url, house, hold=timedelta(0)) as dead:
        assert dead.take_turn(1, "40")
        assert house.process() == 3
        assert house.workers.settled == [1, 2, 3]
        assert not dead.take_turn(1, "40")


@shared
def test_who_waits_for_a_worker_that_dies_takes_that_ones_message_first(
    house: House, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.receive(mail(1), mail(2))
    looked = threading.Event()
    ahead = house.desk.ledger.ahead

    def look(*given: Any) -> Ahead | None:
        looked.set()
        return ahead(*given)

    monkeypatch.setattr(house.desk.ledger, "ahead", look)
    with other_hands(url, house) as other, at_work(house):
        assert looked.wait(PATIENCE)
        assert house.outcomes == []
        other.keep_claims(timedelta(0))  # no sign of life any more
    house.process()
    assert house.workers.settled == [1, 2]


@shared
def test_who_was_taken_for_dead_decides_nothing_when_it_wakes(house: House, helper: House) -> None:
    def sleep() -> None:
        house.desk.ledger.keep_claims(timedelta(0))
        assert helper.process() == 1

    house.workers.settling[1] = sleep
    house.receive(mail(1))
    assert house.process() == 0
    assert house.outcomes == []
    assert len(house.outbox()) == 1
    assert house.count("refused") == 1


@shared
def test_the_failure_of_one_taken_for_dead_costs_the_message_no_try(house: House, url: str) -> None:
    def sleep_and_die() -> None:
        house.desk.ledger.keep_claims(timedelta(0))
        with other_hands(url, house):
            die()

    house.workers.settling[1] = sleep_and_die
    house.receive(mail(1))
    house.process()
    (waiting,) = house.desk.ledger.undecided(house.clock.now(), 1)
    assert waiting.tries == 0


@shared
def test_a_worker_that_waits_for_another_stops_when_it_is_told_to(house: House, url: str) -> None:
    house.receive(mail(1), mail(2))
    with other_hands(url, house) as other:
        with at_work(house):
            house.stop.set()
        assert house.outcomes == []
        assert other.claim(house.clock.now(), timedelta(minutes=1)) is not None, "the second was given back"
