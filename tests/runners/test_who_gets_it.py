"""To whom a reply goes, at the door: who wrote, never a Reply-To; a stranger once in seven days, also at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Arrival, Mailbox
from bot.runners.process import process_undecided
from tests.fixtures.office import ARRIVED, SENDER, mail_with, office_at
from tests.fixtures.workbooks import make_projects_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixtures.office import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_at(tmp_path_factory.mktemp("office"), campaigns=["2012-kkt-kcn"]) as opened:
        yield opened


def test_a_reply_goes_to_who_wrote_and_never_to_a_reply_to(office: Office) -> None:
    raw = mail_with(make_projects_workbook(3), 1).replace(b"\nTo: ", b"\nReply-To: ke.xau@xau.example\nTo: ", 1)
    shown = office.settle(raw)
    assert [one.to for one in shown.mails] == [(SENDER,)]
    sent = office.desk.vault.get(shown.mails[0].raw)
    assert b"xau.example" not in sent
    assert b"In-Reply-To: <office-1@nghean.example>" in sent


def test_two_mails_of_a_stranger_at_once_get_one_neutral_answer(office: Office) -> None:
    for number in (1, 2):
        mail = EmailMessage()
        mail["From"], mail["To"] = "tuvan@vanphong.example", "baocao@bokehoach.example"
        mail["Message-ID"], mail["Subject"] = f"<la-{number}@vanphong.example>", "Hỏi"
        mail.set_content(f"Kính gửi Quý Bộ, lần {number}.")
        raw = mail.as_bytes()
        at = ARRIVED + timedelta(hours=10)
        office.desk.ledger.receive(
            Mailbox("office", "La", 1), [Arrival(number, office.desk.vault.put(raw), len(raw), at)], at
        )
    assert process_undecided(office.desk, threading.Event()) == 2
    queued = [one for one in office.desk.ledger.due(ARRIVED + timedelta(days=900), 100) if one.kind == "held"]
    assert [one.to for one in queued] == [("tuvan@vanphong.example",)]
