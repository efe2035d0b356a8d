"""``bot held``: mails whose author is not known or not proved, and a person's word on whose they are."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.asked import reporter_named
from bot.commands.doors import opened
from bot.console import WHYS
from bot.language import VIETNAM, moment, number, one_line
from bot.model import AuditEntry, Deed, Dismissal, Outcome, Refused, Why
from bot.runners.dismissing import mails_to_dismiss
from bot.runners.registering import register_sender
from bot.terminal import give_up, out
from bot.usage import Verb, Verbs

if TYPE_CHECKING:
    from bot.adapters.ledger import HeldMail
    from bot.daemon import Daemon
    from bot.model import Reporter, Rulebook
    from bot.runners.registering import Registering

held = typer.Typer(
    name="held",
    cls=Verbs,
    invoke_without_command=True,
)

_LONGEST_REASON = 300
_LISTED = 50

Receipt = Annotated[str, typer.Argument(help="Mã của thư, như bot held in ra.", metavar="ID")]
Reason = Annotated[str, typer.Option("--reason", help="Vì sao biết thư là của đơn vị; được lưu lại.", metavar="TEXT")]
Who = Annotated[str, typer.Option("--who", help="Người xác nhận; nếu không ghi, tên đăng nhập.", metavar="NAME")]
Yes = Annotated[bool, typer.Option("--yes", help="Ghi lại; nếu không có thì chỉ xem trước.")]


@held.callback()
def show_held(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help=f"In tất cả, không chỉ {_LISTED} thư mới nhất.")] = False,
) -> None:
    """Xem thư chờ Bộ xác nhận người gửi; xác nhận (release), giao cho một đơn vị (assign) hoặc bỏ qua (dismiss).

    Dùng khi bản tổng hợp hoặc bot status cho biết có thư chờ.

    Ví dụ: bot held --all

    Thư chờ là thư có địa chỉ không trong danh bạ, hoặc có địa chỉ trong danh bạ mà máy chủ không chứng thực được. Thư
    chờ không được tính là bản nộp, và không trả lời tới địa chỉ chưa được chứng thực.
    """
    if context.invoked_subcommand is not None:
        return
    with opened() as daemon:
        waiting = daemon.ledger.counts(daemon.clock.now()).by_outcome.get(Outcome.HELD, 0)
        if not waiting:
            out.print("Không có thư nào chờ xác nhận.")
            return
        mails = daemon.ledger.held(waiting if every else _LISTED)
        for one in mails:
            _print_held(one, daemon.extended_rulebook())
        if waiting > len(mails):
            out.print(f"… và {number(waiting - len(mails))} thư cũ hơn; xem đủ: bot held --all")


@held.command(cls=Verb)
def release(receipt: Receipt, reason: Reason, who: Who = "", yes: Yes = False) -> None:
    """Xác nhận thư đúng là của đơn vị có địa chỉ đó trong danh bạ: thư được xử lý như mọi thư khác.

    Dùng khi đã hỏi đơn vị, bằng điện thoại hay công văn, và biết thư là thật.

    Ví dụ: bot held release 12-00-0057 --reason "Đã gọi điện hỏi anh Nam" --yes

    Thư giữ ngày nhận cũ và có mã biên nhận mới; người gửi được trả lời một lần, khi bot run xử lý xong.
    """
    from bot.submission import find_reporter

    with opened() as daemon:
        mail = _mail_of(daemon, receipt)
        day = mail.received_at.astimezone(VIETNAM).date()
        reporter = find_reporter(mail.sender, daemon.extended_rulebook().reporters, day) if mail.sender else None
        if reporter is None:
            give_up(
                f"Địa chỉ {mail.sender or '(không ghi)'} không có trong danh bạ; hãy ghi rõ đơn vị: "
                f"bot held assign {mail.receipt} ĐƠN_VỊ."
            )
        _vouch(daemon, mail, reporter, Deed.RELEASE, reason, who, yes=yes)


@held.command(cls=Verb)
def assign(
    receipt: Receipt,
    reporter: Annotated[str, typer.Argument(help="Mã hoặc tên đơn vị (48, Đà Nẵng).", metavar="REPORTER")],
    reason: Reason,
    who: Who = "",
    remember: Annotated[
        bool, typer.Option("--remember", help="Từ nay địa chỉ này được gửi thay đơn vị, như địa chỉ trong danh bạ.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Giao thư cho một đơn vị: thư được xử lý như thư của đơn vị đó.

    Dùng khi thư là thật mà địa chỉ không có trong danh bạ.

    Ví dụ: bot held assign 12-00-0057 48 --reason "Gửi từ hộp thư riêng, có công văn 85" --yes

    Thư trả lời gửi tới địa chỉ đã gửi thư. Muốn thư sau của địa chỉ này không phải chờ, thêm --remember
    (xem: bot held senders), hoặc ghi địa chỉ vào danh bạ.
    """
    with opened() as daemon:
        mail = _mail_of(daemon, receipt)
        day = mail.received_at.astimezone(VIETNAM).date()
        whose = reporter_named(reporter, daemon.extended_rulebook(), day)
        registering = _registering(daemon, mail, whose, reason, who) if remember else None
        _vouch(daemon, mail, whose, Deed.ASSIGN, reason, who, registering, yes=yes)


