"""``bot doctor``: what is not well, and how to mend it; on request with a mail that goes the whole way."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.doors import telling
from bot.language import number
from bot.terminal import Exit, configured, err, give_up, out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Config
    from bot.runners.doctor import Examined


def doctor(
    probe: Annotated[
        bool,
        typer.Option("--probe", help="Sau khi kiểm tra, gửi một thư thử tới hộp thư của bot và chờ bot nhận."),
    ] = False,
    seconds: Annotated[
        int | None,
        typer.Option("--seconds", min=1, max=3600, help="Với --probe: chờ tối đa bấy nhiêu giây.", metavar="N"),
    ] = None,
) -> None:
    """Kiểm tra cấu hình, hộp thư, máy chủ gửi, quy tắc và ổ đĩa; chỉ ra cách khắc phục.

    Dùng sau mỗi lần sửa cấu hình, quy tắc, mẫu thư, và khi bot không chạy như mong đợi.

    Ví dụ: bot --config config.toml doctor; cả đường thư: bot doctor --probe --seconds 60

    Thư thử mang dấu riêng của bot: bot không trả lời, không tính cho đơn vị nào và xếp vào thư mục thư tự động. Không
    ghi --seconds thì chờ thêm một phút sau một lần quét hộp thư ([mailbox] sweep_minutes). Bấm Ctrl+C để thôi chờ.

    Dấu ✓ là tốt; ! là bot chạy được nhưng nên xem; ✗ là phải sửa. Mã kết thúc: 0 không có điểm ✗, 1 có.
    """
    from bot.console import print_examined
    from bot.runners.doctor import examine

    config = configured()
    if seconds is not None and not probe:
        give_up("Tùy chọn --seconds chỉ dùng cùng --probe.")
    seen: list[Examined] = []
    for one in chain(examine(config), _probe(config, seconds) if probe else ()):
        print_examined(one, out)
        seen.append(one)
    wrong, remarks = sum(not one.well for one in seen), sum(one.is_remark for one in seen)
    err.print(_sum(wrong, remarks), markup=False)
    raise typer.Exit(Exit.RETURNED if wrong else Exit.DONE)


def _sum(wrong: int, remarks: int) -> str:
    """Return in one sentence what is to be done."""
    more = f"{number(remarks)} điểm nên xem (!), bot vẫn chạy được" if remarks else ""
    if wrong:
        return f"Phải sửa {number(wrong)} điểm (✗){f'; {more}' if more else ''}."
    return f"Không có điểm nào phải sửa{f'; {more}' if more else ''}."


def _probe(config: Config, seconds: int | None) -> Iterator[Examined]:
    """Yield the legs of the probe, with a sign of life on the terminal while each is waited for."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.adapters.ledger import LedgerTooNew
    from bot.runners.doctor import tell_ledger
    from bot.runners.probe import patience_of, probe

    patience = seconds if seconds is not None else patience_of(config)
    legs = probe(config, patience)
    try:
        with telling():
            while True:
                with err.status(f"Đang chờ thư thử, tối đa {patience:g} giây; Ctrl+C để thôi chờ …"):
                    leg = next(legs, None)
                if leg is None:
                    return
                yield leg
    except (SQLAlchemyError, LedgerTooNew, ImportError) as problem:
        give_up(f"Không gửi thư thử vì không mở được sổ ghi: {tell_ledger(problem)}.")
    except KeyboardInterrupt:
        err.print("Đã thôi chờ. Thư thử tới sau vẫn được bot tự bỏ qua.", markup=False)
        raise typer.Exit(Exit.RETURNED) from None
