"""Sends one mail to the bot's own inbox and follows it: by the server that takes our mail, into the box, to the bot.

The mail bears the mark of our own mail, which only who holds our secret can write. So the daemon knows it under any
From, never answers it, counts it for nobody and files it with what machines write.
"""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.delivery import Accepted
from bot.adapters.health_file import read_health
from bot.adapters.imap import MailboxLost, MailboxRefused
from bot.adapters.imap_survey import Found, Survey
from bot.adapters.ledger import Ledger
from bot.adapters.sign_in import SignInRefused, sign_in_of
from bot.adapters.smtp import Postman
from bot.health_words import say_length
from bot.language import moment, number
from bot.model import Outcome
from bot.own_mark import HEADER, OWN_MARK, make_mark
from bot.reply.compose import message_id
from bot.runners.blank_secret import secret_in_common
from bot.runners.doctor.clock import CLOCK, OF_CLOCK
from bot.runners.doctor.point import Examined, impatient
from bot.runners.doctor.trouble import tell_problem
from bot.runners.stamps import read_stamps, tell_stamps
from bot.schedule.health import is_stale

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.adapters.clock import Clock
    from bot.config import Config
    from bot.model.health import Health

SENT, ARRIVED, TAKEN, PROVED = "Gửi thư thử", "Thư thử tới hộp thư", "Bot nhận thư thử", "Chứng thực thư thử"
_PAUSE = 1.0
_SKEW = timedelta(minutes=2)
_SUBJECT = "[Thư thử của hệ thống] Không cần trả lời"
_TEXT = "Thư này do lệnh bot doctor --probe gửi để kiểm tra đường thư. Hệ thống tự nhận ra và không trả lời.\r\n"


@dataclass(slots=True)
class _Journey:
    """How far the mail has come; instants are seconds since it was handed over."""

    identity: str
    sent_at: datetime
    begun: float
    found: Found | None = None
    """Where it lay when it was last seen."""
    arrived_after: float = 0
    seen_at: datetime | None = None
    outcome: str | None = None
    taken_after: float = 0
    waited: float = 0
    trouble: str = field(default="")
    """Why the inbox could not be looked into, the last time."""


def patience_of(config: Config) -> float:
    """Return the seconds in which a bot that is well has taken a mail, also where a sweep has to find it."""
    return config.mailbox.sweep_minutes * 60 + 60


def probe(
    config: Config, seconds: float, *, clock: Clock | None = None, stop: threading.Event | None = None
) -> Iterator[Examined]:
    """Yield leg by leg how the mail fares, for at most *seconds*; ends early where *stop* is set.

    Raises what opening the ledger raises, and OSError and SecretDamaged for the secret that seals the mark.
    """
    clock, stop = clock or SystemClock(), stop or threading.Event()
    with closing(Ledger(config.store.ledger_url)) as ledger:
        ledger.migrate()
        now = clock.now()
        secret = secret_in_common(ledger, config.store.folder, OWN_MARK)
        identity = message_id(f"probe:{now.isoformat()}", config.smtp.domain)
        begun = clock.steady()
        sent = _send(config, _compose(config, identity, secret, now))
        took = clock.steady() - begun
        if not sent.well:
            yield sent
            return
        yield Examined(SENT, True, f"{sent.said} sau {_seconds(took)}; gửi tới {config.smtp.sender}")
        journey = _Journey(identity, now, clock.steady())
        _follow(journey, config, ledger, seconds, clock, stop)
        yield from _tell(journey, config, clock)


def _compose(config: Config, identity: str, secret: bytes, now: datetime) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = mail["To"] = config.smtp.sender
    mail["Subject"] = _SUBJECT
    mail["Date"] = now
    mail["Message-ID"] = identity
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_TEXT, cte="base64")
    return f"{HEADER}: {make_mark(identity, secret)}\r\n".encode("ascii") + mail.as_bytes()


def _send(config: Config, raw: bytes) -> Examined:
    settings = impatient(config.smtp)
    with Postman(settings, sign_in_of(config, SystemClock())) as postman:
        delivery = postman.deliver(settings.sender, [settings.sender], raw)
    server = f"{settings.host}:{settings.port}"
    if isinstance(delivery, Accepted):
        return Examined(SENT, True, f"{server} nhận thư")
    cure = "Sửa [smtp] theo điểm Máy chủ gửi (SMTP) của bot doctor, rồi thử lại."
    return Examined(SENT, False, f"{server} không nhận thư thử: {delivery}", cure)


def _follow(
    journey: _Journey, config: Config, ledger: Ledger, seconds: float, clock: Clock, stop: threading.Event
) -> None:
    """Look into the inbox and the ledger until the mail is taken, has arrived where nobody takes it, or time is up."""
    settings = impatient(config.mailbox)
    with closing(Survey(settings, clock, sign_in_of(config, clock))) as inbox:
        while True:
            outcome = ledger.outcome_of(journey.identity)
            journey.waited = clock.steady() - journey.begun
            if outcome is not None:
                journey.outcome, journey.taken_after = outcome, journey.waited
            _look(journey, inbox, config, clock)
            over = journey.outcome is not None or (journey.found is not None and not _works(config, ledger, clock))
            if over or journey.waited >= seconds or stop.wait(_PAUSE):
                break
        if journey.found is None and journey.outcome is None:
            _look_everywhere(journey, inbox)


