"""Looks at who may give orders by mail: that they can be proved, and are nobody else beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.content import read_contacts, read_rules
from bot.language import VIETNAM
from bot.model import Rulebook
from bot.runners.doctor.point import Examined, Point
from bot.runners.rulebook import load_followed
from bot.submission import find_reporter, is_officer

if TYPE_CHECKING:
    from bot.config import Config

_NAME = "Cán bộ điều khiển bằng thư"
_OF_OFFICERS = "Kiểm tra [ministry] officers và [content] contacts."


def _officers(config: Config) -> Examined:
    officers, proofs = config.ministry.officers, config.authentication
    if not (proofs.has_source or proofs.dkim):
        cure = "Ghi [authentication] servers: chỉ thư được máy chủ chứng thực mới điều khiển được bot."
        return Examined(_NAME, False, "chưa có gì chứng thực thư của cán bộ, nên không lệnh nào được thực hiện", cure)
    own = [one for one in officers if is_officer(one, (config.smtp.sender, config.mailbox.user))]
    if own:
        return Examined(
            _NAME, False, f"{own[0]} là địa chỉ của chính hệ thống", "Bỏ địa chỉ đó khỏi [ministry] officers."
        )
    both = _contacts_too(config)
    if both:
        said = "; ".join(f"{address} cũng là địa chỉ của {name} trong danh bạ" for address, name in both)
        cure = "Thư có lệnh từ địa chỉ đó được hiểu là của cán bộ ở Bộ; nên dùng hai địa chỉ khác nhau."
        return Examined(_NAME, True, said, cure)
    return Examined(_NAME, True, ", ".join(officers))


def _contacts_too(config: Config) -> list[tuple[str, str]]:
    """Return the officers that may also send for a reporter, each with the reporter's name."""
    contacts = read_contacts(config.content.contacts)
    rulebook = load_followed(read_rules(config.content.rules), contacts, config.ministry.campaigns)
    if not isinstance(rulebook, Rulebook):
        return []  # what is wrong there is told by its own point
    day = SystemClock().now().astimezone(VIETNAM).date()
    found = ((one, find_reporter(one, rulebook.reporters, day)) for one in config.ministry.officers)
    return [(address, reporter.name) for address, reporter in found if reporter is not None]


OFFICERS: Point = (_NAME, _officers, _OF_OFFICERS)
