"""What is said of the daemon's health to an operator: one sentence for each trouble, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import moment, number
from bot.model.health import Ill

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model.health import Health, Trouble

WORKS = {
    "start": "tìm lại thư sau khi khôi phục",
    "mailroom": "nhận và xử lý thư",
    "post": "gửi thư",
    "sweep": "đọc hộp thư",
    "send": "chuyển thư cho máy chủ gửi",
    "remind": "đôn đốc",
    "digest": "bản tổng hợp tuần",
    "page": "trang tình hình",
    "drop": "bỏ thư gốc quá thời hạn lưu",
}
_SAID = {
    Ill.SWEEP: "Không đọc được hộp thư",
    Ill.SEND: "Máy chủ gửi không nhận thư",
    Ill.JOB: "Việc theo giờ chưa làm được",
    Ill.UNDECIDED: "Có thư đến chưa được xử lý",
    Ill.DISK: "Ổ đĩa sắp đầy",
    Ill.LEDGER: "Không đọc được sổ ghi",
    Ill.STUCK: "Một luồng việc đứng yên",
}
_CURES = {
    Ill.SWEEP: "Chạy bot doctor để kiểm tra hộp thư (IMAP). Thư vẫn nằm trên máy chủ và được đọc khi nối lại được.",
    Ill.SEND: "Chạy bot doctor để kiểm tra máy chủ gửi (SMTP). Thư đã xếp hàng được gửi khi máy chủ nhận lại.",
    Ill.JOB: "Xem nhật ký của bot run; việc này tự làm lại mỗi giờ và không gửi trùng.",
    Ill.UNDECIDED: "Chạy bot status để xem số thư đang chờ, và xem nhật ký của bot run.",
    Ill.DISK: "Dọn ổ đĩa, hoặc chuyển [store] folder sang ổ khác; hết chỗ thì bot không nhận thêm thư được.",
    Ill.LEDGER: "Chạy bot doctor và bot verify để kiểm tra sổ ghi và ổ đĩa.",
    Ill.STUCK: "Khởi động lại bot run; thư đang xử lý dở không mất và được xử lý lại.",
}


def name_trouble(trouble: Trouble) -> str:
    """Return in few words what is not well; the same words as long as it lasts."""
    return (
        f"{_SAID[trouble.ill]}: {WORKS.get(trouble.subject, trouble.subject)}"
        if trouble.subject
        else _SAID[trouble.ill]
    )


def say_trouble(trouble: Trouble) -> str:
    """Return in one sentence what is not well, for how long, and why."""
    lasts = f", đã {say_length(trouble.lasts)}" if trouble.lasts else ""
    why = f" ({trouble.cause})" if trouble.cause else ""
    return f"{name_trouble(trouble)}{lasts}{why}."


def say_cure(trouble: Trouble) -> str:
    """Return what an operator is to do."""
    return _CURES[trouble.ill]


def say_length(seconds: float) -> str:
    """Return a length of time in its largest whole unit: ``12 giây``, ``45 phút``, ``3 giờ``, ``2 ngày``."""
    for unit, length in (("ngày", 2 * 86400), ("giờ", 2 * 3600), ("phút", 2 * 60)):
        if seconds >= length:
            return f"{number(int(seconds / (length / 2)))} {unit}"
    return f"{number(int(seconds))} giây"


def say_health(health: Health | None, now: datetime, *, stale: bool) -> tuple[str, ...]:
    """Return a first sentence on how the daemon is, and one for each trouble with its cure."""
    if health is None:
        return ("Bot không chạy trong thư mục dữ liệu này.",)
    if stale:
        return (
            f"Bot không có dấu hiệu sống từ {moment(health.at)}: đã dừng đột ngột, hoặc treo. Hãy chạy lại bot run.",
        )
    if health.troubles:
        told = (f"  – {say_trouble(one)} {say_cure(one)}" for one in health.troubles)
        return (f"Bot đang chạy, nhưng có sự cố (xem lúc {moment(health.at)}):", *told)
    works = {one.name: one for one in health.vitals.works}
    passed = (now - health.at).total_seconds()
    done = (
        f"{WORKS[name]} {say_length(works[name].done_ago + passed)} trước"
        for name in ("sweep", "send")
        if name in works
    )
    return (f"Bot đang chạy tốt từ {moment(health.since)}: {', '.join(done)}.",)