@held.command(cls=Verb)
def dismiss(
    reason: Reason,
    receipts: Annotated[
        list[str] | None, typer.Argument(help="Mã của các thư, như bot held in ra.", metavar="ID…")
    ] = None,
    sender: Annotated[str, typer.Option("--sender", help="Mọi thư đang chờ của địa chỉ này.", metavar="ADDRESS")] = "",
    who: Who = "",
    yes: Yes = False,
) -> None:
    """Bỏ qua thư không liên quan, như thư quảng cáo: không chờ nữa, không tính, không trả lời.

    Dùng khi trong danh sách thư chờ có thư không phải báo cáo của đơn vị nào.

    Ví dụ: bot held dismiss 12-00-0057 12-00-0061 --reason "Thư quảng cáo" --yes

    Thư vẫn được lưu theo thời hạn lưu thư gốc. Bỏ qua nhầm thì dùng bot held assign hoặc release với mã đó. Thư mới
    của địa chỉ này vẫn phải chờ như trước.
    """
    why = _why(reason)
    with opened() as daemon:
        mails = _to_dismiss(daemon, receipts or [], sender.strip())
        for one in mails[:_LISTED]:
            _print_held(one, daemon.extended_rulebook())
        if len(mails) > _LISTED:
            out.print(f"… và {number(len(mails) - _LISTED)} thư cũ hơn")
        if not yes:
            out.print(f"Sẽ bỏ qua {number(len(mails))} thư. Chỉ xem trước, chưa ghi gì. Để ghi, thêm --yes.")
            return
        name, now = _name(who), daemon.clock.now()
        done = daemon.ledger.dismiss(
            Dismissal(one.id, AuditEntry(name, now, Deed.DISMISS, one.receipt, why)) for one in mails
        )
        out.print(f"Đã bỏ qua {number(done)} thư, người quyết định: {name}.", markup=False)


@held.command(cls=Verb)
def senders() -> None:
    """Xem các địa chỉ đã được duyệt bằng thư của cán bộ hoặc bằng bot held assign --remember.

    Dùng khi cần biết ai ngoài danh bạ được gửi thay đơn vị, do ai duyệt.

    Ví dụ: bot held senders
    """
    with opened() as daemon:
        names = {one.code: one.name for one in daemon.rulebook.reporters}
        contacts = daemon.ledger.contacts()
        for one in contacts:
            whose = names.get(one.reporter, one.reporter)
            note = f" Lý do: {one.note}." if one.note else ""
            out.print(f"{one.address}: {whose}; duyệt lúc {moment(one.at)}, người duyệt {one.who}.{note}", markup=False)
        if not contacts:
            out.print("Chưa duyệt thêm địa chỉ nào ngoài danh bạ.")


@held.command(cls=Verb)
def forget(
    address: Annotated[str, typer.Argument(help="Địa chỉ đã duyệt, như bot held senders in ra.", metavar="ADDRESS")],
    reason: Reason,
    who: Who = "",
    yes: Yes = False,
) -> None:
    """Thôi duyệt một địa chỉ: từ nay thư từ đó lại phải chờ xác nhận; bản nộp đã nhận vẫn giữ nguyên.

    Dùng khi người gửi đã chuyển công tác hoặc duyệt nhầm; địa chỉ trong danh bạ thì sửa ở danh bạ.

    Ví dụ: bot held forget nam@hop-thu.example --reason "Đã chuyển công tác" --yes
    """
    why = _why(reason)
    with opened() as daemon:
        if all(one.address != address.strip().lower() for one in daemon.ledger.contacts()):
            give_up(f"{address} không phải địa chỉ đã duyệt thêm; xem: bot held senders")
        if not yes:
            out.print("Chỉ xem trước, chưa ghi gì. Để ghi, thêm --yes.")
            return
        daemon.ledger.forget_contact(address.strip(), _name(who), why, daemon.clock.now())
        out.print(f"Đã thôi duyệt {address}.", markup=False)


