"""``bot audit``: who changed what, when and why."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  Typer reads the annotations while the program runs
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.doors import opened
from bot.commands.printed import print_csv, print_json
from bot.language import VIETNAM, moment
from bot.model import Deed
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import AuditEntry

DEEDS = {
    Deed.ACCEPT: "chấp nhận lần nộp",
    Deed.RETURN: "yêu cầu chỉnh sửa lần nộp",
    Deed.INVALIDATE: "loại bỏ lần nộp",
    Deed.EXTEND: "gia hạn",
    Deed.END_EXTENSION: "thôi gia hạn",
    Deed.RESTORE: "khôi phục từ bản sao lưu",
    Deed.DROP_RAW: "bỏ thư gốc quá thời hạn lưu",
    Deed.REPROCESS: "cho xử lý lại thư gặp sự cố",
    Deed.RESEND: "cho gửi lại thư có thể đã gửi",
    Deed.DROP_MAIL: "thôi gửi thư có thể đã gửi",
    Deed.APPROVE_MAIL: "duyệt gửi thư",
    Deed.REFUSE_MAIL: "không cho gửi thư",
    Deed.RELEASE: "xác nhận người gửi của thư chờ",
    Deed.ASSIGN: "giao thư chờ cho đơn vị",
    Deed.SIGN_IN: "đăng nhập cho bot ở",
    Deed.REGISTER: "duyệt người gửi",
    Deed.FORGET: "thôi duyệt người gửi",
    Deed.DISMISS: "bỏ qua thư chờ",
    Deed.REFUSE_ORDER: "lệnh bằng thư không được thực hiện, thư",
}
_COLUMNS = ("luc", "nguoi", "viec", "doi_tuong", "ghi_chu")


def audit(
    subject: Annotated[
        str, typer.Argument(help="Mã biên nhận, mã đơn vị hoặc đợt; không ghi thì mọi việc.", metavar="SUBJECT")
    ] = "",
    who: Annotated[str, typer.Option("--who", help="Chỉ việc của người này.", metavar="WHO")] = "",
    deed: Annotated[
        Deed | None, typer.Option("--deed", help="Chỉ việc loại này, ví dụ extend.", metavar="DEED")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Từ ngày này, ghi như 2012-07-20.", metavar="DAY"),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="In dạng CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="In dạng JSON, mỗi dòng một đối tượng.")] = False,
) -> None:
    """Xem nhật ký việc người đã làm: quyết định, gia hạn …; ai, lúc nào, vì sao.

    Dùng khi cần biết vì sao một kết luận, một thời hạn đã thay đổi.

    Ví dụ: bot audit 12-40-0057

    Nhật ký chỉ được ghi thêm, không sửa, không xóa được; bot verify phát hiện nếu có dòng bị sửa.
    """
    if as_csv and as_json:
        give_up("Chỉ chọn một trong hai: --csv hoặc --json.")
    begin = since.replace(tzinfo=VIETNAM) if since else None
    with opened() as daemon:
        entries = daemon.ledger.audit(who.strip(), deed, begin, subject.strip())
        if as_csv:
            print_csv(_COLUMNS, map(_row, entries))
        elif as_json:
            print_json(_COLUMNS, map(_row, entries))
        else:
            _print_lines(entries)


def _row(entry: AuditEntry) -> tuple[str, ...]:
    at = entry.at.astimezone(VIETNAM).isoformat(timespec="seconds")
    return at, entry.who, entry.deed.value, entry.subject, entry.note


def _print_lines(entries: Iterable[AuditEntry]) -> None:
    told = False
    for one in entries:
        told = True
        out.print(f"{moment(one.at)}, {one.who}: {DEEDS[one.deed]} {one.subject}", markup=False)
        if one.note:
            out.print(f"  {one.note}", markup=False)
    if not told:
        out.print("Chưa có việc nào được ghi.")
