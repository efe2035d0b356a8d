"""``bot reprocess``: a message that was set aside is judged again, from what is kept of it."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.doors import opened
from bot.language import one_line
from bot.model import AuditEntry, Deed
from bot.status import print_set_aside
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.adapters.ledger import Aside

_LONGEST_NOTE = 300


def reprocess(
    receipts: Annotated[
        list[str] | None, typer.Argument(help="Mã biên nhận; không ghi thì liệt kê thư để riêng.", metavar="RECEIPT…")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Mọi thư đang để riêng.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Cho xử lý lại; nếu không có thì chỉ xem trước.")] = False,
) -> None:
    """Cho xử lý lại thư gặp sự cố đã để riêng, từ bản gốc đã lưu, sau khi khắc phục nguyên nhân.

    Dùng khi bot báo có thư để riêng và nguyên nhân đã được khắc phục.

    Ví dụ: bot reprocess 12-40-0057 --yes

    Không ghi mã nào: liệt kê mọi thư đang để riêng. bot run xử lý ở lần quét hộp thư sắp tới, hoặc chạy bot once; người
    gửi nhận kết quả như thường. Nếu lại gặp sự cố thì thư được để riêng và báo người vận hành lần nữa.
    """
    with opened() as daemon:
        aside = daemon.ledger.set_aside()
        chosen = aside if every else _chosen(receipts or [], aside)
        print_set_aside(chosen if receipts else aside, out, most=None)
        if not aside:
            out.print("Không có thư nào đang để riêng.")
        elif not chosen:
            out.print("Để xử lý lại, ghi mã biên nhận hoặc --all.")
        elif not yes:
            out.print(f"Chỉ xem trước: {len(chosen)} thư sẽ được xử lý lại. Để làm, thêm --yes.")
        else:
            who, now = getpass.getuser(), daemon.clock.now()
            done = sum(
                daemon.ledger.reopen(
                    one.message,
                    AuditEntry(who, now, Deed.REPROCESS, one.receipt, one_line(one.error, _LONGEST_NOTE)),
                )
                for one in chosen
            )
            out.print(f"Đã cho xử lý lại {done} thư; bot run hoặc bot once sẽ làm.")


def _chosen(receipts: Sequence[str], aside: Sequence[Aside]) -> tuple[Aside, ...]:
    """Return the messages of those receipts; gives up at one that is not set aside."""
    known = {one.receipt: one for one in aside}
    wanted = dict.fromkeys(one.strip() for one in receipts)
    for receipt in wanted:
        if receipt not in known:
            give_up(f"Thư {receipt} không nằm trong số thư để riêng; xem danh sách: bot reprocess")
    return tuple(known[one] for one in wanted)
