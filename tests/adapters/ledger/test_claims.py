"""Claims: each message is one worker's; who gives no sign of life loses it, and its late word is refused."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.claims import Claims
from bot.adapters.ledger import Ahead, Ledger
from tests.adapters.ledger.samples import NOW, arrive, hash_of, mail, minutes, part, raws, settlement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.adapters.ledger import Undecided

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
LONG, OVER = minutes(5), timedelta(0)


@pytest.fixture
def first(ledger: Ledger) -> Ledger:
    ledger.work_as("first")
    return ledger


@pytest.fixture
def second(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as ledger:
        ledger.work_as("second")
        yield ledger


def claimed(ledger: Ledger, hold: timedelta = LONG) -> Undecided:
    message = ledger.claim(NOW, hold)
    assert message is not None
    return message


def test_the_oldest_that_is_in_nobodys_hands_is_given(first: Ledger, second: Ledger) -> None:
    arrive(first, "young", at=NOW, uid=1)
    arrive(first, "old", at=NOW - minutes(5), uid=2)
    assert claimed(first).sha256 == hash_of("old")
    assert claimed(second).sha256 == hash_of("young")
    assert first.claim(NOW, LONG) is None


def test_who_goes_first_is_waited_for_by_the_same_order(first: Ledger, second: Ledger) -> None:
    arrive(first, "stranger", at=NOW - minutes(5), uid=1, registered=False)
    stranger = claimed(second)
    arrive(first, "province", at=NOW, uid=2)
    assert second.ahead(stranger, "x@la.example", NOW) == Ahead(in_hands=False, is_known=False), "it is given back"
    province = claimed(first)
    assert province.sha256 == hash_of("province")
    assert second.ahead(stranger, "x@la.example", NOW) == Ahead(in_hands=True, is_known=False)
    assert first.ahead(province, "40", NOW) is None
    first.take_turn(province.id, "40")
    assert second.ahead(stranger, "x@la.example", NOW) is None


def test_what_is_not_wanted_or_not_due_is_not_given(first: Ledger) -> None:
    one, two = arrive(first, "a", "b")
    first.fault(claimed(first).id, "no memory", NOW, NOW + minutes(1))
    assert first.claim(NOW, LONG, {two}) is None
    again = first.claim(NOW + minutes(1), LONG, {two})
    assert again is not None
    assert (again.id, again.tries) == (one, 1)


def test_of_many_at_once_each_gets_another(first: Ledger, second: Ledger) -> None:
    arrive(first, *(str(number) for number in range(60)))
    given: list[int] = []

    def take(ledger: Ledger) -> None:
        while (message := ledger.claim(NOW, LONG)) is not None:
            given.append(message.id)

    threads = [threading.Thread(target=take, args=(ledger,)) for ledger in (first, second) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == len(set(given)) == 60


def test_who_is_silent_for_long_is_followed_and_its_late_word_is_refused(first: Ledger, second: Ledger) -> None:
    arrive(first, "a")
    number = claimed(first, OVER).id
    assert claimed(second).id == number
    answer, alarm = mail(), mail("alert:1", "alert_operator")
    given = settlement(part(), mails=(answer,))
    assert not first.settle(number, given, raws(answer), NOW)
    first.fault(number, "late", NOW, None, [alarm], raws(alarm))
    assert first.counts(NOW).outbox_pending == 0
    assert second.settle(number, given, raws(answer), NOW)
    assert second.counts(NOW).by_outcome == {"accepted": 1}


def test_who_was_silent_but_was_not_followed_may_finish(first: Ledger) -> None:
    arrive(first, "a")
    assert first.settle(claimed(first, OVER).id, settlement(part()), {}, NOW)


def test_a_sign_of_life_keeps_what_is_claimed(first: Ledger, second: Ledger) -> None:
    arrive(first, "a", "b")
    claimed(first, OVER)
    first.keep_claims(LONG)
    assert claimed(second).sha256 == hash_of("b")
    assert second.claim(NOW, LONG) is None


def test_a_worker_that_lives_gives_signs_by_itself_and_frees_all_when_it_ends(ledger: Ledger, second: Ledger) -> None:
    arrive(ledger, "a")
    kept, keep = threading.Event(), ledger.keep_claims

    def keep_and_tell(hold: timedelta) -> None:
        assert hold == timedelta(seconds=0.04)
        keep(LONG)
        kept.set()

    ledger.keep_claims = keep_and_tell  # type: ignore[method-assign]
    with closing(Claims(ledger, timedelta(seconds=0.04))) as claims:
        assert claims.next(NOW, ()) is not None
        kept.clear()
        assert kept.wait(20)
        assert second.claim(NOW, LONG) is None
    assert second.claim(NOW, LONG) is not None


def test_what_is_given_back_is_free_and_what_is_anothers_stays(first: Ledger, second: Ledger) -> None:
    arrive(first, "a", "b")
    one, other = claimed(first), claimed(second)
    first.give_back(other.id)
    assert first.claim(NOW, LONG) is None
    first.give_back(one.id)
    assert claimed(second).id == one.id


def test_a_message_waits_for_earlier_ones_that_are_or_may_be_of_the_same_reporter(
    first: Ledger, second: Ledger
) -> None:
    arrive(first, "a", "b")
    one, other = claimed(first), claimed(second)
    assert first.ahead(one, "40", NOW) is None
    assert second.ahead(other, "40", NOW) == Ahead(in_hands=True, is_known=False), "nobody knows yet whose the first is"
    first.take_turn(one.id, "40")
    assert second.ahead(other, "40", NOW) == Ahead(in_hands=True, is_known=True)
    assert second.ahead(other, "48", NOW) is None
    assert second.ahead(other, "40", NOW, {one.id}) is None
    first.take_turn(one.id, "")
    assert second.ahead(other, "", NOW) is None, "strangers without an address have nothing in common"
    first.take_turn(one.id, "40")
    first.keep_claims(OVER)
    assert second.ahead(other, "40", NOW) == Ahead(in_hands=False, is_known=True)
    first.fault(one.id, "no memory", NOW, NOW + minutes(1))
    assert second.ahead(other, "40", NOW) is None, "it rests"
    assert second.ahead(other, "40", NOW + minutes(1)) == Ahead(in_hands=False, is_known=False)


def test_what_was_given_back_comes_again_when_it_has_its_turn(first: Ledger, second: Ledger) -> None:
    arrive(first, "a", "b", "c", "d")
    one = claimed(first)
    first.take_turn(one.id, "40")
    waiting = claimed(second)
    second.take_turn(waiting.id, "40")
    second.give_back(waiting.id)
    other = claimed(second)
    assert other.sha256 == hash_of("c"), "the second waits for the first, and nobody for the second"
    second.take_turn(other.id, "48")
    assert claimed(second).sha256 == hash_of("d"), "it may be anybody's, so it is opened"
    assert first.claim(NOW, LONG) is None
    assert second.claim(NOW, LONG, {one.id}) is not None, "what is not wanted is not waited for either"
    second.give_back(waiting.id)
    first.fault(one.id, "no memory", NOW, NOW + minutes(1))
    assert claimed(first).id == waiting.id, "the first rests"


def test_what_was_given_back_waits_for_what_nobody_has_opened(first: Ledger, second: Ledger) -> None:
    arrive(first, "late", at=NOW, uid=1)
    late = claimed(second)
    second.take_turn(late.id, "40")
    second.give_back(late.id)
    arrive(first, "early", at=NOW - minutes(5), uid=2)
    early = claimed(second)
    assert early.sha256 == hash_of("early")
    assert first.claim(NOW, LONG) is None
    second.take_turn(early.id, "48")
    assert claimed(first).id == late.id


def test_strangers_without_an_address_do_not_wait_for_each_other(first: Ledger, second: Ledger) -> None:
    arrive(first, "a", "b")
    first.take_turn(claimed(first).id, "")
    other = claimed(second)
    second.take_turn(other.id, "")
    second.give_back(other.id)
    assert claimed(second).id == other.id


def test_all_machines_of_a_ledger_have_a_secret_in_common(first: Ledger, second: Ledger) -> None:
    assert first.share_secret("own_mark", b"one") == b"one"
    assert second.share_secret("own_mark", b"two") == b"one"
