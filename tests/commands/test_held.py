"""``bot held`` at the operator's door: what waits is seen, a word on it is previewed, kept, and followed once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.adapters.ledger import Arrival, Ledger, Mailbox
from bot.cli import app
from bot.demo.places import province
from bot.model import Decision, Heading, HeldReason, Outcome, Settlement
from tests.commands.conftest import NOW

pytestmark = pytest.mark.usefixtures("office")
ADDRESS = province("Nghệ An").address
STRANGER = "nam@hop-thu-rieng.example"
WHY = ("--reason", "Đã gọi điện")


def bot(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), prog_name="bot")
    return result.exit_code, " ".join(result.output.split())


def hold(number: int, sender: str, why: HeldReason) -> str:
    """Let a mail be held, and return its receipt."""
    receipt, at = f"12-00-{number:04}", NOW - timedelta(hours=number)
    ledger = Ledger("sqlite:///data/ledger.db")
    try:
        ledger.migrate()
        ledger.receive(Mailbox("a", "INBOX", 1), [Arrival(number, f"{number:064}", 1, at)], at)
        (waiting,) = ledger.undecided(NOW, 1)
        decision = Decision(Outcome.HELD, receipt, at, "rules", why=why.value, grounds="dmarc=fail (mx.bo.example)")
        assert ledger.settle(waiting.id, Settlement(decision, Heading(sender, "Anh Nam", "Biểu I.1")), {}, at)
    finally:
        ledger.close()
    return receipt


def waiting() -> dict[str, str]:
    """Return whose each mail is that is to be settled."""
    ledger = Ledger("sqlite:///data/ledger.db")
    try:
        return {one.sha256[-1]: one.vouched for one in ledger.undecided(NOW, 10)}
    finally:
        ledger.close()


@pytest.fixture
def held(office: None) -> tuple[str, str]:
    Path("data").mkdir()
    return hold(1, ADDRESS, HeldReason.FAILED), hold(2, STRANGER, HeldReason.UNKNOWN_SENDER)


def test_nothing_waits() -> None:
    assert bot("held") == (0, "Không có thư nào chờ xác nhận.")


def test_what_waits_is_listed_with_whose_address_it_is_and_why_it_waits(held: tuple[str, str]) -> None:
    code, told = bot("held")
    assert code == 0
    first, second = told.split(held[1])
    assert f"{held[0]}: 09:00 ngày 18/7/2012, Anh Nam <{ADDRESS}>, địa chỉ của Nghệ An: Biểu I.1" in first
    assert "máy chủ thư xác định thư không phải của địa chỉ đó; máy chủ ghi: dmarc=fail (mx.bo.example)" in first
    assert "người gửi chưa có trong danh bạ" in second
    assert "Thư chờ Bộ xác nhận người gửi: 2. Xem và xác nhận: bot held" in bot("status")[1]


def test_a_release_is_seen_before_it_is_kept_and_is_kept_with_who_and_why(held: tuple[str, str]) -> None:
    code, told = bot("held", "release", held[0], *WHY)
    assert (code, waiting()) == (0, {})
    assert "→ xử lý như thư của Tỉnh Nghệ An (40)." in told
    assert "thêm --yes" in told

    code, told = bot("held", "release", held[0], *WHY, "--who", "Lan", "--yes")
    assert (code, waiting()) == (0, {"1": "40"})
    assert "người xác nhận: Lan" in told
    assert "Lan: xác nhận người gửi của thư chờ 12-00-0001/40 Đã gọi điện" in bot("audit")[1]
    assert bot("held", "release", held[0], *WHY, "--yes")[0] == 3, "it waits no more"
    assert held[0] not in bot("held")[1]


def test_a_strangers_mail_is_not_released_but_assigned(held: tuple[str, str]) -> None:
    code, told = bot("held", "release", held[1], *WHY, "--yes")
    assert (code, waiting()) == (3, {})
    assert f"bot held assign {held[1]} ĐƠN_VỊ" in told

    assert bot("held", "assign", held[1], "Đà Nẵng", *WHY)[0] == 0
    assert waiting() == {}
    assert bot("held", "assign", held[1], "Đà Nẵng", *WHY, "--yes")[0] == 0
    assert waiting() == {"2": "48"}
    assert "giao thư chờ cho đơn vị 12-00-0002/48" in bot("audit", "--deed", "assign")[1]


def test_an_assigned_sender_may_be_remembered_and_forgotten(held: tuple[str, str]) -> None:
    hold(3, STRANGER, HeldReason.UNKNOWN_SENDER)
    wanted = ("held", "assign", held[1], "Đà Nẵng", *WHY, "--remember")
    code, told = bot(*wanted)
    assert (code, waiting()) == (0, {})
    assert f"Từ nay {STRANGER} được gửi thay Đà Nẵng. 1 thư chờ khác của địa chỉ này được xử lý lại." in told
    assert "Chưa duyệt thêm địa chỉ nào" in bot("held", "senders")[1]

    assert bot(*wanted, "--who", "Lan", "--yes")[0] == 0
    assert waiting() == {"2": "48", "3": ""}, "the other one counts only if it is proved"
    assert f"{STRANGER}: Đà Nẵng; duyệt lúc" in bot("held", "senders")[1]
    assert f"Lan: duyệt người gửi {STRANGER}/48 Đã gọi điện; thư chờ được xử lý lại: 12-00-0003" in bot("audit")[1]
    assert STRANGER in bot("status", "48")[1]

    gone = ("held", "forget", STRANGER, *WHY)
    assert "Chỉ xem trước" in bot(*gone)[1]
    assert STRANGER in bot("held", "senders")[1]
    assert bot(*gone, "--yes")[0] == 0
    assert STRANGER not in bot("status", "48")[1]
    assert bot(*gone, "--yes")[0] == 3
    assert f"thôi duyệt người gửi {STRANGER}/48" in bot("audit")[1]


def test_a_known_address_is_not_remembered_for_another(held: tuple[str, str]) -> None:
    code, told = bot("held", "assign", held[0], "Đà Nẵng", *WHY, "--remember", "--yes")
    assert (code, waiting()) == (3, {})
    assert f"{ADDRESS} đã là địa chỉ của Nghệ An" in told


def test_what_is_nobodys_report_is_dismissed_and_waits_no_more(held: tuple[str, str]) -> None:
    code, told = bot("held", "dismiss", *held, "--reason", "Thư quảng cáo")
    assert code == 0
    assert "Sẽ bỏ qua 2 thư. Chỉ xem trước" in told
    assert held[1] in bot("held")[1]

    code, told = bot("held", "dismiss", held[1], held[1], "--reason", "Thư quảng cáo", "--who", "Lan", "--yes")
    assert code == 0
    assert "Đã bỏ qua 1 thư, người quyết định: Lan." in told
    assert held[1] not in bot("held")[1]
    assert held[0] in bot("held")[1]
    assert "Thư chờ Bộ xác nhận người gửi: 1." in bot("status")[1]
    assert "thư không liên quan, đã bỏ qua" in bot("show", held[1])[1]
    assert f"Lan: bỏ qua thư chờ {held[1]} Thư quảng cáo" in bot("audit")[1]
    code, told = bot("held", "dismiss", held[1], *WHY, "--yes")
    assert code == 3
    assert f"Thư {held[1]} không chờ xác nhận" in told


def test_what_was_dismissed_by_mistake_is_assigned(held: tuple[str, str]) -> None:
    bot("held", "dismiss", held[1], *WHY, "--yes")
    code, told = bot("held", "assign", held[1], "Đà Nẵng", *WHY)
    assert code == 0
    assert "đã bỏ qua; người gửi chưa có trong danh bạ" in told
    bot("held", "assign", held[1], "Đà Nẵng", *WHY, "--yes")
    assert waiting() == {"2": "48"}


def test_all_mails_of_a_sender_are_dismissed_at_once(held: tuple[str, str]) -> None:
    more = [hold(number, STRANGER, HeldReason.UNKNOWN_SENDER) for number in range(3, 60)]
    code, told = bot("held", "dismiss", "--sender", STRANGER.upper(), *WHY)
    assert code == 0
    assert "… và 8 thư cũ hơn Sẽ bỏ qua 58 thư." in told
    assert "Đã bỏ qua 58 thư" in bot("held", "dismiss", "--sender", STRANGER, *WHY, "--yes")[1]
    left = bot("held", "--all")[1]
    assert held[0] in left
    assert not any(receipt in left for receipt in (held[1], *more))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dismiss", *WHY), "Hãy ghi mã của các thư, hoặc --sender"),
        (("dismiss", "12-00-0001", "--sender", STRANGER, *WHY), "Hãy ghi mã của các thư, hoặc --sender"),
        (("dismiss", "--sender", "ai@la.example", *WHY), "Không có thư nào của ai@la.example đang chờ"),
        (("dismiss", "12-00-0001", "12-00-9999", *WHY), "Không có mã 12-00-9999"),
        (("dismiss", "12-00-0001", "--reason", " "), "Hãy ghi lý do"),
        (("release", "12-00-9999", *WHY), "Không có mã 12-00-9999"),
        (("assign", "12-00-0002", "Atlantis", *WHY), "Không có đơn vị báo cáo Atlantis"),
        (("assign", "12-00-0002", "48", "--reason", " "), "Hãy ghi lý do"),
    ],
)
def test_what_cannot_be_done_is_told(held: tuple[str, str], words: tuple[str, ...], said: str) -> None:
    code, told = bot("held", *words, "--yes")
    assert (code, waiting()) == (3, {})
    assert said in told
