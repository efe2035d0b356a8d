"""Looks at everything the daemon needs, and says how to mend what is not well. Changes nothing on the servers."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.adapters.content import read_contacts, read_rules, read_templates
from bot.adapters.imap import Inbox, MailboxLost, MailboxRefused
from bot.adapters.ledger import Ledger
from bot.adapters.smtp import Postman
from bot.check.load import load_rulebook
from bot.reply.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.config import Config

_LOW_DISK = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Examined:
    """One point that was looked at."""

    point: str
    well: bool
    said: str
    cure: str = ""


def examine(config: Config) -> tuple[Examined, ...]:
    """Return what was found, point by point; one that breaks never hides the next."""
    points: tuple[tuple[str, Callable[[Config], Examined]], ...] = (
        ("Quy tắc", _rules),
        ("Mẫu thư", _templates),
        ("Ổ đĩa", _disk),
        ("Sổ ghi", _ledger),
        ("Hộp thư (IMAP)", _mailbox),
        ("Máy chủ gửi (SMTP)", _smtp),
        ("Người nhận bản tổng hợp", _people),
    )
    return tuple(_look(name, point, config) for name, point in points)


def _look(name: str, point: Callable[[Config], Examined], config: Config) -> Examined:
    try:
        return point(config)
    except (MailboxLost, MailboxRefused, LookupError, OSError) as problem:
        return Examined(name, False, str(problem), "Sửa mục tương ứng trong tệp cấu hình rồi chạy lại bot doctor.")


def _rules(config: Config) -> Examined:
    rulebook = load_rulebook(read_rules(config.content.rules), read_contacts(config.content.contacts))
    if isinstance(rulebook, tuple):
        first = rulebook[0]
        return Examined(
            "Quy tắc", False, f"{len(rulebook)} lỗi, trước hết {first.file}:{first.line}: {first.say}", "Sửa rules/."
        )
    silent = sum(not one.addresses for one in rulebook.reporters)
    said = f"{len(rulebook.campaigns)} đợt, {len(rulebook.forms)} biểu, {len(rulebook.reporters)} đơn vị"
    if silent:
        return Examined(
            "Quy tắc",
            config.content.contacts is not None,
            f"{said}; {silent} đơn vị chưa có địa chỉ thư",
            "Ghi địa chỉ vào tệp contacts (reporter,address,role); đơn vị không có địa chỉ thì không được đôn đốc.",
        )
    return Examined("Quy tắc", True, said)


def _templates(config: Config) -> Examined:
    texts = read_templates(config.content.templates)
    mistakes = Renderer(texts).find_mistakes()
    if mistakes:
        return Examined(
            "Mẫu thư", False, "; ".join(mistakes), "Sửa mẫu trong templates/, hoặc xóa bản riêng để dùng bản gốc."
        )
    return Examined("Mẫu thư", True, f"{len(texts)} tệp")


def _disk(config: Config) -> Examined:
    config.store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(config.store.folder).free
    said = f"còn {free / 2**30:.1f} GiB tại {config.store.folder}"
    return Examined("Ổ đĩa", free > _LOW_DISK, said, "" if free > _LOW_DISK else "Dọn ổ đĩa hoặc đổi [store] folder.")


def _ledger(config: Config) -> Examined:
    ledger = Ledger(config.store.ledger_url)
    try:
        ledger.migrate()
    finally:
        ledger.close()
    return Examined("Sổ ghi", True, config.store.ledger_url.split("://", 1)[0])


def _mailbox(config: Config) -> Examined:
    inbox = Inbox(config.mailbox)
    try:
        inbox.connect()
        selected = inbox.select()
        capabilities = inbox.capabilities()
    finally:
        inbox.close()
    missing = [name for name in ("IDLE", "MOVE") if name not in capabilities]
    said = f"{config.mailbox.folder} có {selected.exists} thư"
    return Examined("Hộp thư (IMAP)", True, said + (f"; máy chủ không có {', '.join(missing)}" if missing else ""))


def _smtp(config: Config) -> Examined:
    with Postman(config.smtp) as postman:
        trouble = postman.try_login()
    if trouble:
        return Examined(
            "Máy chủ gửi (SMTP)", False, trouble, "Kiểm tra mục [smtp]: host, port, security, user, mật khẩu."
        )
    return Examined("Máy chủ gửi (SMTP)", True, f"{config.smtp.host}:{config.smtp.port}")


def _people(config: Config) -> Examined:
    ministry = config.ministry
    if ministry.digest_to and ministry.operator:
        return Examined("Người nhận bản tổng hợp", True, ", ".join(ministry.digest_to))
    return Examined(
        "Người nhận bản tổng hợp", False, "chưa khai báo đủ", "Ghi [ministry] digest_to và operator trong tệp cấu hình."
    )
