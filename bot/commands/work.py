"""``bot work``: one more process that decides mails, beside the one that holds the mailbox."""

from __future__ import annotations

import signal

from bot.commands.doors import helping, opened


def work() -> None:
    """Giúp xử lý thư: chạy trên máy này bên cạnh bot run ở máy khác; cần sổ ghi PostgreSQL dùng chung.

    Dùng khi một máy không kịp, thường là ngày cận hạn.

    Ví dụ: bot --config config.toml work

    Chỉ kiểm tra và soạn trả lời; nhận thư, gửi thư và đôn đốc vẫn là việc của bot run. Chạy bao nhiêu bot work cũng
    được: mỗi thư được xử lý một lần, máy nào dừng giữa chừng thì thư của nó được máy khác nhận lấy. Dừng bằng SIGTERM
    hoặc Ctrl+C: thư đang xử lý được làm xong trước.
    """
    with opened() as daemon, helping(daemon):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: daemon.stop.set())
        daemon.help()