def _registering(daemon: Daemon, mail: HeldMail, reporter: Reporter, reason: str, who: str) -> Registering:
    said = _name(who), one_line(reason, _LONGEST_REASON)
    doors = daemon.ledger, daemon.extended_rulebook(), daemon.clock.now()
    found = register_sender(mail.sender, reporter, said, *doors, reserved=daemon.office().reserved)
    if isinstance(found, Refused):
        give_up(_tell(found))
    return found


def _tell(refused: Refused) -> str:
    """Return why the address is not remembered, with what to do instead."""
    named = refused.named or "(không ghi)"
    match refused.why:
        case Why.KNOWN_ADDRESS:
            return f"{named} đã là địa chỉ của {refused.known[0]}; bỏ --remember."
        case Why.RESERVED_ADDRESS:
            return f"{named} là địa chỉ của cán bộ ở Bộ hoặc của bot; bỏ --remember."
    return f"{named} không phải địa chỉ thư; bỏ --remember."


def _name(who: str) -> str:
    return one_line(who, _LONGEST_REASON) or getpass.getuser()


def _mail_of(daemon: Daemon, receipt: str) -> HeldMail:
    shown = daemon.ledger.show(receipt.strip())
    if shown is None:
        give_up(f"Không có mã {receipt}; xem: bot held")
    found = daemon.ledger.held_one(shown.id)
    if found is None:
        give_up(f"Thư {shown.receipt} không phải thư chờ xác nhận.")
    return found


def _to_dismiss(daemon: Daemon, receipts: list[str], sender: str) -> list[HeldMail]:
    """Return the mails that are meant, each once and as listed; gives up where one of them does not wait."""
    if bool(receipts) == bool(sender):
        give_up("Hãy ghi mã của các thư, hoặc --sender ĐỊA_CHỈ để bỏ qua mọi thư đang chờ của một địa chỉ.")
    mails: dict[int, HeldMail] = {}
    for meant in receipts or [sender]:
        found = mails_to_dismiss(meant.strip(), daemon.ledger)
        if isinstance(found, Refused):
            none = f"Không có thư nào của {sender} đang chờ" if sender else f"Thư {found.named} không chờ xác nhận"
            give_up(f"Không có mã {meant}; xem: bot held" if found.why is Why.NO_RECEIPT else f"{none}; xem: bot held")
        mails.update((one.id, one) for one in found)
    return list(mails.values())


def _why(reason: str) -> str:
    return one_line(reason, _LONGEST_REASON) or give_up("Hãy ghi lý do sau --reason.")


def _vouch(
    daemon: Daemon,
    mail: HeldMail,
    reporter: Reporter,
    deed: Deed,
    reason: str,
    who: str,
    registering: Registering | None = None,
    *,
    yes: bool,
) -> None:
    why = _why(reason)
    _print_held(mail, daemon.extended_rulebook())
    out.print(f"  → xử lý như thư của {reporter.full_name} ({reporter.code}).", markup=False)
    if registering is not None:
        others = len(registering.mails) - 1
        more = f" {number(others)} thư chờ khác của địa chỉ này được xử lý lại." if others > 0 else ""
        out.print(f"  Từ nay {mail.sender} được gửi thay {reporter.name}.{more}", markup=False)
    if not yes:
        out.print("Chỉ xem trước, chưa ghi gì. Để ghi, thêm --yes.")
        return
    name = _name(who)
    entry = AuditEntry(name, daemon.clock.now(), deed, f"{mail.receipt}/{reporter.code}", why)
    if not daemon.ledger.vouch(mail.id, reporter.code, entry, registering.registration if registering else None):
        give_up(f"Thư {mail.receipt} vừa được người khác xác nhận.")
    out.print(f"Đã ghi, người xác nhận: {name}. bot run hoặc bot once sẽ xử lý và trả lời thư này.", markup=False)


def _print_held(one: HeldMail, rulebook: Rulebook) -> None:
    from bot.submission import find_reporter

    day = one.received_at.astimezone(VIETNAM).date()
    claimed = find_reporter(one.sender, rulebook.reporters, day) if one.sender else None
    whose = f", địa chỉ của {claimed.name}" if claimed else ""
    name = f"{one.sender_name} <{one.sender}>" if one.sender_name else one.sender or "–"
    out.print(f"{one.receipt}: {moment(one.received_at)}, {name}{whose}: {one.subject or '–'}", markup=False)
    grounds = f"; máy chủ ghi: {one.grounds}" if one.grounds else ""
    dismissed = "đã bỏ qua; " if one.is_dismissed else ""
    out.print(f"  {dismissed}{WHYS.get(one.why, one.why)}{grounds}", markup=False)
