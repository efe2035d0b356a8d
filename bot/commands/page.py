"""``bot page``: the status page as a folder of files."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads the annotations
from typing import Annotated

import typer

from bot.causes import sentence_of
from bot.commands.doors import opened
from bot.language import number
from bot.terminal import give_up, out


def page(
    to: Annotated[Path, typer.Option("--to", help="Thư mục để ghi; mới, trống, hoặc đã có trang này.", metavar="DIR")],
    campaign: Annotated[
        list[str] | None,
        typer.Option("--campaign", help="Đợt báo cáo; nếu không ghi: các đợt đang theo dõi.", metavar="ID"),
    ] = None,
) -> None:
    """Ghi trang tình hình báo cáo: bảng đơn vị × nội dung, từng đơn vị, từng biểu, từng lần nộp.

    Dùng khi muốn nhiều người cùng xem tình hình mà không cần cài đặt gì.

    Ví dụ: bot page --to trang-tinh-hinh

    Mở index.html bằng trình duyệt, hoặc đặt thư mục lên một máy chủ web. Để bot run tự ghi lại sau mỗi thay đổi, đặt
    page trong mục [store] của cấu hình.
    """
    from bot.adapters.site import ForeignFolder

    with opened() as daemon:
        known = {one.id for one in daemon.rulebook.campaigns}
        for one in campaign or ():
            if one not in known:
                give_up(f"Không có đợt báo cáo {one}.")
        try:
            changed = daemon.write_page(to, tuple(campaign or ()))
        except ForeignFolder:
            give_up(f"Thư mục {to} có tệp khác; hãy chọn một thư mục mới hoặc trống.")
        except OSError as problem:
            give_up(f"Không ghi được {sentence_of(problem)}.")
    out.print(f"Đã ghi {to / 'index.html'}; {number(changed)} trang mới hoặc thay đổi.", markup=False)
