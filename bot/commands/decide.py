"""``bot decide``: the ministry's own word on what was sent, kept with who said it and why."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.doors import opened
from bot.console import ACTS
from bot.language import one_line
from bot.model import Act, Refused, Why
from bot.runners.ruling import decide_on
from bot.status import STATES
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from bot.model import Rulebook, Standing
    from bot.runners.ruling import Deciding

_COUNTS = {"accepted": "đạt yêu cầu", "returned": "cần chỉnh sửa", "invalidated": "đã loại bỏ"}
_LONGEST_NOTE = 1000


def decide(
    receipt: Annotated[str, typer.Argument(help="Mã biên nhận ghi trong thư trả lời.", metavar="RECEIPT")],
    act: Annotated[
        Act, typer.Argument(help="accept: chấp nhận; return: yêu cầu sửa; invalidate: loại bỏ.", metavar="ACT")
    ],
    note: Annotated[str, typer.Option("--note", help="Lý do, được lưu cùng quyết định.", metavar="TEXT")],
    form: Annotated[
        str | None, typer.Option("--form", help="Biểu nào, khi thư có nhiều biểu; ví dụ III.4.", metavar="FORM")
    ] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", help="Lần nộp nào, khi thư có hai tệp của một biểu.", metavar="N")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ghi quyết định; nếu không có thì chỉ xem trước.")] = False,
) -> None:
    """Ghi quyết định của Bộ về một lần nộp: chấp nhận, yêu cầu sửa, hoặc loại bỏ.

    Dùng khi Bộ kết luận khác với bot, hoặc đơn vị xin rút bản đã gửi.

    Ví dụ: bot decide 12-40-0057 invalidate --note "Gửi nhầm bản nháp" --yes

    Không có --yes thì chỉ cho xem điều sẽ thay đổi. Tình hình nộp, đôn đốc và bảng tổng hợp theo quyết định ngay; không
    thư nào được gửi cho đơn vị. Quyết định được lưu lại mãi cùng tên người ghi; muốn đổi thì ghi quyết định khác.
    """
    with opened() as daemon:
        ruled = act, getpass.getuser(), one_line(note, _LONGEST_NOTE)
        doors = daemon.ledger, daemon.rulebook, daemon.clock.now()
        deciding = decide_on(receipt, ruled, *doors, form=form or "", revision=revision)
        if isinstance(deciding, Refused):
            give_up(_tell(deciding))
        _print_change(deciding, daemon.rulebook)
        what = deciding.ruling
        if not yes:
            out.print("Chỉ xem trước, chưa ghi gì. Để ghi, thêm --yes.")
        elif daemon.ledger.rule_on(what.message, what.part, what.ruling):
            out.print(f"Đã ghi quyết định của {what.ruling.who}.", markup=False)
        else:
            give_up("Vừa có quyết định khác về biểu này; hãy xem lại bằng bot show rồi quyết định.")


def _tell(refused: Refused) -> str:
    """Return why there is nothing to decide, with what to write instead."""
    named, known = refused.named, refused.known
    match refused.why:
        case Why.NO_REASON:
            return "Hãy ghi lý do sau --note."
        case Why.NO_RECEIPT:
            return f"Không có mã biên nhận {named}."
        case Why.NO_PART:
            hint = f" Nội dung này đã nhận với mã biên nhận {known[0]}." if known else ""
            return f"Thư {named} không có biểu nào để quyết định.{hint}"
        case Why.WHICH_PART | Why.NO_SUCH_PART:
            options = ", ".join("--form {} --revision {}".format(*one.rsplit("/", 1)) for one in known)
            why = "có nhiều biểu; hãy chọn một" if refused.why is Why.WHICH_PART else "không có biểu như vậy; có"
            return f"Thư {named} {why}: {options}."
        case Why.ALREADY:
            form, counts_as = known
            return f"Biểu {form} của {named} đang là: {_COUNTS[counts_as]}; không có gì để đổi."
    raise ValueError(f"no ruling is refused for {refused.why}")


def _print_change(deciding: Deciding, rulebook: Rulebook) -> None:
    shown, part, change = deciding.shown, deciding.part, deciding.change
    title = rulebook.title(part.campaign, part.form)
    out.print(f"{shown.receipt}, lần nộp {part.revision}: {title}", markup=False)
    out.print(f"  Đang là: {_COUNTS[part.counts_as]}. Quyết định: {ACTS[deciding.ruling.ruling.act]}.")
    if change.stands is None:
        out.print("  Đơn vị không phải nộp biểu này, nên tình hình nộp không đổi.")
    else:
        was, will = map(_standing, change.stands)
        out.print(f"  Tình hình nộp: {was} → {will}.")


def _standing(one: Standing) -> str:
    words = STATES[one.state][0]
    return f"{words} (lần nộp {one.revision}, {one.receipt})" if one.receipt else words
