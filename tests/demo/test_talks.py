"""What offices say to the system in the demo, before a real ledger: each mail ends as its post says."""

from __future__ import annotations

import threading
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

from bot.adapters.clock import SimulatedClock
from bot.adapters.ledger import Arrival, Ledger, Mailbox
from bot.adapters.vault import Vault
from bot.demo.talk_story import tell_talks
from bot.runners.process import Desk, process_undecided
from tests.flow.in_process import InThisProcess
from tests.flow.office import TRUST, configure, pipeline, rulebook

if TYPE_CHECKING:
    from pathlib import Path

FIRST_LINES = {
    "Biểu I.1: gửi thử [KIỂM TRA], không tính là bản nộp": "Đây là thư kiểm tra, không tính là bản nộp",
    "Giải trình bằng thư, theo số thứ tự": "Cảm ơn Quý cơ quan; nội dung trả lời đối với mục 1 đã được ghi nhận",
    "ĐỒNG Ý với cách ghi đã sửa sẵn": "Biểu I.1 đã được tiếp nhận",
    "Chỉ có bản ký quét PDF, chưa có tệp số liệu": "Đã nhận bản ký của",
    "Hỏi bằng thư: MẪU": "Gửi kèm thư này",
    "Hỏi bằng thư: TRẠNG THÁI": "Đến ngày 9/7/2012, Quý cơ quan",
    "Biểu I.3: báo không phát sinh bằng thư": "Biểu I.3 đã được ghi nhận",
}


def test_every_word_to_the_system_ends_as_its_post_says(tmp_path: Path) -> None:
    config = configure(tmp_path, work={"workers": 1, "tries": 1})
    config.store.folder.mkdir()
    posts = sorted(tell_talks(2012), key=lambda one: one.sent_at)
    told, ends = {}, {}
    with closing(Ledger(config.store.ledger_url)) as ledger:
        ledger.migrate()
        clock, vault = SimulatedClock(posts[0].sent_at), Vault(config.store.folder / "vault")
        desk = Desk(ledger, vault, InThisProcess(pipeline(rulebook(), trust=TRUST)), config.work, clock)
        for number, post in enumerate(posts, 1):
            clock.move_to(post.sent_at)
            arrival = Arrival(number, vault.put(post.arrived), len(post.arrived), post.sent_at)
            ledger.receive(Mailbox("demo", "INBOX", 1), [arrival], post.sent_at)
            process_undecided(desk, threading.Event())
            shown = ledger.show(f"12-{post.reporter}-{number:04}")
            assert shown is not None, post.title
            ends[post.title] = shown.outcome
            body = message_from_bytes(vault.get(shown.mails[0].raw), policy=default).get_body(("plain",))
            assert body is not None
            told[post.title] = str(body.get_content())
    assert ends == {post.title: post.expect for post in posts}
    for title, line in FIRST_LINES.items():
        assert told[title].startswith(line), (title, told[title])
    assert "đã sửa 1/2" in told["Biểu I.1: lần 2, đã sửa một lỗi, còn một"]
