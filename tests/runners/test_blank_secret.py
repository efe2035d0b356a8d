"""The daemon's own blanks: it makes the secret, its blanks bear the token, and its children know it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.clock import SimulatedClock
from bot.blank_token import is_token
from bot.daemon import Daemon
from bot.demo.places import province
from bot.model import History, Outcome, Settlement
from bot.runners import feed
from bot.runners.blank_secret import BLANK_TOKEN, known_blank_secret
from bot.runners.feed import preview_mails
from bot.runners.pool import Ticket
from bot.sheet.code import read_code, read_hidden_code
from tests.flow.letters import letter
from tests.flow.office import NOON, configure
from tests.runners.inline import InlinePool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from bot.model import Decision
    from bot.runners.pool import Fault

FORM = ("2012-kkt-kcn", "III.4")


def test_a_blank_that_the_daemon_has_enclosed_proves_its_mail_to_the_daemon_and_to_a_preview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.daemon.doors.WorkerPool", InlinePool)
    monkeypatch.setattr(feed, "WorkerPool", InlinePool)
    config = configure(
        tmp_path, schedule={"enclose_blanks": True}, authentication={"accept_unproved": False}, work={"workers": 1}
    )
    assert known_blank_secret(config.store) == b""
    assert not config.store.folder.exists(), "asking leaves no trace"

    with Daemon(config, SimulatedClock(NOON)) as daemon:
        secret = known_blank_secret(config.store)
        blanks = daemon.remind_desk().blanks
        assert blanks is not None
        (blank,) = blanks.enclose([FORM], daemon.rulebook.reporter("40"), History())
        code = read_hidden_code(blank.data)
        assert code is not None
        assert is_token(code.token, code.form, code.reporter, code.version, secret)
        assert not is_token(code.token, code.form, code.reporter, code.version, b"")

        sender = province("Nghệ An").address
        raw = letter("Biểu III.4", {"Bieu III.4.xlsx": blank.data}, sender=sender)
        (tmp_path / "mail.eml").write_bytes(raw)
        assert daemon.desk.pool.open(Ticket(tmp_path / "mail.eml", 1, NOON)).reporter == "40"

    assert decision(preview_mails([raw], config, NOON)).outcome is Outcome.REFUSED, "nothing is filled in"
    (config.store.folder / "secrets" / BLANK_TOKEN).unlink()
    assert decision(preview_mails([raw], config, NOON)).outcome is Outcome.HELD, "who takes it away takes all back"


def decision(previews: Iterator[Settlement | Fault]) -> Decision:
    (settlement,) = previews
    assert isinstance(settlement, Settlement)
    return settlement.decision


def test_what_people_see_of_a_blank_bears_no_token(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    from bot.runners.blank import BlankMaker
    from tests.flow.office import rulebook, templates

    rules = rulebook()
    (blank,) = BlankMaker(rules, templates(), b"k" * 32).enclose([FORM], rules.reporter("40"), History())
    code = read_code(blank.data)
    assert code is not None
    (tmp_path / "f.xlsx").write_bytes(blank.data)
    book = load_workbook(tmp_path / "f.xlsx")
    texts = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert any("baocao:2012-kkt-kcn/III.4:40" in one for one in texts)
    assert not any(code.token in one for one in texts)
