"""``bot retention``: which mails need not be kept any longer; seen before they go."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from bot.commands.doors import opened, telling
from bot.language import number
from bot.model import AuditEntry, Deed
from bot.terminal import give_up, out

_MIB = 1024 * 1024


def retention(
    yes: Annotated[bool, typer.Option("--yes", help="Bỏ thật; nếu không có thì chỉ xem trước.")] = False,
) -> None:
    """Bỏ thư gốc đã quá số tháng ghi ở [store] keep_raw_months; số liệu, kết luận, thư trả lời vẫn được giữ.

    Dùng để xem trước thư nào sẽ được bỏ, khi cơ quan có quy định thời hạn lưu.

    Ví dụ: bot retention

    Không bao giờ bỏ thư có lần nộp đạt yêu cầu hoặc bản ký, thư chờ Bộ xem xét, thư gặp sự cố, thư chưa trả lời xong.
    bot run tự bỏ lúc 03:00 mỗi ngày khi tham số đó được ghi. Bản sao lưu cũ không bị đổi.
    """
    from bot.runners.retention import drop_old, droppable

    with opened() as daemon, telling():
        months, now = daemon.config.store.keep_raw_months, daemon.clock.now()
        if months is None:
            give_up("Cấu hình chưa ghi [store] keep_raw_months, nên mọi thư gốc được giữ mãi.")
        old = droppable(daemon.ledger, months, now)
        mib = number(round(sum(size for _, size in old) / _MIB, 1))
        out.print(f"{number(len(old))} thư gốc đã quá {months} tháng ({mib} MiB) không còn phải giữ.")
        if not yes:
            out.print("Chỉ xem trước, chưa bỏ gì. Để bỏ, thêm --yes.")
            return
        if old:
            subject = f"keep_raw_months={months}"
            daemon.ledger.note_deed(AuditEntry(getpass.getuser(), now, Deed.DROP_RAW, subject, f"{len(old)}"))
        out.print(f"Đã bỏ {number(drop_old(daemon.ledger, daemon.vault, months, now))} tệp.")
