"""What our own mail server writes about the authors of mails, and what the configuration must say for it to count."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.imap import Inbox
from bot.adapters.sign_in import sign_in_of
from bot.message import own_stamps, stamping_servers
from bot.runners.check import trust_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bot.adapters.imap import Listed
    from bot.config import Config
    from bot.config.authentication import Authentication

_MAILS = 20
_REACH = 500
"""So many UIDs back it is looked for them: of a large box only the end is listed."""
_OF_SERVER = (
    "Đề nghị người quản trị máy chủ thư kiểm tra SPF, DKIM, DMARC của thư đến và ghi dòng Authentication-Results "
    "(OpenDMARC, Rspamd …)."
)
_UNPROVED = "mọi thư bị giữ lại, chờ xác nhận bằng bot held (trừ thư gửi kèm biểu do bot cấp cho đơn vị)"
_SIGNED = (
    "thư có chữ ký DKIM kiểm tra được thì được tính, thư khác bị giữ lại, chờ xác nhận bằng bot held"
    " (trừ thư gửi kèm biểu do bot cấp cho đơn vị)"
)
_BELIEVED = "ai ghi địa chỉ của đơn vị ở dòng From cũng được tin (accept_unproved)"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in the latest mails."""

    mails: int = 0
    ours: int = 0
    """So many hold results that count by the configuration."""
    servers: tuple[str, ...] = ()
    """Under which names results stand where only our own server can have put them, the most frequent first."""
    newest: datetime | None = field(default=None, compare=False)
    """When the latest of them came, by the server's clock."""


def look_at_stamps(config: Config) -> Seen:
    """Look at the headers of the latest mails in the inbox, and where it is empty, in the folder of those done.

    Raises MailboxLost, MailboxRefused, SignInRefused.
    """
    found = tuple(_headers(config))
    newest = max((listed.received_at for listed, _ in found), default=None)
    return replace(read_stamps(config, [raw for _, raw in found]), newest=newest)


def read_stamps(config: Config, raw_headers: Iterable[bytes]) -> Seen:
    """Return what stands in *raw_headers*, the header blocks of mails that came to us."""
    trust = trust_of(config)
    mails = ours = 0
    names: Counter[str] = Counter()
    for raw in raw_headers:
        headers = tuple(BytesHeaderParser(policy=compat32).parsebytes(raw).raw_items())
        mails += 1
        ours += bool(own_stamps(headers, trust))
        # The topmost name is of the server that had the mail last.
        names.update(stamping_servers(headers)[:1])
    return Seen(mails, ours, tuple(name for name, _ in names.most_common()))


def tell_stamps(config: Config, seen: Seen) -> tuple[bool, str, str]:
    """Return whether authors can be proved, what was found, and what to do."""
    settings = config.authentication
    without = _without(settings)
    if not settings.has_source:
        well = settings.dkim
        if seen.servers:
            return well, f"chưa khai báo nên {without}", _cure(seen.servers[0])
        if seen.mails:
            return well, f"{seen.mails} thư mới nhất không có kết quả chứng thực nào; {without}", _OF_SERVER
        return well, f"chưa khai báo nên {without}", "Chạy lại bot doctor khi hộp thư có thư từ ngoài gửi đến."
    named = ", ".join(settings.servers) or "Microsoft 365"
    if not seen.mails:
        return True, f"tin kết quả của {named}; chưa có thư nào để xem", ""
    said = f"{seen.ours} trong {seen.mails} thư mới nhất có kết quả của {named}"
    if seen.ours:
        return True, said, ""
    if not seen.servers:
        return False, f"{said}; {without}", _OF_SERVER
    if seen.servers[0] in settings.servers:
        return False, f"{said}; {without}", "Ghi vào [authentication] hops tên máy chủ của Bộ ở các dòng Received."
    return False, f"{said}; {without}", _cure(seen.servers[0])


def _without(settings: Authentication) -> str:
    """Return what becomes of mails of which our server says nothing."""
    if settings.accept_unproved:
        return _BELIEVED
    return _SIGNED if settings.dkim else _UNPROVED


def _cure(server: str) -> str:
    if not server:
        return "Nếu hộp thư ở Microsoft 365: ghi [authentication] microsoft = true."
    return f'Nếu đó là máy chủ của Bộ: ghi [authentication] servers = ["{server}"].'


def _headers(config: Config) -> Iterator[tuple[Listed, bytes]]:
    settings = config.mailbox
    with closing(Inbox(settings, sign_in=sign_in_of(config, SystemClock()))) as inbox:
        inbox.connect()
        selected = inbox.select()
        if not selected.exists:
            done = inbox.look_into(settings.folders.done)
            if done is None:
                return
            selected = done
        last = selected.uidnext - 1
        for one in inbox.list(max(0, last - _REACH), last)[-_MAILS:]:
            header = inbox.fetch_header(one.uid)
            if header is not None:
                yield one, header
