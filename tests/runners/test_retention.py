"""Old mail goes when it need not be kept; what counts, waits or may count again never does."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Arrival, Ledger
from bot.adapters.vault import Vault
from bot.model import Act, Outcome, Ruling
from bot.runners.retention import drop_old, droppable
from bot.runners.verify import verify
from tests.adapters.ledger.samples import INBOX, NOW, finding, mail, part, settlement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Settlement

YEAR = NOW + timedelta(days=12 * 31 + 1)


class Kept:
    """A ledger and a vault that take mails."""

    def __init__(self, ledger: Ledger, vault: Vault) -> None:
        self.ledger, self.vault = ledger, vault

    def take(self, name: str, settled: Settlement | None, *, sent: bool = True) -> str:
        sha256, number = self.vault.put(name.encode()), len(list(self.vault.names()))
        self.ledger.receive(INBOX, [Arrival(number, sha256, len(name), NOW)], NOW)
        (message,) = [one for one in self.ledger.undecided(YEAR, 99) if one.sha256 == sha256]
        if settled is not None:
            raws = {one.key: self.vault.put(one.raw) for one in settled.mails}
            self.ledger.settle(message.id, settled, raws, NOW)
            for one in settled.mails if sent else ():
                self.ledger.sent(one.key, NOW)
        return sha256


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with closing(Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as ledger:
        ledger.migrate()
        yield Kept(ledger, Vault(tmp_path / "vault"))


def returned(receipt: str, *mails: str) -> Settlement:
    own = part(Outcome.RETURNED, finding(), content=receipt)
    sent = tuple(mail(one) for one in mails)
    return settlement(own, receipt=receipt, outcome=Outcome.RETURNED, mails=sent)


def test_only_what_does_not_count_and_waits_for_nothing_goes(kept: Kept) -> None:
    gone = {
        kept.take("returned", returned("A", "reply:A")),
        kept.take("a machine's", settlement(receipt="", outcome=Outcome.IGNORED)),
    }
    accepted = settlement(part(content="B"), receipt="B")
    stays = {
        kept.take("accepted", accepted),
        kept.take("held", settlement(receipt="C", outcome=Outcome.HELD)),
        kept.take("answer not sent", returned("D", "reply:D"), sent=False),
        kept.take("undecided", None),
    }
    taken_out = kept.take("accepted, then taken out", settlement(part(content="E", revision=2), receipt="E"))
    shown = kept.ledger.show("E")
    assert shown is not None
    kept.ledger.rule_on(shown.id, 0, Ruling(Act.INVALIDATE, "lan", NOW, "nhầm", "accepted"))

    assert droppable(kept.ledger, 12, YEAR - timedelta(days=2)) == ()
    assert {sha256 for sha256, _ in droppable(kept.ledger, 12, YEAR)} == gone
    assert drop_old(kept.ledger, kept.vault, 12, YEAR) == 2
    assert drop_old(kept.ledger, kept.vault, 12, YEAR) == 0
    assert not gone & set(kept.vault.names())
    assert {*stays, taken_out} <= set(kept.vault.names())
    assert kept.ledger.show("A") is not None


def test_what_was_dropped_is_not_called_lost_and_comes_back_for_no_second_decision(kept: Kept) -> None:
    sha256 = kept.take("returned", returned("A"))
    drop_old(kept.ledger, kept.vault, 12, YEAR)
    assert not any(sha256 in one.said for one in verify(kept.ledger, kept.vault, 1, lambda *_: None))

    # The same mail is found again in another folder: it is known, and goes again.
    assert kept.vault.put(b"returned") == sha256
    assert kept.ledger.receive(INBOX, [Arrival(99, sha256, 8, YEAR)], YEAR) == 0
    assert drop_old(kept.ledger, kept.vault, 12, YEAR) == 1


def test_what_was_noted_before_a_crash_goes_with_the_next_run(kept: Kept) -> None:
    sha256 = kept.take("returned", returned("A"))
    kept.ledger.note_dropped([sha256], YEAR, YEAR)
    assert sha256 in kept.vault
    assert drop_old(kept.ledger, kept.vault, 12, YEAR) == 1
