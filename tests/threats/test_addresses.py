"""Addresses that are no plain ASCII: who writes from one is known, and gets his answer or nobody does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.delivery import Refused
from bot.demo.places import province
from bot.model import Outcome
from tests.flow.office import pipeline, rulebook
from tests.threats.letters import PLACE, mail
from tests.threats.stand import Stand

if TYPE_CHECKING:
    from pathlib import Path

CODE = province(PLACE).code
IN_LETTERS, IN_ASCII = "bql@tỉnh-nghệ-an.example", "bql@xn--tnh-ngh-an-iv3era.example"


@pytest.mark.parametrize(("registered", "writes"), [(IN_LETTERS, IN_ASCII), (IN_ASCII, IN_ASCII)])
def test_threat_34_a_domain_in_letters_and_in_ascii_is_one_sender(registered: str, writes: str, tmp_path: Path) -> None:
    rules = rulebook()
    reporters = tuple(replace(one, addresses=(registered,)) if one.code == CODE else one for one in rules.reporters)
    with Stand(tmp_path, pipeline(replace(rules, reporters=reporters))) as stand:
        (answer,) = stand.receive(mail(sender=writes))
        assert stand.outcomes == [Outcome.ACCEPTED]
        assert answer.to == (writes,)


def written_by(address: str) -> bytes:
    """Return a mail whose From holds the address in UTF-8 (RFC 6532)."""
    return mail({}).replace(province(PLACE).address.encode(), address.encode(), 1)


@pytest.mark.parametrize("address", ["thư.ký@nghean.example", IN_LETTERS, "thư.ký@tỉnh-nghệ-an.example"])
def test_threat_34_an_address_in_letters_is_kept_as_given_and_answered_with_headers_in_ascii(
    stand: Stand, address: str
) -> None:
    (answer,) = stand.receive(written_by(address))
    assert answer.to == (address,)
    assert answer.raw.isascii()
    local, _, domain = address.partition("@")
    shown = f"{local}@{domain.encode('idna').decode()}"
    (entry,) = answer.mail["To"].groups
    assert [str(one) for one in entry.addresses] == ([shown] if local.isascii() else [])
    assert (entry.display_name or shown) == shown
    with stand.ledger._reading() as connection:
        assert connection.exec_driver_sql("SELECT sender FROM message").scalar() == address


def test_threat_34_where_no_server_takes_such_an_address_the_answer_is_kept_and_the_operator_is_told(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = stand.server.deliver

    def deliver(mail_from: str, to: tuple[str, ...], raw: bytes, **more: Any) -> object:
        if all(one.isascii() for one in to):
            return taken(mail_from, to, raw, **more)
        return Refused(0, "địa chỉ có chữ ngoài ASCII, máy chủ không hỗ trợ SMTPUTF8")

    monkeypatch.setattr(stand.server, "deliver", deliver)
    stand.receive(written_by("thư.ký@nghean.example"))
    stand.daemon.post()
    assert stand.sent == []
    assert stand.ledger.counts(stand.clock.now()).outbox_dead == 1
    (alarm,) = stand.alarms
    assert "SMTPUTF8" in alarm.text
