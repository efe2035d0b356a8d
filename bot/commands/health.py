"""``bot health``: how the running daemon is, for people and for whatever watches over it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot.adapters.clock import SystemClock
from bot.commands.doors import telling
from bot.health_words import say_health
from bot.schedule.health import is_stale
from bot.terminal import Exit, configured, out


def health(
    alive: Annotated[
        bool, typer.Option("--alive", help="Mã kết thúc 1 chỉ khi phải khởi động lại bot (không chạy, hoặc đứng yên).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="In dạng JSON ra stdout.")] = False,
) -> None:
    """Xem bot run có đang làm việc tốt không: đọc hộp thư, gửi thư, việc theo giờ, ổ đĩa; dùng được cho container.

    Dùng cho chương trình giám sát, hoặc khi nghi bot đã dừng.

    Ví dụ: bot health --json; trong container: HEALTHCHECK CMD bot health --alive

    Mã kết thúc: 0 tốt, 1 không chạy hoặc có sự cố. Chỉ đọc tệp health.json mà bot run ghi mười giây một lần trong thư
    mục dữ liệu; không nối mạng, không mở sổ ghi.
    """
    from bot.adapters.health_file import health_json, read_health

    folder, now = configured().store.folder, SystemClock().now()
    with telling():
        seen = read_health(folder)
    stale = seen is not None and is_stale(seen, now)
    living = seen is not None and not stale and seen.alive
    well = living and seen is not None and not seen.troubles
    if as_json:
        told = json.loads(health_json(seen)) if seen is not None else None
        typer.echo(json.dumps({"well": well, "alive": living, "stale": stale, "health": told}, ensure_ascii=False))
    else:
        for line in say_health(seen, now, stale=stale):
            out.print(line, markup=False)
    raise typer.Exit(Exit.DONE if (living if alive else well) else Exit.RETURNED)
