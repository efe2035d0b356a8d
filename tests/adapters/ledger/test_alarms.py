"""Alarms in the ledger: open until they are over, once at a time, each with its mail or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from bot.model.health import Ill, Trouble
from tests.adapters.ledger.samples import NOW, mail, minutes, raws

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger

SWEEP = Trouble(Ill.SWEEP)
BEGUN, OVER = mail("alert:health:1", "alert_operator"), mail("alert:health:1/over", "alert_operator")


def due(ledger: Ledger) -> list[str]:
    return [one.key for one in ledger.due(NOW + minutes(9), 9)]


def test_an_alarm_is_open_until_it_is_over_and_may_come_again(ledger: Ledger) -> None:
    ledger.begin_alarm(SWEEP, [BEGUN], raws(BEGUN), NOW)
    (alarm,) = ledger.open_alarms()
    assert (alarm.ill, alarm.subject, alarm.began_at, alarm.waits) == (Ill.SWEEP, "", NOW, True)
    ledger.sent(BEGUN.key, NOW)
    assert [one.waits for one in ledger.open_alarms()] == [False]

    for _ in range(2):
        ledger.end_alarm(alarm.id, [OVER], raws(OVER), NOW + minutes(9))
        assert ledger.open_alarms() == ()
        assert due(ledger) == [OVER.key]
    ledger.begin_alarm(SWEEP, [], {}, NOW + minutes(9))
    assert [one.waits for one in ledger.open_alarms()] == [False]


def test_what_is_open_is_not_begun_again_nor_told_again(ledger: Ledger) -> None:
    ledger.begin_alarm(SWEEP, [], {}, NOW)
    ledger.begin_alarm(Trouble(Ill.JOB, "remind"), [], {}, NOW)
    ledger.begin_alarm(Trouble(Ill.JOB, "digest"), [], {}, NOW)
    with pytest.raises(IntegrityError):
        ledger.begin_alarm(SWEEP, [BEGUN], raws(BEGUN), NOW)
    assert due(ledger) == []
    assert len(ledger.open_alarms()) == 3


def test_what_another_server_has_taken_does_not_wait_for_ours(ledger: Ledger) -> None:
    ledger.begin_alarm(SWEEP, [BEGUN], raws(BEGUN), NOW)
    ledger.begin_alarm(Trouble(Ill.DISK), [OVER], raws(OVER), NOW)
    first, second = ledger.open_alarms()
    ledger.told_by_second(first.id, NOW)
    assert [(one.ill, one.waits) for one in ledger.open_alarms()] == [(Ill.SWEEP, False), (Ill.DISK, True)]
    assert due(ledger) == [OVER.key]
    ledger.sent(OVER.key, NOW)
    ledger.told_by_second(second.id, NOW)
    assert ledger.has_mail([OVER.key]) == {OVER.key}
