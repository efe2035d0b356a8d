"""``bot decide``: the ministry's own word on what was sent, kept with who said it and why."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.doors import opened
from bot.console import ACTS
from bot.language import one_line
from bot.model import Act, Outcome, Ruling
from bot.status import STATES
from bot.terminal import give_up, out

if TYPE_CHECKING:
    from bot.adapters.ledger import Shown, ShownPart
    from bot.model import Rulebook, Standing

_JUDGED = frozenset({Outcome.ACCEPTED, Outcome.RETURNED})
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
    why = one_line(note, _LONGEST_NOTE)
    if not why:
        give_up("Hãy ghi lý do sau --note.")
    with opened() as daemon:
        ledger, rulebook = daemon.ledger, daemon.rulebook
        shown = ledger.show(receipt.strip())
        if shown is None:
            give_up(f"Không có mã biên nhận {receipt}.")
        part = _part_of(shown, form, revision)
        ruling = Ruling(act, getpass.getuser(), daemon.clock.now(), why, part.counts_as)
        if ledger.counts_as(act) == part.counts_as:
            give_up(f"Biểu {part.form} của {shown.receipt} đang là: {_COUNTS[part.counts_as]}; không có gì để đổi.")
        owed = rulebook.obligation(part.campaign, part.form, shown.reporter)
        obligations = (owed,) if owed else ()
        before = ledger.standing(obligations)
        after = ledger.standing_after(shown.id, part.ordinal, ruling, obligations)
        _print_change(shown, part, act, rulebook, before, after)
        if not yes:
            out.print("Chỉ xem trước, chưa ghi gì. Để ghi, thêm --yes.")
        elif ledger.rule_on(shown.id, part.ordinal, ruling):
            out.print(f"Đã ghi quyết định của {ruling.who}.", markup=False)
        else:
            give_up("Vừa có quyết định khác về biểu này; hãy xem lại bằng bot show rồi quyết định.")


def _part_of(shown: Shown, form: str | None, revision: int | None) -> ShownPart:
    """Return the part that is meant: the only form of the message, or the one that is named."""
    judged = [one for one in shown.parts if one.form and one.verdict in _JUDGED]
    if not judged:
        earlier = next((one.earlier for one in shown.parts if one.earlier), "")
        hint = f" Nội dung này đã nhận với mã biên nhận {earlier}." if earlier else ""
        give_up(f"Thư {shown.receipt} không có biểu nào để quyết định.{hint}")
    wanted = form.strip().casefold() if form else None
    named = [one for one in judged if wanted in (None, one.form.casefold()) and revision in (None, one.revision)]
    if len(named) != 1:
        known = ", ".join(f"--form {one.form} --revision {one.revision}" for one in judged)
        why = "có nhiều biểu; hãy chọn một" if named else "không có biểu như vậy; có"
        give_up(f"Thư {shown.receipt} {why}: {known}.")
    return named[0]


def _print_change(
    shown: Shown,
    part: ShownPart,
    act: Act,
    rulebook: Rulebook,
    before: tuple[Standing, ...],
    after: tuple[Standing, ...],
) -> None:
    title = rulebook.title(part.campaign, part.form)
    out.print(f"{shown.receipt}, lần nộp {part.revision}: {title}", markup=False)
    out.print(f"  Đang là: {_COUNTS[part.counts_as]}. Quyết định: {ACTS[act]}.")
    if not before:
        out.print("  Đơn vị không phải nộp biểu này, nên tình hình nộp không đổi.")
    for was, will in zip(before, after, strict=True):
        out.print(f"  Tình hình nộp: {_standing(was)} → {_standing(will)}.")


def _standing(one: Standing) -> str:
    words = STATES[one.state][0]
    return f"{words} (lần nộp {one.revision}, {one.receipt})" if one.receipt else words
