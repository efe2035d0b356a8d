"""``bot outbox``: reminders and digests that may have been sent, and a person's word on each."""

from __future__ import annotations

import getpass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.doors import opened
from bot.language import one_line
from bot.model import AuditEntry, Deed
from bot.status import print_possibly_sent
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.adapters.ledger import PossiblySent
    from bot.daemon import Daemon

_LONGEST_NOTE = 300


class Word(StrEnum):
    """What is to become of a mail that may have been sent."""

    RESEND = "resend"
    DROP = "drop"


def outbox(
    word: Annotated[
        Word | None,
        typer.Argument(help="resend: gửi lại; drop: thôi, coi như đã gửi; không ghi thì liệt kê.", metavar="WORD"),
    ] = None,
    numbers: Annotated[list[int] | None, typer.Argument(help="Số của thư trong danh sách.", metavar="NUMBER…")] = None,
    every: Annotated[bool, typer.Option("--all", help="Mọi thư trong danh sách.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Làm thật; nếu không có thì chỉ xem trước.")] = False,
) -> None:
    """Xem thư đôn đốc, bản tổng hợp có thể đã gửi; cho gửi lại hoặc thôi.

    Ví dụ: bot outbox resend 812 --yes

    Khi máy dừng hoặc đứt kết nối đúng lúc gửi một thư đôn đốc, không biết máy chủ đã nhận thư hay chưa. Thư đó được giữ
    lại, không tự gửi lần hai. Hỏi người nhận, hoặc xem mục thư đã gửi của hộp thư, rồi chọn resend hoặc drop.
    """
    with opened() as daemon:
        held = daemon.ledger.possibly_sent()
        chosen = held if every else _chosen(numbers or [], held)
        print_possibly_sent(chosen if word else held, out, most=None)
        if not held:
            out.print("Không có thư nào ở trạng thái có thể đã gửi.")
        elif word is None or not chosen:
            out.print("Để gửi lại hoặc thôi: bot outbox resend (hoặc drop) kèm số của thư, hoặc --all.")
        elif not yes:
            will = "được gửi lại" if word is Word.RESEND else "không gửi lại nữa"
            out.print(f"Chỉ xem trước: {len(chosen)} thư sẽ {will}. Để làm, thêm --yes.")
        else:
            _decide(daemon, word, chosen)


def _decide(daemon: Daemon, word: Word, chosen: Sequence[PossiblySent]) -> None:
    again, who, now = word is Word.RESEND, getpass.getuser(), daemon.clock.now()
    decide = daemon.ledger.send_again if again else daemon.ledger.let_go
    deed = Deed.RESEND if again else Deed.DROP_MAIL
    done = 0
    for one in chosen:
        note = one_line(f"{', '.join(one.to)}: {one.subject}", _LONGEST_NOTE)
        done += decide(one.number, AuditEntry(who, now, deed, str(one.number), note))
    if again:
        out.print(f"Đã xếp {done} thư để gửi lại; bot run hoặc bot once sẽ gửi.")
    else:
        out.print(f"Đã thôi gửi {done} thư.")


def _chosen(numbers: Sequence[int], held: Sequence[PossiblySent]) -> tuple[PossiblySent, ...]:
    """Return the mails of those numbers; gives up at one that is not held."""
    known = {one.number: one for one in held}
    for number in numbers:
        if number not in known:
            give_up(f"Thư số {number} không ở trạng thái có thể đã gửi; xem danh sách: bot outbox")
    return tuple(known[one] for one in dict.fromkeys(numbers))
