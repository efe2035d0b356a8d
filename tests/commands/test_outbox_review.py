"""``bot outbox approve``: what waits for a person is listed, read, approved or refused, and nothing leaves before."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Ledger
from bot.adapters.vault import Vault
from bot.model import Mail, Outgoing
from bot.reply.compose import Sender, compose
from bot.terminal import Exit
from tests.adapters.ledger.samples import NOW, arrive, part, settlement
from tests.commands.terminal import bot
from tests.fixtures.office import write_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SENDER = Sender("bot@bo.example", "Hệ thống tiếp nhận báo cáo", "bo.example")


def letter(key: str, kind: str) -> Mail:
    text = f"Báo cáo đã nhận được nhưng cần sửa 4 nội dung ({key})."
    return compose(
        Outgoing(key, kind, ("bql@nghean.example",), f"[Cần chỉnh sửa] {key}", text, "<p>x</p>"), SENDER, NOW
    )


def settle(ledger: Ledger, vault: Vault, receipt: str, uid: int) -> Mail:
    """Let a message arrive whose answer is queued; return the answer."""
    mail = letter(f"reply:{receipt}", "reply_returned")
    (number,) = arrive(ledger, receipt, uid=uid)
    given = settlement(part(form="III.4"), receipt=receipt, mails=(mail,))
    assert ledger.settle(number, given, {mail.key: vault.put(mail.raw)}, NOW)
    return mail


@pytest.fixture
def config(tmp_path: Path) -> Path:
    made = write_config(tmp_path)
    made.write_text(made.read_text("utf-8") + '\n[sending]\nmode = "approve"\n', "utf-8")
    return made


@pytest.fixture
def ledger(config: Path) -> Iterator[Ledger]:
    with closing(Ledger(f"sqlite:///{config.parent / 'data' / 'ledger.db'}")) as ledger:
        ledger.migrate()
        yield ledger


@pytest.fixture
def vault(config: Path) -> Vault:
    return Vault(config.parent / "data" / "vault")


def due(ledger: Ledger) -> list[str]:
    return [one.key for one in ledger.due(NOW.replace(year=2100), 99)]


def test_what_waits_is_listed_and_can_be_read(config: Path, ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    mail = settle(ledger, vault, "12-40-0001", 1)
    told = "Thư số 1 (yêu cầu chỉnh sửa, trả lời 12-40-0001) gửi bql@nghean.example, chờ duyệt từ 08:30 ngày 12/7/2012"
    assert told in bot(config, "outbox")
    assert due(ledger) == []
    status = bot(config, "status")
    assert "Thư chờ duyệt trước khi gửi: 1. Xem và duyệt: bot outbox" in status
    assert "Thư yêu cầu chỉnh sửa: 1 chờ duyệt." in status
    assert "0 đang chờ" in status
    assert "cần sửa 4 nội dung (reply:12-40-0001)" in bot(config, "outbox", "show", "1")
    bot(config, "outbox", "show", "1", "--eml", str(tmp_path / "thu.eml"))
    assert (tmp_path / "thu.eml").read_bytes() == mail.raw


def test_it_is_previewed_approved_and_kept_in_the_trail(config: Path, ledger: Ledger, vault: Vault) -> None:
    mail = settle(ledger, vault, "12-40-0001", 1)
    assert "Chỉ xem trước: 1 thư sẽ được gửi." in bot(config, "outbox", "approve", "1")
    assert due(ledger) == []
    said = bot(config, "outbox", "approve", "1", "--who", "Trần Thị B", "--yes")
    assert "Đã duyệt 1 thư, người quyết định: Trần Thị B." in said
    assert due(ledger) == [mail.key]
    trail = bot(config, "audit", "12-40-0001")
    assert "Trần Thị B" in trail
    assert "duyệt gửi thư 1/12-40-0001" in trail
    assert "Thư yêu cầu chỉnh sửa: 1 được duyệt (gửi nguyên văn 100% của 1 thư)." in bot(config, "status")
    again = bot(config, "outbox", "approve", "1", "--yes", code=Exit.WRONG_USE)
    assert again == "Thư số 1 không chờ duyệt; xem danh sách: bot outbox\n"


def test_what_is_refused_is_never_sent_and_says_why(config: Path, ledger: Ledger, vault: Vault) -> None:
    settle(ledger, vault, "12-40-0001", 1)
    assert bot(config, "outbox", "refuse", "1", "--yes", code=Exit.WRONG_USE) == "Hãy ghi lý do sau --reason.\n"
    said = bot(config, "outbox", "refuse", "1", "--reason", "Đã trả lời qua điện thoại", "--yes")
    assert "Đã ghi không gửi 1 thư" in said
    assert due(ledger) == []
    assert "Đã trả lời qua điện thoại" in bot(config, "audit")
    assert "không cho gửi: Đã trả lời qua điện thoại" in bot(config, "show", "12-40-0001")
    status = bot(config, "status")
    assert "Thư yêu cầu chỉnh sửa: 1 không được duyệt (gửi nguyên văn 0% của 1 thư)." in status
    assert "0 không gửi được" in status


def test_all_of_one_kind_are_approved_but_not_what_a_later_mail_has_overtaken(
    config: Path, ledger: Ledger, vault: Vault
) -> None:
    first, second = (settle(ledger, vault, f"12-40-000{number}", number) for number in (1, 2))
    reminder = letter("remind:c/40/1", "reminder")
    ledger.enqueue([reminder], {reminder.key: vault.put(reminder.raw)}, NOW)
    assert bot(config, "outbox").count("Đã có thư mới hơn về cùng biểu") == 1
    bot(config, "outbox", "approve", "--all", "--kind", "reply_returned", "--yes")
    assert due(ledger) == [second.key]
    wrong = bot(config, "outbox", "approve", "--all", "--kind", "digest", "--yes", code=Exit.WRONG_USE)
    assert wrong == "Không có thư loại digest nào chờ duyệt; các loại đang chờ: reminder, reply_returned.\n"
    bot(config, "outbox", "approve", "1", "--yes")  # by its number it may go all the same
    assert sorted(due(ledger)) == sorted([first.key, second.key])


def test_what_waits_goes_on_waiting_when_all_is_live_again(config: Path, ledger: Ledger, vault: Vault) -> None:
    settle(ledger, vault, "12-40-0001", 1)
    bot(config, "outbox")
    config.write_text(config.read_text("utf-8").replace('mode = "approve"', 'mode = "live"'), "utf-8")
    assert "Cấu hình nay là live, nhưng thư đã chờ duyệt thì vẫn chờ." in bot(config, "status")
    assert due(ledger) == []
    later = settle(ledger, vault, "12-40-0002", 2)
    assert "Thư số 2" not in bot(config, "outbox")
    assert due(ledger) == [later.key]
