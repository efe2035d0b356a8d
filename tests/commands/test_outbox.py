"""``bot outbox``: mails that may have been sent are seen in the status, and a person decides on each."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Ledger
from bot.terminal import Exit
from tests.adapters.ledger.samples import NOW, mail, raws
from tests.commands.terminal import bot
from tests.fixtures.office import write_config

if TYPE_CHECKING:
    from pathlib import Path

HELD = mail("remind:c/40/1", "reminder", "bql.kcn@nghean.example")
TOLD = "gửi bql.kcn@nghean.example, vp@nghean.example lúc 08:30 ngày 12/7/2012 có thể đã gửi, không tự gửi lại"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    made = write_config(tmp_path)
    with closing(Ledger(f"sqlite:///{tmp_path / 'data' / 'ledger.db'}")) as ledger:
        ledger.migrate()
        ledger.enqueue([HELD], raws(HELD), NOW)
    return made


def held(config: Path) -> None:
    with closing(Ledger(f"sqlite:///{config.parent / 'data' / 'ledger.db'}")) as ledger:
        assert ledger.hand_over_once(HELD.key, NOW)


def test_what_waits_is_not_held(config: Path) -> None:
    assert bot(config, "outbox") == "Không có thư nào ở trạng thái có thể đã gửi.\n"
    assert "1 đang chờ" in bot(config, "status")
    told = bot(config, "outbox", "resend", "1", "--yes", code=Exit.WRONG_USE)
    assert told == "Thư số 1 không ở trạng thái có thể đã gửi; xem danh sách: bot outbox\n"


@pytest.mark.parametrize(
    ("word", "will", "done", "deed", "pending"),
    [
        ("resend", "được gửi lại", "Đã xếp 1 thư để gửi lại", "cho gửi lại thư có thể đã gửi 1", 1),
        ("drop", "không gửi lại nữa", "Đã thôi gửi 1 thư.", "thôi gửi thư có thể đã gửi 1", 0),
    ],
)
def test_it_is_listed_previewed_decided_and_kept_in_the_trail(
    config: Path, word: str, will: str, done: str, deed: str, pending: int
) -> None:
    held(config)
    assert TOLD in bot(config, "status")
    assert TOLD in bot(config, "outbox")
    assert f"Chỉ xem trước: 1 thư sẽ {will}." in bot(config, "outbox", word, "--all")
    assert TOLD in bot(config, "outbox", word, "1")
    assert done in bot(config, "outbox", word, "1", "--yes")
    assert "có thể đã gửi" not in bot(config, "status")
    assert f"{pending} đang chờ, 0 không gửi được" in bot(config, "status")
    trail = bot(config, "audit")
    assert deed in trail
    assert "bql.kcn@nghean.example" in trail
