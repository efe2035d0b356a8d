"""Looks at what sending needs: the server that takes our mail, the one for alarms, and whom the bot writes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.sign_in import sign_in_of
from bot.adapters.smtp import Postman
from bot.causes import in_vietnamese
from bot.runners.doctor.point import OF_SECRET, Examined, Point, find_secret_trouble, first_upper, impatient

if TYPE_CHECKING:
    from bot.config import Config, Smtp

_SMTP = "Máy chủ gửi (SMTP)"
_OF_SMTP = "Kiểm tra [smtp]: host, port, security, user, mật khẩu."
_ALARM = "Máy chủ báo sự cố"
_OF_ALARM = "Kiểm tra [alarm] smtp: host, port, security, user, mật khẩu."
_OF_PEOPLE = "Ghi [ministry] digest_to (nhận bản tổng hợp tuần) và operator (nhận cảnh báo)."


def _smtp(config: Config) -> Examined:
    return _try_smtp(_SMTP, config, config.smtp, _OF_SMTP)


def _alarm_smtp(config: Config) -> Examined:
    if config.alarm.smtp is None:
        return Examined(_ALARM, True, "không khai báo; khi máy chủ gửi hỏng thì chỉ bot health và nhật ký nêu sự cố")
    return _try_smtp(_ALARM, config, config.alarm.smtp, _OF_ALARM)


def _try_smtp(name: str, config: Config, server: Smtp, cure: str) -> Examined:
    settings = impatient(server)
    trouble = find_secret_trouble(config, settings)
    if trouble:
        return Examined(name, False, trouble, OF_SECRET)
    with Postman(settings, sign_in_of(config, SystemClock())) as postman:
        trouble = postman.try_login()
    if trouble:
        return Examined(name, False, in_vietnamese(trouble), cure)
    return Examined(name, True, f"{settings.host}:{settings.port}", first_upper(settings.find_open_secret()))


def _people(config: Config) -> Examined:
    ministry = config.ministry
    missing = [name for name in ("digest_to", "operator") if not getattr(ministry, name)]
    if missing:
        return Examined("Người nhận", False, f"chưa khai báo {', '.join(missing)}", _OF_PEOPLE)
    return Examined("Người nhận", True, f"{', '.join(ministry.digest_to)}; cảnh báo tới {ministry.operator}")


SMTP: Point = (_SMTP, _smtp, _OF_SMTP)
ALARM: Point = (_ALARM, _alarm_smtp, _OF_ALARM)
PEOPLE: Point = ("Người nhận", _people, _OF_PEOPLE)
