"""Looks at what sending needs: the server that takes our mail, the one for alarms, and whom the bot writes to."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.sign_in import sign_in_of
from bot.adapters.smtp import Postman
from bot.causes import in_vietnamese
from bot.runners.doctor.connection import tell_door
from bot.runners.doctor.point import OF_LOGIN, OF_SECRET, Examined, Point, find_secret_trouble, first_upper, impatient

if TYPE_CHECKING:
    from bot.config import Config, Smtp

_SMTP = "Máy chủ gửi (SMTP)"
_OF_SMTP = "Kiểm tra [smtp]: host, port, security, user, mật khẩu."
_OF_SENDER = (
    "Sửa {section} sender đúng địa chỉ mà tài khoản ({user}) được gửi, hoặc đề nghị quản trị máy chủ cho phép gửi."
)
_ALARM = "Máy chủ báo sự cố"
_OF_ALARM = "Kiểm tra [alarm] smtp: host, port, security, user, mật khẩu."
_OF_PEOPLE = "Ghi [ministry] digest_to (nhận bản tổng hợp tuần) và operator (nhận cảnh báo)."


def _smtp(config: Config) -> Examined:
    return _try_smtp(_SMTP, "[smtp]", config, config.smtp)


def _alarm_smtp(config: Config) -> Examined:
    if config.alarm.smtp is None:
        return Examined(_ALARM, True, "không khai báo; khi máy chủ gửi hỏng thì chỉ bot health và nhật ký nêu sự cố")
    return _try_smtp(_ALARM, "[alarm] smtp", config, config.alarm.smtp)


def _try_smtp(name: str, section: str, config: Config, server: Smtp) -> Examined:
    """Go the way of a mail up to its text, which is never said."""
    settings = impatient(server)
    trouble = find_secret_trouble(config, settings)
    if trouble:
        return Examined(name, False, trouble, OF_SECRET)
    reached = threading.Event()
    with Postman(settings, sign_in_of(config, SystemClock())) as postman:
        no_way = postman.try_login()
        if no_way is not None:
            said = in_vietnamese(no_way.reply)
            if no_way.login:
                return Examined(name, False, said, OF_LOGIN.format(section=section))
            return Examined(name, False, *tell_door(section, settings, said))
        to = config.ministry.operator or settings.sender
        delivery = postman.deliver(settings.sender, [to], b"", begin=partial(_stop_here, reached))
    said = f"{settings.host}:{settings.port}"
    if reached.is_set():
        return Examined(name, True, said, first_upper(settings.find_open_secret()))
    told = f"{said} không nhận thư từ {settings.sender} gửi {to}: {delivery}"
    return Examined(name, False, told, _OF_SENDER.format(section=section, user=settings.user or "không đăng nhập"))


def _stop_here(reached: threading.Event) -> bool:
    """Note that the envelope was taken, and let nothing be sent."""
    reached.set()
    return False


def _people(config: Config) -> Examined:
    ministry = config.ministry
    missing = [name for name in ("digest_to", "operator") if not getattr(ministry, name)]
    if missing:
        return Examined("Người nhận", False, f"chưa khai báo {', '.join(missing)}", _OF_PEOPLE)
    return Examined("Người nhận", True, f"{', '.join(ministry.digest_to)}; cảnh báo tới {ministry.operator}")


SMTP: Point = (_SMTP, _smtp, _OF_SMTP)
ALARM: Point = (_ALARM, _alarm_smtp, _OF_ALARM)
PEOPLE: Point = ("Người nhận", _people, _OF_PEOPLE)