def _look(journey: _Journey, inbox: Survey, config: Config, clock: Clock) -> None:
    """Look where the mail may lie: in the inbox, or where the bot files what machines write."""
    if journey.found is not None:
        return
    folders = (config.mailbox.folder, config.mailbox.folders.ignored)
    try:
        if not inbox.connected:
            inbox.connect()
        journey.found = next(filter(None, (inbox.find(one, journey.identity) for one in folders)), None)
    except (MailboxLost, MailboxRefused, SignInRefused) as problem:
        journey.trouble = tell_problem(problem)
        return
    journey.trouble = ""
    if journey.found is not None:
        journey.arrived_after, journey.seen_at = clock.steady() - journey.begun, clock.now()


def _look_everywhere(journey: _Journey, inbox: Survey) -> None:
    """Look into every folder: a filter or the server may have put the mail elsewhere."""
    if not inbox.connected:
        return
    try:
        names = inbox.folder_names()
        journey.found = next(filter(None, (inbox.find(one, journey.identity) for one in names)), None)
    except (MailboxLost, MailboxRefused) as problem:
        journey.trouble = tell_problem(problem)


def _works(config: Config, ledger: Ledger, clock: Clock) -> bool:
    """Return whether a daemon works; of one on another machine, which shares the ledger, nothing is known here."""
    return ledger.is_shared or _living(config, clock.now()) is not None


def _living(config: Config, now: datetime) -> Health | None:
    health = read_health(config.store.folder)
    return health if health is not None and not is_stale(health, now) else None


def _tell(journey: _Journey, config: Config, clock: Clock) -> Iterator[Examined]:
    arrived = _tell_arrival(journey, config)
    yield arrived
    if not arrived.well:
        return
    yield _tell_taking(journey, config, clock)
    if journey.found is not None:
        yield from _tell_skew(journey, journey.found)
        _, said, cure = tell_stamps(config, read_stamps(config, (journey.found.header,)))
        # A server may rightly stamp nothing on what it got from itself: the doctor's own point looks at other mails.
        yield Examined(PROVED, True, said, cure)


def _tell_arrival(journey: _Journey, config: Config) -> Examined:
    found, folder = journey.found, config.mailbox.folder
    if found is None and journey.outcome is not None:
        return Examined(ARRIVED, True, f"bot đã lấy thư từ {folder}")
    if found is not None and found.folder in (folder, config.mailbox.folders.ignored):
        return Examined(ARRIVED, True, f"tới {found.folder} sau {_seconds(journey.arrived_after)}")
    if found is not None:
        cure = f"Bỏ bộ lọc đó, hoặc đề nghị quản trị không xếp thư của {config.smtp.sender} vào {found.folder}."
        return Examined(ARRIVED, False, f"thư nằm ở thư mục {found.folder}, không phải {folder}: bot không thấy", cure)
    if journey.trouble:
        cure = "Sửa [mailbox] theo điểm Hộp thư (IMAP) của bot doctor, rồi thử lại."
        return Examined(ARRIVED, False, f"không xem được hộp thư: {journey.trouble}", cure)
    said = f"máy chủ gửi đã nhận, nhưng sau {_seconds(journey.waited)} chưa có thư ở thư mục nào của hộp thư"
    cure = (
        f"Kiểm tra {config.smtp.sender} ([smtp] sender) có chuyển về hộp thư {config.mailbox.user} không; "
        f"tìm {journey.identity} trong nhật ký máy chủ thư; hoặc chờ lâu hơn bằng --seconds."
    )
    return Examined(ARRIVED, False, said, cure)


def _tell_taking(journey: _Journey, config: Config, clock: Clock) -> Examined:
    if journey.outcome == Outcome.IGNORED:
        said = f"bot nhận ra thư của chính hệ thống sau {_seconds(journey.taken_after)}, không trả lời"
        return Examined(TAKEN, True, said)
    if journey.outcome is not None:
        said = f"bot đã nhận nhưng không coi là thư của chính hệ thống (kết quả: {journey.outcome})"
        return Examined(TAKEN, False, said, "Kiểm tra bot run dùng cùng [store] folder và cùng cấu hình với lệnh này.")
    health = _living(config, clock.now())
    if health is None:
        said = "không có bot run nào đang chạy trên máy này; thư thử nằm lại hộp thư"
        return Examined(TAKEN, True, said, "Khởi động bot run; khi chạy, bot tự bỏ qua thư thử này.")
    sweep = next((one for one in health.vitals.works if one.name == "sweep"), None)
    last = f", đọc xong hộp thư lần cuối cách đây {say_length(sweep.done_ago)}" if sweep and sweep.ever else ""
    why = f" ({sweep.cause})" if sweep and sweep.cause else ""
    said = f"sau {_seconds(journey.waited)} bot run (tiến trình {health.process}) chưa nhận thư thử{last}{why}"
    return Examined(TAKEN, False, said, "Chạy bot health và xem nhật ký của bot run; hoặc chờ lâu hơn bằng --seconds.")


def _tell_skew(journey: _Journey, found: Found) -> Iterator[Examined]:
    """Tell where the server's clock and this one do not agree on when the mail came."""
    if journey.seen_at is None or journey.sent_at - _SKEW <= found.received_at <= journey.seen_at + _SKEW:
        return
    what = "chậm" if found.received_at > journey.seen_at else "nhanh"
    said = f"máy này {what} so với máy chủ thư: gửi lúc {moment(journey.sent_at)}, tới lúc {moment(found.received_at)}"
    yield Examined(CLOCK, False, said, OF_CLOCK)


def _seconds(value: float) -> str:
    return f"{number(round(value, 1))} giây"
