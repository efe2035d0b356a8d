"""What the doctor sees of mails that wait for a person, and of the folders that drafts need."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Ledger
from bot.config import Config, Sending, build_config
from bot.runners import doctor
from bot.runners.doctor import Examined, examine
from tests.adapters.ledger.samples import NOW, mail, raws
from tests.servers import Door, person_at

if TYPE_CHECKING:
    from pathlib import Path

APPROVE = Sending(mode="approve")


@pytest.fixture
def config(tmp_path: Path, either_server: Door, monkeypatch: pytest.MonkeyPatch) -> Config:
    for others in ("_AT_HOME", "_OUTSIDE"):
        monkeypatch.setattr(doctor, others, ())
    monkeypatch.setattr(doctor, "points_of_latest", lambda: ())
    monkeypatch.setattr(doctor, "points_of_registers", lambda _: ())
    nowhere = {"host": "localhost", "port": 1, "security": "none", "sender": "bot@bo.example"}
    values = {"mailbox": {"host": "localhost", "port": 1, "security": "none"}, "smtp": nowhere}
    made = build_config({**values, "store": {"folder": "data"}}, tmp_path / "config.toml")
    made.store.folder.mkdir()
    return made.model_copy(update={"mailbox": either_server.settings})


def look(config: Config, **sending: str) -> list[Examined]:
    return list(examine(config.model_copy(update={"sending": Sending.model_validate(sending)})))


def queue_one(config: Config) -> None:
    with closing(Ledger(config.store.ledger_url)) as ledger:
        ledger.migrate()
        ledger.enqueue([mail()], raws(mail()), NOW)
        ledger.route(APPROVE.mode_of)


def test_where_nothing_waits_and_all_is_live_there_is_nothing_to_say(config: Config) -> None:
    assert look(config) == []


def test_what_waits_is_told_also_when_all_is_live_again(config: Config) -> None:
    queue_one(config)
    (found,) = look(config)
    assert found.said == "tự gửi; 1 thư đang chờ duyệt, vẫn chờ dù cấu hình không còn approve"
    assert found.cure == "Xem và duyệt: bot outbox"
    (found,) = look(config, mode="approve")
    assert found.said == "tự gửi, chờ duyệt (bot outbox); 1 thư đang chờ duyệt"


def test_drafts_need_a_folder_of_sent_mail_in_which_to_be_found(config: Config) -> None:
    (found,) = look(config, mode="drafts")
    assert not found.well
    assert "hộp thư không có mục thư đã gửi Sent" in found.said
    assert "[mailbox.folders] sent" in found.cure
    with person_at(config.mailbox) as person:
        person.create_folder("Sent")
    (found,) = look(config, mode="drafts")
    assert (found.well, found.said) == (True, "tự gửi, ghi vào thư nháp; mục thư nháp: Drafts (chưa có, bot sẽ tạo)")
    with person_at(config.mailbox) as person:
        person.create_folder("Drafts")
    assert look(config, mode="drafts")[0].said.endswith("mục thư nháp: Drafts")


def test_a_ledger_that_cannot_be_read_is_told_elsewhere(config: Config) -> None:
    (config.store.folder / "ledger.db").write_bytes(b"no database" * 100)
    assert look(config) == []
