"""Looks at what receiving needs: the sign-in at a provider, the mailbox, and who proves the authors of mails."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.imap import Inbox, MailboxLost, MailboxRefused
from bot.adapters.sign_in import SignInRefused, sign_in_of, tokens_of
from bot.adapters.signing_keys import KeysUnreachable, SigningKeys
from bot.language import day as spell_day
from bot.language import number
from bot.runners.doctor.point import OF_SECRET, Examined, Point, find_secret_trouble, first_upper, impatient
from bot.runners.stamps import Seen, look_at_stamps, tell_stamps
from bot.schedule.sign_in import announced

if TYPE_CHECKING:
    from bot.config import Config

_SIGN_IN = "Đăng nhập (OAuth2)"
_OF_SIGN_IN = "Kiểm tra [oauth] và đường mạng tới nhà cung cấp."
_IMAP = "Hộp thư (IMAP)"
_AUTHORS = "Chứng thực người gửi"
_KEYS = "Chữ ký DKIM"
_OF_KEYS = "Kiểm tra /etc/resolv.conf và đường mạng tới máy chủ DNS, hoặc ghi [authentication] dkim = false."


def _sign_in(config: Config) -> Examined:
    trouble = config.oauth.find_secret_trouble(config.provider)
    if trouble:
        return Examined(_SIGN_IN, False, trouble, _OF_SIGN_IN)
    clock = SystemClock()
    tokens = tokens_of(config, clock)
    users = dict.fromkeys(one.user for one in (config.mailbox, config.smtp) if one.sign_in != "password")
    for user in users:
        # Anew, so that it is seen today what would be refused when the kept token has run out.
        tokens.token(user, renew=True)
    today = clock.now().date()
    ends = announced(tokens.ends(), today)
    if ends is None:
        return Examined(_SIGN_IN, True, f"{config.provider} cấp token cho {', '.join(users)}")
    told = f"quyền đăng nhập ở {config.provider} hết hạn ngày {spell_day(ends)}"
    return Examined(
        _SIGN_IN, ends >= today, told, "Gia hạn ở nhà cung cấp, rồi sửa [oauth] expires hoặc chạy bot sign-in."
    )


def _mailbox(config: Config) -> Examined:
    settings = impatient(config.mailbox)
    trouble = find_secret_trouble(config, settings)
    if trouble:
        return Examined(_IMAP, False, trouble, OF_SECRET)
    with closing(Inbox(settings, sign_in=sign_in_of(config, SystemClock()))) as inbox:
        inbox.connect()
        selected = inbox.select()
        capabilities = inbox.capabilities()
    missing = [name for name in ("IDLE", "MOVE") if name not in capabilities]
    said = f"{settings.folder} có {number(selected.exists)} thư"
    said += f"; máy chủ không có {', '.join(missing)}" if missing else ""
    return Examined(_IMAP, True, said, first_upper(settings.find_open_secret()))


def _authors(config: Config) -> Examined:
    if find_secret_trouble(config, config.mailbox):
        seen = Seen()
    else:
        try:
            seen = look_at_stamps(config.model_copy(update={"mailbox": impatient(config.mailbox)}))
        except (MailboxLost, MailboxRefused, SignInRefused):
            seen = Seen()  # the point of the mailbox says why
    return Examined(_AUTHORS, *tell_stamps(config, seen))


def _keys(config: Config) -> Examined:
    try:
        SigningKeys().probe(config.smtp.domain)
    except KeysUnreachable as trouble:
        said = f"máy chủ tên miền (DNS) không trả lời ({trouble}); thư cần kiểm tra chữ ký sẽ bị giữ lại"
        return Examined(_KEYS, False, said, _OF_KEYS)
    return Examined(_KEYS, True, "máy chủ tên miền (DNS) trả lời, tra được khóa của chữ ký")


SIGN_IN: Point = (_SIGN_IN, _sign_in, _OF_SIGN_IN)
MAILBOX: Point = (_IMAP, _mailbox, "Kiểm tra [mailbox]: host, port, security, user, mật khẩu, folder.")
AUTHORS: Point = (_AUTHORS, _authors, "Kiểm tra [authentication].")
KEYS: Point = (_KEYS, _keys, _OF_KEYS)
