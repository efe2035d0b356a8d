"""``bot outbox``: mails that wait for a person: for leave to go, or for a word on whether they have gone."""

from __future__ import annotations

import getpass
from email import message_from_bytes, policy
from enum import StrEnum
from pathlib import Path  # noqa: TC003  Typer reads the annotations while the program runs
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.adapters.vault import VaultDamaged, VaultMissing
from bot.causes import sentence_of
from bot.commands.doors import opened
from bot.language import one_line
from bot.model import AuditEntry, Awaiting, Deed
from bot.review_status import print_awaiting
from bot.status import print_possibly_sent
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.adapters.ledger import PossiblySent
    from bot.daemon import Daemon

_LONGEST_NOTE = 300
Mail = TypeVar("Mail", Awaiting, "PossiblySent")


class Word(StrEnum):
    """What is to become of a mail."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SHOW = "show"
    RESEND = "resend"
    DROP = "drop"


def outbox(
    word: Annotated[
        Word | None,
        typer.Argument(
            help="approve: cho gửi; refuse: không gửi; show: đọc thư; resend: gửi lại; drop: thôi, coi như đã gửi; "
            "không ghi thì liệt kê.",
            metavar="WORD",
        ),
    ] = None,
    numbers: Annotated[list[int] | None, typer.Argument(help="Số của thư trong danh sách.", metavar="NUMBER…")] = None,
    every: Annotated[bool, typer.Option("--all", help="Mọi thư trong danh sách.")] = False,
    kind: Annotated[
        str,
        typer.Option("--kind", help="Cùng --all: chỉ loại thư này, ví dụ reminder, reply_returned.", metavar="KIND"),
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Vì sao không gửi; được lưu lại.", metavar="TEXT")] = "",
    who: Annotated[
        str, typer.Option("--who", help="Người quyết định; nếu không ghi, tên đăng nhập.", metavar="NAME")
    ] = "",
    eml: Annotated[Path | None, typer.Option("--eml", help="Cùng show: ghi thư ra tệp này.", metavar="FILE")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Làm thật; nếu không có thì chỉ xem trước.")] = False,
) -> None:
    """Xem và duyệt thư chờ gửi; xem thư đôn đốc, bản tổng hợp có thể đã gửi, cho gửi lại hoặc thôi.

    Dùng khi bot status hoặc bản tổng hợp cho biết có thư chờ người quyết định.

    Ví dụ: bot outbox show 812; bot outbox approve 812 813 --yes; bot outbox resend 812 --yes

    Thư chờ duyệt khi [sending] mode là approve. Duyệt xong, bot run gửi trong vòng nửa phút; mức gửi tối đa cho một địa
    chỉ vẫn được giữ. Thư đôn đốc chờ qua ngày hoặc không còn đúng thì được viết lại, có số mới, và phải duyệt lại.

    Khi máy dừng hoặc đứt kết nối đúng lúc gửi một thư đôn đốc, không biết máy chủ đã nhận thư hay chưa. Thư đó được giữ
    lại, không tự gửi lần hai. Hỏi người nhận, hoặc xem mục thư đã gửi của hộp thư, rồi chọn resend hoặc drop.
    """
    with opened() as daemon:
        daemon.ledger.route(daemon.config.sending.mode_of)
        name = one_line(who, _LONGEST_NOTE) or getpass.getuser()
        if word is Word.SHOW:
            _show(daemon, numbers or [], eml)
        elif word in (Word.APPROVE, Word.REFUSE):
            _review(daemon, word, _named_or_all(daemon, numbers or [], every, kind, word), name, reason, yes=yes)
        else:
            if word is None:
                _list_awaiting(daemon)
            _look_after_possibly_sent(daemon, word, numbers or [], name, every=every, yes=yes)


# -- mails that wait for leave ---------------------------------------------------------------------------------


def _list_awaiting(daemon: Daemon) -> None:
    mails = daemon.ledger.awaiting()
    print_awaiting(mails, out)
    if mails:
        out.print(
            f"Đọc thư: bot outbox show {mails[0].number}; cho gửi: bot outbox approve kèm số của thư, hoặc --all; "
            "không gửi: bot outbox refuse kèm số của thư và --reason.",
            markup=False,
        )


def _named_or_all(daemon: Daemon, numbers: Sequence[int], every: bool, kind: str, word: Word) -> tuple[Awaiting, ...]:
    """Return the mails that are meant; of all those only what is not outdated is approved, what is read by nobody."""
    mails = daemon.ledger.awaiting()
    if not every:
        return _chosen(numbers, mails, "không chờ duyệt")
    meant = [one for one in mails if not kind or one.kind == kind]
    if kind and not meant:
        known = ", ".join(sorted({one.kind for one in mails})) or "không có thư nào chờ duyệt"
        give_up(f"Không có thư loại {kind} nào chờ duyệt; các loại đang chờ: {known}.")
    return tuple(one for one in meant if word is Word.REFUSE or not one.outdated)


def _review(daemon: Daemon, word: Word, mails: Sequence[Awaiting], who: str, reason: str, *, yes: bool) -> None:
    approved, why = word is Word.APPROVE, one_line(reason, _LONGEST_NOTE)
    if not approved and not why:
        give_up("Hãy ghi lý do sau --reason.")
    print_awaiting(mails, out)
    if not mails:
        out.print("Không có thư nào được chọn. Ghi số của thư, hoặc --all; xem danh sách: bot outbox")
    elif not yes:
        will = "được gửi" if approved else "không được gửi"
        out.print(f"Chỉ xem trước: {len(mails)} thư sẽ {will}. Để làm, thêm --yes.")
    else:
        say = daemon.ledger.approve if approved else daemon.ledger.refuse
        deed, now, done = Deed.APPROVE_MAIL if approved else Deed.REFUSE_MAIL, daemon.clock.now(), 0
        for one in mails:
            note = why or one_line(f"{', '.join(one.to)}: {one.subject}", _LONGEST_NOTE)
            subject = f"{one.number}/{one.receipt}" if one.receipt else str(one.number)
            done += say(one.number, AuditEntry(who, now, deed, subject, note))
        verdict = "Đã duyệt" if approved else "Đã ghi không gửi"
        after = " bot run hoặc bot once sẽ gửi." if approved else ""
        late = f" {len(mails) - done} thư vừa được người khác xử lý." if done < len(mails) else ""
        out.print(f"{verdict} {done} thư, người quyết định: {who}.{after}{late}", markup=False)


def _show(daemon: Daemon, numbers: Sequence[int], eml: Path | None) -> None:
    """Print one mail as its reader will see it, or write it to a file that a mail program opens."""
    if len(numbers) != 1:
        give_up("Hãy ghi số của một thư: bot outbox show SỐ")
    (one,) = _chosen(numbers, daemon.ledger.awaiting(), "không chờ duyệt")
    try:
        raw = daemon.vault.get(one.raw)
        if eml is not None:
            eml.write_bytes(raw)
    except (VaultMissing, VaultDamaged) as problem:
        give_up(f"Thư số {one.number} không đọc được trong kho lưu: {problem}")
    except OSError as problem:
        give_up(f"Không ghi được {sentence_of(problem)}.")
    print_awaiting([one], out)
    if eml is not None:
        out.print(f"Đã ghi ra {eml}.", markup=False)
        return
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    out.print(f"\n{body.get_content() if body is not None else ''}", markup=False)
    for part in mail.iter_attachments():
        out.print(f"Tệp gửi kèm: {part.get_filename()}", markup=False)


# -- mails that may have been sent -----------------------------------------------------------------------------


def _look_after_possibly_sent(
    daemon: Daemon, word: Word | None, numbers: Sequence[int], who: str, *, every: bool, yes: bool
) -> None:
    held = daemon.ledger.possibly_sent()
    chosen = held if every else _chosen(numbers, held, "không ở trạng thái có thể đã gửi")
    print_possibly_sent(chosen if word else held, out, most=None)
    if not held:
        out.print("Không có thư nào ở trạng thái có thể đã gửi.")
    elif word is None or not chosen:
        out.print("Để gửi lại hoặc thôi: bot outbox resend (hoặc drop) kèm số của thư, hoặc --all.")
    elif not yes:
        will = "được gửi lại" if word is Word.RESEND else "không gửi lại nữa"
        out.print(f"Chỉ xem trước: {len(chosen)} thư sẽ {will}. Để làm, thêm --yes.")
    else:
        _decide(daemon, word, chosen, who)


def _decide(daemon: Daemon, word: Word, chosen: Sequence[PossiblySent], who: str) -> None:
    again, now = word is Word.RESEND, daemon.clock.now()
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


def _chosen(numbers: Sequence[int], mails: Sequence[Mail], lacks: str) -> tuple[Mail, ...]:
    """Return the mails of those numbers; gives up at one that is not among *mails*."""
    known = {one.number: one for one in mails}
    for number in numbers:
        if number not in known:
            give_up(f"Thư số {number} {lacks}; xem danh sách: bot outbox")
    return tuple(known[one] for one in dict.fromkeys(numbers))
