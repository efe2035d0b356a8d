"""Looks at what receiving needs: the sign-in at a provider, the mailbox, and who proves the authors of mails."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.imap import LoginRefused, MailboxLost, MailboxRefused
from bot.adapters.imap_survey import Survey
from bot.adapters.sign_in import SignInRefused, sign_in_of, tokens_of
from bot.adapters.signing_keys import KeysUnreachable, SigningKeys
from bot.language import day as spell_day
from bot.language import number
from bot.runners.doctor.clock import CLOCK, OF_CLOCK, tell_clock
from bot.runners.doctor.connection import tell_door
from bot.runners.doctor.point import OF_LOGIN, OF_SECRET, Examined, Point, find_secret_trouble, first_upper, impatient
from bot.runners.doctor.trouble import tell_problem
from bot.runners.stamps import Seen, look_at_stamps, tell_stamps
from bot.schedule.sign_in import announced

if TYPE_CHECKING:
    from bot.adapters.imap import Selected
    from bot.config import Config, Mailbox

_FULL = 0.95
"""The part of the mailbox from which on it may take no large mail any more."""
_NAMES = 12
_WITHOUT = {
    "IDLE": "Không có IDLE nên thư mới được xem {minutes} phút một lần ([mailbox] sweep_minutes), không xem được ngay.",
    "MOVE": (
        "Không có MOVE nên thư đã xử lý được chép sang thư mục khác, còn bản ở hộp thư chỉ bị đánh dấu xóa: "
        "người trông hộp thư dọn khi cần, hoặc bật MOVE trên máy chủ."
    ),
}
_OF_RIGHTS = "Đề nghị quản trị máy chủ thư cấp thêm quyền {rights} (ACL) tại thư mục {folder} cho tài khoản của bot."
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
    with closing(Survey(settings, sign_in=sign_in_of(config, SystemClock()))) as inbox:
        try:
            inbox.connect()
        except LoginRefused as problem:
            return Examined(_IMAP, False, str(problem), OF_LOGIN.format(section="[mailbox]"))
        except (MailboxLost, MailboxRefused) as problem:
            return Examined(_IMAP, False, *tell_door("[mailbox]", settings, tell_problem(problem)))
        try:
            selected = inbox.select()
        except MailboxRefused as problem:
            return Examined(_IMAP, False, str(problem), _of_folder(inbox, settings.folder))
        return _tell_mailbox(inbox, selected, settings)


def _of_folder(inbox: Survey, folder: str) -> str:
    """Return the cure for a folder that cannot be opened as it must be."""
    try:
        names = inbox.folder_names()
    except MailboxRefused:  # the library remembers that the folder was to be read only
        names = (folder,)
    if folder in names:
        return f"Đề nghị quản trị máy chủ thư cấp quyền đọc, chuyển thư trong thư mục {folder} cho tài khoản của bot."
    some = ", ".join(names[:_NAMES]) + (", …" if len(names) > _NAMES else "")
    return f"Sửa [mailbox] folder đúng tên một thư mục đang có: {some}."


def _tell_mailbox(inbox: Survey, selected: Selected, settings: Mailbox) -> Examined:
    """Tell of a mailbox that is open whether mail can come in, be filed, and how it is noticed."""
    trouble = _find_unfit(inbox, settings) or _find_full(inbox)
    if trouble:
        return Examined(_IMAP, False, *trouble)
    capabilities = inbox.capabilities()
    wanted = {"IDLE": settings.idle, "MOVE": True}
    missing = [name for name, needed in wanted.items() if needed and name not in capabilities]
    said = f"{settings.folder} có {number(selected.exists)} thư"
    said += f"; máy chủ không có {', '.join(missing)}" if missing else ""
    remarks = [first_upper(settings.find_open_secret()), *(_WITHOUT[name] for name in missing)]
    cure = " ".join(filter(None, remarks)).format(minutes=number(settings.sweep_minutes))
    return Examined(_IMAP, True, said, cure)


def _find_unfit(inbox: Survey, settings: Mailbox) -> tuple[str, str] | None:
    """Return which folder does not let us do what filing needs, and the cure, where the server tells our rights."""
    rights = inbox.rights(settings.folder)
    if rights is not None and not set("te") <= set(rights):
        return f"không có quyền chuyển thư ra khỏi {settings.folder} (quyền hiện có: {rights})", _OF_RIGHTS.format(
            rights="t, e", folder=settings.folder
        )
    present = set(inbox.folder_names())
    folders = settings.folders
    for name in dict.fromkeys((folders.done, folders.held, folders.ignored, folders.aside)):
        place, needed, what = (name, "i", "ghi thư vào") if name in present else (inbox.parent_of(name), "k", "tạo")
        rights = inbox.rights(place) if place in present else None
        if rights is not None and needed not in rights:
            said = f"không có quyền {what} thư mục {name} (quyền tại {place}: {rights or 'không có'})"
            return said, _OF_RIGHTS.format(rights=needed, folder=place)
    return None


def _find_full(inbox: Survey) -> tuple[str, str] | None:
    for one in inbox.quotas():
        if one.share >= _FULL:
            unit = "thư" if one.mails else "KiB"
            said = f"hộp thư đã dùng {number(one.used)} trong {number(one.limit)} {unit}; máy chủ sắp từ chối thư đến"
            return said, "Đề nghị quản trị máy chủ thư tăng dung lượng, hoặc chuyển bớt thư cũ đi nơi khác."
    return None


class Latest:
    """The latest mails of the inbox, looked at once for all points that learn from them."""

    def __init__(self) -> None:
        self._seen: Seen | None = None

    def look(self, config: Config) -> Seen:
        """Return what the latest mails show; nothing where the mailbox cannot be opened, whose own point says why."""
        if self._seen is None:
            self._seen = Seen() if find_secret_trouble(config, config.mailbox) else _look_gently(config)
        return self._seen

    def authors(self, config: Config) -> Examined:
        """Tell whether authors can be proved."""
        return Examined(_AUTHORS, *tell_stamps(config, self.look(config)))


def _look_gently(config: Config) -> Seen:
    try:
        return look_at_stamps(config.model_copy(update={"mailbox": impatient(config.mailbox)}))
    except (MailboxLost, MailboxRefused, SignInRefused):
        return Seen()


def points_of_latest() -> tuple[Point, ...]:
    """Return the points that learn from the latest mails: their authors, and the clock."""
    latest = Latest()
    return (
        (_AUTHORS, latest.authors, "Kiểm tra [authentication]."),
        (CLOCK, lambda config: tell_clock(config, latest.look(config).newest), OF_CLOCK),
    )


def _keys(config: Config) -> Examined:
    try:
        SigningKeys().probe(config.smtp.domain)
    except KeysUnreachable as trouble:
        said = f"máy chủ tên miền (DNS) không trả lời ({trouble}); thư cần kiểm tra chữ ký sẽ bị giữ lại"
        return Examined(_KEYS, False, said, _OF_KEYS)
    return Examined(_KEYS, True, "máy chủ tên miền (DNS) trả lời, tra được khóa của chữ ký")


SIGN_IN: Point = (_SIGN_IN, _sign_in, _OF_SIGN_IN)
MAILBOX: Point = (_IMAP, _mailbox, "Kiểm tra [mailbox]: host, port, security, user, mật khẩu, folder.")
KEYS: Point = (_KEYS, _keys, _OF_KEYS)
