"""From a province and its files to a mail in the demo: who writes, in which words, with which mail program."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.demo.arriving import stamp
from bot.demo.envelopes import File, Letter, gmail, outlook, thunderbird, webmail
from bot.demo.places import PROVINCES, province
from bot.language import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.places import Province
    from bot.model import Outcome

_CLIENTS = (thunderbird, outlook, gmail, webmail)
PARKS, PROJECTS = "Biểu I.1", "Biểu III.4"


@dataclass(frozen=True, slots=True)
class Post:
    """A mail that the demo puts into the inbox."""

    sent_at: datetime
    """When it arrives, in Vietnamese time."""
    raw: bytes = field(repr=False)
    title: str
    """What this mail shows."""
    expect: Outcome
    reporter: str
    """The code of the province that it names as its author; empty for a stranger or a machine."""
    genuine: bool = True
    """False for a mail whose From is forged."""

    @property
    def arrived(self) -> bytes:
        """Return the mail as the ministry's own server hands it over."""
        return stamp(self.raw, genuine=self.genuine)


def at(moment: str) -> datetime:
    """Return the instant of 2012 that ``20/6 08:40`` names, in Vietnamese time."""
    return datetime.strptime(f"2012 {moment}", "%Y %d/%m %H:%M").replace(tzinfo=VIETNAM)


def client_of(place: Province) -> Callable[[Letter], bytes]:
    """Return the mail program of that office, always the same one."""
    return _CLIENTS[int(place.code) % len(_CLIENTS)]


def write(
    when: str, name: str, files: tuple[File, ...], *, subject: str = "", text: str = "", office: bool = False
) -> Letter:
    """Return the letter that the management board of a province writes.

    Args:
        when: ``20/6 08:40`` of 2012.
        name: the province.
        files: what hangs on it.
        subject: empty for the usual words about form I.1.
        text: empty for the usual words.
        office: the department of planning and investment writes instead.
    """
    place = province(name)
    signed = f"Sở Kế hoạch và Đầu tư {place.full_name}" if office else place.board
    return Letter(
        sent_at=at(when),
        sender=place.department_address if office else place.address,
        sender_name=signed,
        subject=subject or f"{place.name} - báo cáo rà soát quy hoạch KCN ({PARKS})",
        text=text or usual_text(signed, subject or PARKS),
        files=files,
    )


def usual_text(signed: str, what: str) -> str:
    """Return the words that go with a first sending."""
    about = PROJECTS if PROJECTS in what else PARKS
    both = f"{PARKS} và {PROJECTS}" if PARKS in what and PROJECTS in what else about
    return (
        "Kính gửi: Vụ Quản lý các khu kinh tế, Bộ Kế hoạch và Đầu tư\n\n"
        "Thực hiện văn bản của Bộ Kế hoạch và Đầu tư về việc rà soát, đánh giá hoạt động của các KKT, KCN"
        f" theo Chỉ thị số 07/CT-TTg, {signed} xin gửi {both} (tệp đính kèm). Bản giấy đã gửi theo đường bưu điện.\n\n"
        "Kính đề nghị Quý Bộ xem xét, tổng hợp.\n\n"
        f"Trân trọng./.\n{signed}\n"
    )


def annex_text(signed: str, forms: str) -> str:
    """Return the words that go with the smaller forms of an annex."""
    return (
        "Kính gửi: Vụ Quản lý các khu kinh tế, Bộ Kế hoạch và Đầu tư\n\n"
        f"Thực hiện Chỉ thị số 07/CT-TTg, {signed} xin gửi {forms} (tệp đính kèm).\n\n"
        f"Trân trọng./.\n{signed}\n"
    )


def corrected_text(signed: str) -> str:
    """Return the words that go with a corrected sending."""
    return (
        "Kính gửi: Hệ thống tiếp nhận báo cáo\n\n"
        f"{signed} đã rà soát, chỉnh sửa số liệu theo nội dung thư của Hệ thống và xin gửi lại tệp đính kèm.\n\n"
        f"Trân trọng./.\n{signed}\n"
    )


def post(letter: Letter, title: str, expect: Outcome, *, client: Callable[[Letter], bytes] | None = None) -> Post:
    """Return *letter* as a mail; without *client* the office's own program sends it."""
    place = next(one for one in PROVINCES if letter.domain == f"{one.slug}.example")
    return Post(letter.sent_at, (client or client_of(place))(letter), title, expect, place.code)
