"""What the terminal says of mails that a person looks at before they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import moment, number, one_line
from bot.model import Fate, in_families

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bot.adapters.ledger import ShownMail
    from bot.model import Awaiting, Reviewed

_KINDS = (
    ("reply_returned", "yêu cầu chỉnh sửa"),
    ("reply_accepted", "đạt yêu cầu"),
    ("reply_duplicate", "báo trùng"),
    ("reply_signed", "đã nhận bản ký"),
    ("reply_trial", "trả lời gửi thử"),
    ("receipt", "báo đã nhận"),
    ("fault_sender", "xin lỗi vì sự cố"),
    ("refuse", "báo không nhận được tệp"),
    ("answer", "trả lời câu hỏi, giải trình"),
    ("held", "trả lời người gửi chưa đăng ký"),
    ("reminder", "đôn đốc"),
    ("digest", "bản tổng hợp tuần"),
)
_FATES = (
    (Fate.UNCHANGED, "đã gửi không sửa"),
    (Fate.CHANGED, "đã gửi sau khi sửa"),
    (Fate.DELETED, "bị xóa, không gửi"),
    (Fate.APPROVED, "được duyệt"),
    (Fate.REFUSED, "không được duyệt"),
)
_SENT = {Fate.UNCHANGED: ", không sửa", Fate.CHANGED: ", đã sửa"}
_WAITING = {"approve": "chờ duyệt", "drafts": "nháp chưa gửi"}


def name_kind(kind: str) -> str:
    """Return what a kind of mail is called in the office."""
    return next((name for begin, name in _KINDS if kind.startswith(begin)), kind)


def print_awaiting(mails: Sequence[Awaiting], out: Console, most: int | None = None) -> None:
    """Print each mail that waits for a person's word; of more than *most* the first ones."""
    for one in mails[:most]:
        answers = f", trả lời {one.receipt}" if one.receipt else ""
        out.print(
            f"Thư số {one.number} ({name_kind(one.kind)}{answers}) gửi {', '.join(one.to)}, chờ duyệt từ "
            f"{moment(one.since)}: {one_line(one.subject, 200)}",
            markup=False,
        )
        if one.outdated:
            out.print("  Đã có thư mới hơn về cùng biểu của đơn vị này; --all không duyệt thư này.", markup=False)
    if most is not None and len(mails) > most:
        out.print(f"… và {number(len(mails) - most)} thư khác; xem: bot outbox", markup=False)


def print_reviewed(reviewed: Sequence[Reviewed], out: Console, *, all_live: bool) -> None:
    """Print of each kind what people made of our mails; *all_live*: the configuration asks nobody any more."""
    awaiting = sum(one.waiting for one in reviewed if one.way == "approve")
    if awaiting:
        live = " Cấu hình nay là live, nhưng thư đã chờ duyệt thì vẫn chờ." if all_live else ""
        out.print(f"Thư chờ duyệt trước khi gửi: {number(awaiting)}.{live} Xem và duyệt: bot outbox", markup=False)
    for one in in_families(reviewed):
        out.print(f"  – {tell_reviewed(one)}.", markup=False)


def tell_reviewed(one: Reviewed) -> str:
    """Return in a clause what became of one kind of mail, with the rate of those that left as they were written."""
    waiting = [f"{number(one.waiting)} {_WAITING[one.way]}"] if one.waiting else []
    known = [f"{number(one.fates[fate])} {words}" for fate, words in _FATES if fate in one.fates]
    judged = one.judged
    rate = f" (gửi nguyên văn {number(one.rate)}% của {number(judged)} thư)" if judged else ""
    kind = name_kind(one.kind)
    return f"Thư {kind}: {', '.join((*waiting, *known))}{rate}"


def tell_fate(mail: ShownMail) -> str:
    """Return in a clause where a mail of ours is, or what became of it."""
    if mail.sent_at:
        by_person = f"người gửi từ mục thư nháp{_SENT[mail.fate]}, " if mail.fate in _SENT else ""
        return f"{by_person}gửi lúc {moment(mail.sent_at)}"
    if mail.dead_at:
        stopped = {Fate.REFUSED: f"không cho gửi: {mail.error}", Fate.DELETED: "đã xóa khỏi mục thư nháp, không gửi"}
        return stopped.get(mail.fate or Fate.APPROVED, f"không gửi được: {mail.error}")
    waits = {"approve": "chờ duyệt: bot outbox", "drafts": "đang chờ ghi vào mục thư nháp"}
    if mail.drafted_at:
        return "ở mục thư nháp, chờ người gửi"
    if mail.way in waits and mail.fate is None:
        return waits[mail.way]
    return f"đang chờ gửi lại sau {mail.tries} lần: {mail.error}" if mail.tries else "đang chờ gửi"
