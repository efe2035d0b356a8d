"""The mails of the demo, in the order in which they arrive, and the addresses that may send them."""

from __future__ import annotations

import csv
import io

from bot.demo.places import PROVINCES, SILENT
from bot.demo.story import tell
from bot.demo.writing import Post

__all__ = ["Post", "contacts_csv", "make_posts"]


def make_posts(seed: int = 2012) -> tuple[Post, ...]:
    """Return the mails of the whole campaign, oldest first; the same seed gives the same bytes."""
    return tuple(sorted(tell(seed), key=lambda one: one.sent_at))


def contacts_csv() -> bytes:
    """Return the operator's contacts for the demo: ``reporter,address,role`` in UTF-8.

    Two addresses for each province that writes, one for each that stays silent.
    """
    target = io.StringIO()
    table = csv.writer(target, lineterminator="\n")
    table.writerow(("reporter", "address", "role"))
    for one in PROVINCES:
        table.writerow((one.code, one.address, "Ban quản lý"))
        table.writerow((one.code, one.department_address, "Sở Kế hoạch và Đầu tư"))
    for code, slug in SILENT:
        table.writerow((code, f"bql.kcn@{slug}.example", "Ban quản lý"))
    return target.getvalue().encode()
