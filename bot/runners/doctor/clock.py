"""Whether the machine's clock is right: deadlines, tokens and certificates hang on it.

No server of time is asked. What others say anyway is believed: the mail server, which notes when each mail came, and
the one that takes our mail, where its greeting tells the time; and the kernel, whether anything keeps its clock.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.clock_state import is_synchronised
from bot.adapters.port_look import told_time
from bot.language import moment, number
from bot.runners.doctor.point import Examined, impatient

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import Config

CLOCK = "Đồng hồ"
OF_CLOCK = "Bật đồng bộ giờ (NTP), ví dụ: timedatectl set-ntp true; rồi kiểm tra bằng timedatectl."
_TOLERANCE = timedelta(minutes=2)


def tell_clock(config: Config, newest: datetime | None) -> Examined:
    """Return how right the clock is, given when the *newest* mail came by the server's clock."""
    told = told_time(impatient(config.smtp))
    now = SystemClock().now()
    here = f"giờ Việt Nam theo máy này: {moment(now)}"
    if newest is not None and newest - now > _TOLERANCE:
        said = f"{here}, chậm ít nhất {_span(newest - now)}: máy chủ thư ghi thư mới nhất đến lúc {moment(newest)}"
        return Examined(CLOCK, False, said, OF_CLOCK)
    if told is not None and abs(told - now) > _TOLERANCE:
        what = "chậm" if told > now else "nhanh"
        said = f"{here}, {what} {_span(abs(told - now))} so với máy chủ gửi thư"
        return Examined(CLOCK, False, said, OF_CLOCK)
    if is_synchronised() is False:
        return Examined(CLOCK, True, f"{here}; chưa có gì giữ đồng hồ đúng giờ", OF_CLOCK)
    return Examined(CLOCK, True, here)


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{number(minutes)} phút" if minutes < 120 else f"{number(round(minutes / 60))} giờ"
