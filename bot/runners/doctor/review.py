"""Looks at what mails need that a person sees before they leave: folders of drafts and sent mail, and what waits."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.clock import SystemClock
from bot.adapters.imap import Inbox
from bot.adapters.ledger import Ledger, LedgerTooNew
from bot.adapters.sign_in import sign_in_of
from bot.language import number
from bot.runners.doctor.point import OF_SECRET, Examined, Point, find_secret_trouble, impatient

if TYPE_CHECKING:
    from bot.config import Config

_POINT = "Duyệt thư gửi đi"
_OF_POINT = "Kiểm tra [sending], [mailbox] và [store] ledger."
_OF_SENT = (
    "Ghi [mailbox.folders] sent đúng tên mục thư đã gửi mà chương trình thư của cán bộ dùng: nếu không, mọi thư nháp "
    "đã gửi bị coi là đã xóa."
)
_WORDS = {"live": "tự gửi", "approve": "chờ duyệt (bot outbox)", "drafts": "ghi vào thư nháp"}


def points_of_review(config: Config) -> tuple[Point, ...]:
    """Return the point where a person sees some mail before it leaves, or some still waits from such a time."""
    if config.sending.all_modes == {"live"}:
        try:
            waits = _count_awaiting(config)
        except (SQLAlchemyError, OSError, LedgerTooNew, ImportError):
            waits = 0  # the point of the ledger says why
        if not waits:
            return ()
    return ((_POINT, _review, _OF_POINT),)


def _count_awaiting(config: Config) -> int:
    with closing(Ledger(config.store.ledger_url)) as ledger:
        ledger.migrate()
        return len(ledger.awaiting())


def _review(config: Config) -> Examined:
    modes, waiting = config.sending.all_modes, _count_awaiting(config)
    said = ", ".join(words for mode, words in _WORDS.items() if mode in modes)
    if waiting:
        still = "" if "approve" in modes else ", vẫn chờ dù cấu hình không còn approve"
        said += f"; {number(waiting)} thư đang chờ duyệt{still}"
    cure = "Xem và duyệt: bot outbox" if waiting else ""
    if "drafts" not in modes:
        return Examined(_POINT, True, said, cure)
    if trouble := find_secret_trouble(config, config.mailbox):
        return Examined(_POINT, False, trouble, OF_SECRET)
    drafts, missing_sent = _look_for_folders(config)
    if missing_sent:
        return Examined(_POINT, False, f"{said}; hộp thư không có mục thư đã gửi {missing_sent}", _OF_SENT)
    return Examined(_POINT, True, f"{said}; {drafts}", cure)


def _look_for_folders(config: Config) -> tuple[str, str]:
    """Return where drafts go, and the folder of sent mail that is nowhere; empty where there is one."""
    folders = config.mailbox.folders
    with closing(Inbox(impatient(config.mailbox), sign_in=sign_in_of(config, SystemClock()))) as inbox:
        inbox.connect()
        special, sent = inbox.special_folder(rb"\Drafts"), inbox.special_folder(rb"\Sent")
        drafts = special or folders.drafts
        made = "" if special or inbox.look_into(drafts) else " (chưa có, bot sẽ tạo)"
        return f"mục thư nháp: {drafts}{made}", "" if sent or inbox.look_into(folders.sent) else folders.sent
