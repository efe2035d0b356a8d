"""Looks at everything the daemon needs, and says how to mend what is not well. Changes nothing on the servers."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from jinja2 import TemplateError
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.cage import find_trouble
from bot.adapters.clock import SystemClock
from bot.adapters.content import read_contacts, read_rules, read_templates
from bot.adapters.far_vault import open_vault
from bot.adapters.imap import Inbox, MailboxLost, MailboxRefused
from bot.adapters.ledger import Ledger, LedgerTooNew
from bot.adapters.private import find_open
from bot.adapters.sign_in import SignInAway, SignInRefused, sign_in_of, tokens_of
from bot.adapters.signing_keys import KeysUnreachable, SigningKeys
from bot.adapters.smtp import Postman
from bot.causes import in_vietnamese, sentence_of
from bot.language import day as spell_day
from bot.language import number, one_line
from bot.message import archive_support
from bot.preview.mails import open_gallery
from bot.reply.mistakes import TemplateMistake, locate
from bot.reply.render import Renderer
from bot.runners.rulebook import load_followed
from bot.runners.stamps import Seen, look_at_stamps, tell_stamps
from bot.schedule.sign_in import announced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from bot.config import Config, Mailbox, Smtp
    from bot.model import Rulebook

    Account = TypeVar("Account", Mailbox, Smtp)
    _Point = tuple[str, Callable[[Config], "Examined"], str]

PATIENCE_SECONDS = 10.0
"""A person is waiting: shorter than what the daemon grants its servers."""
_LOW_DISK = 2 * 2**30
_SECRET = "Đặt biến môi trường ghi ở password_env, hoặc ghi mật khẩu vào tệp password_file với quyền 0600."  # noqa: S105


@dataclass(frozen=True, slots=True)
class Examined:
    """One point that was looked at."""

    point: str
    well: bool
    said: str
    cure: str = ""


def examine(config: Config, day: date | None = None) -> Iterator[Examined]:
    """Yield what is found, point by point, as it is found; one that breaks never hides the next.

    Only the reporters that exist on *day* (today) are counted.
    """
    today = day or SystemClock().now().date()
    tokens: tuple[_Point, ...] = ((_SIGN_IN, _sign_in, _OF_SIGN_IN),) if config.provider else ()
    far = (_STORE,) if config.store.vault_url is not None else ()
    signed: tuple[_Point, ...] = ((_KEYS, _keys, _OF_KEYS),) if config.authentication.dkim else ()
    for name, look, cure in (*_of_registers(today), *tokens, *_POINTS, *signed, *far):
        yield _look(name, look, cure, config)


def tell_ledger(problem: Exception) -> str:
    """Return in one sentence why a ledger cannot be used; the URL is not in it."""
    if isinstance(problem, LedgerTooNew):
        return f"sổ ghi do phiên bản mới hơn của chương trình tạo ra ({problem})"
    if isinstance(problem, ImportError):
        return f"thiếu gói Python {problem.name}"
    return one_line(in_vietnamese(str(getattr(problem, "orig", None) or problem)), 300)


def tell_problem(problem: Exception) -> str:
    """Return in one sentence what broke; of what nobody foresaw only the kind, for its text may hold anything."""
    if isinstance(problem, (MailboxLost, SignInAway)):  # OSErrors by birth, but with a sentence of their own
        return in_vietnamese(str(problem))
    if isinstance(problem, MailboxRefused):
        return str(problem)
    if isinstance(problem, OSError):
        return sentence_of(problem)
    if isinstance(problem, (SQLAlchemyError, LedgerTooNew, ImportError)):
        return tell_ledger(problem)
    return f"sự cố của chương trình ({type(problem).__name__})"


def find_template_mistakes(config: Config) -> tuple[str, ...]:
    """Return what is wrong in the templates, each as ``file: cause``; raises OSError."""
    try:
        renderer = Renderer(read_templates(config.content.templates))
    except TemplateError as problem:  # in what all templates share, so that none can be looked at
        return (one_line(str(locate(problem, ()) or problem)),)
    return tuple(one_line(str(mistake)) for mistake in renderer.find_mistakes())


def _look(name: str, look: Callable[[Config], Examined], cure: str, config: Config) -> Examined:
    try:
        return look(config)
    except SignInRefused as problem:
        return Examined(name, False, str(problem), problem.cure)
    except Exception as problem:  # noqa: BLE001  the runner's edge: what nobody foresaw is told like all else
        return Examined(name, False, tell_problem(problem), cure)


def _rules(config: Config, day: date) -> Examined:
    rulebook = load_followed(read_rules(config.content.rules), None, config.ministry.campaigns)
    if isinstance(rulebook, tuple):
        more = f" (và {len(rulebook) - 1} lỗi khác)" if len(rulebook) > 1 else ""
        return Examined("Quy tắc", False, f"{rulebook[0]}{more}", "Sửa dòng đó trong thư mục rules/.")
    ended = _ended_series(rulebook, day)
    if ended:
        cure = "Ghi thêm năm vào khóa years trong campaign.toml của đợt đó."
        return Examined("Quy tắc", False, f"đợt định kỳ {ended} sắp hết kỳ đã khai", cure)
    followed = sum(one.followed and one.is_under_way(day) for one in rulebook.campaigns)
    families = len({one.family for one in rulebook.campaigns if one.followed})
    bodies = len(rulebook.reporters_on(day))
    said = f"{families} đợt, {followed} đang theo dõi, {len(rulebook.forms)} biểu, {bodies} đơn vị"
    return Examined("Quy tắc", True, said)


def _ended_series(rulebook: Rulebook, day: date) -> str:
    """Return the recurring campaigns whose last period begins before a year has gone, if there are any."""
    last: dict[str, date] = {}
    for one in rulebook.campaigns:
        if one.period and one.followed:
            last[one.series] = max(one.period.begin, last.get(one.series, one.period.begin))
    return ", ".join(series for series, begin in last.items() if begin <= day)


def _contacts(config: Config, day: date) -> Examined:
    path = config.content.contacts
    if path is None:
        return Examined(
            "Danh bạ", False, "chưa khai báo; chưa đơn vị nào gửi báo cáo được", "Ghi [content] contacts = tệp CSV."
        )
    rulebook = load_followed(read_rules(config.content.rules), read_contacts(path), config.ministry.campaigns)
    if isinstance(rulebook, tuple):
        wrong = [one for one in rulebook if one.file == "contacts"]
        if not wrong:
            return Examined("Danh bạ", False, "chưa xem được vì quy tắc còn lỗi", "Sửa quy tắc trước.")
        more = f" (và {len(wrong) - 1} lỗi khác)" if len(wrong) > 1 else ""
        return Examined("Danh bạ", False, f"{path.name}, dòng {wrong[0].line}: {wrong[0].say}{more}", "Sửa dòng đó.")
    # Who owes nothing in any campaign (corporations, mostly) is not missed.
    bodies = [one for one in rulebook.reporters_on(day) if one.addresses_on(day) or rulebook.owed_by(one.code)]
    silent = sum(not one.addresses_on(day) for one in bodies)
    said = f"{len(bodies) - silent} đơn vị có địa chỉ thư"
    if silent:
        cure = "Đơn vị chưa có địa chỉ thì không gửi được và không được đôn đốc; ghi thêm vào danh bạ."
        return Examined("Danh bạ", silent < len(bodies), f"{said}; {silent} đơn vị chưa có", cure)
    return Examined("Danh bạ", True, said)


def _templates(config: Config) -> Examined:
    mistakes = find_template_mistakes(config) or _find_slips(config)
    if mistakes:
        more = f" (và {len(mistakes) - 1} lỗi khác)" if len(mistakes) > 1 else ""
        cure = "Sửa mẫu trong thư mục templates/ riêng, hoặc xóa bản riêng để dùng bản gốc."
        return Examined("Mẫu thư", False, f"{mistakes[0]}{more}", cure)
    return Examined("Mẫu thư", True, "mọi mẫu đều dùng được")


def _find_slips(config: Config) -> tuple[str, ...]:
    """Write every mail with made-up data; return what only shows then, such as a value that no mail has."""
    gallery = open_gallery(read_templates(config.content.templates))
    found = (gallery,) if isinstance(gallery, TemplateMistake) else gallery.find_mistakes()
    return tuple(one_line(str(mistake)) for mistake in found)


def _disk(config: Config) -> Examined:
    config.store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(config.store.folder).free
    said = f"còn {number(round(free / 2**30, 1))} GiB tại {config.store.folder}"
    opened = find_open(config.store.folder, config.store.page)
    if opened:
        cure = f"Chạy: chmod -R go= {config.store.folder} (bot run cũng tự sửa khi khởi động)."
        return Examined("Ổ đĩa", False, f"{said}; người khác đọc được {opened[0]}", cure)
    return Examined("Ổ đĩa", free > _LOW_DISK, said, "" if free > _LOW_DISK else "Dọn ổ đĩa hoặc đổi [store] folder.")


def _ledger(config: Config) -> Examined:
    with closing(Ledger(config.store.ledger_url)) as ledger:
        ledger.migrate()
    return Examined("Sổ ghi", True, config.store.ledger_url.split(":", 1)[0])


def _store(config: Config) -> Examined:
    """Keep, read and drop a few bytes: each of the three needs a right of its own."""
    vault = open_vault(config.store)
    name = vault.put(_PROBE)
    vault.origin.get(name)
    vault.drop(name)
    return Examined(_FAR, True, str(config.store.vault_url))


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


def _secret_trouble(config: Config, account: Mailbox | Smtp) -> str:
    """Return why *account* has no secret of its own, nor one to get tokens with; empty where it has."""
    if account.sign_in == "password":
        return account.find_secret_trouble()
    return config.oauth.find_secret_trouble(account.sign_in)


def _mailbox(config: Config) -> Examined:
    settings = _impatient(config.mailbox)
    trouble = _secret_trouble(config, settings)
    if trouble:
        return Examined(_IMAP, False, trouble, _SECRET)
    with closing(Inbox(settings, sign_in=sign_in_of(config, SystemClock()))) as inbox:
        inbox.connect()
        selected = inbox.select()
        capabilities = inbox.capabilities()
    missing = [name for name in ("IDLE", "MOVE") if name not in capabilities]
    said = f"{settings.folder} có {number(selected.exists)} thư"
    said += f"; máy chủ không có {', '.join(missing)}" if missing else ""
    return Examined(_IMAP, True, said, _first_upper(settings.find_open_secret()))


def _authors(config: Config) -> Examined:
    if _secret_trouble(config, config.mailbox):
        seen = Seen()
    else:
        try:
            seen = look_at_stamps(config.model_copy(update={"mailbox": _impatient(config.mailbox)}))
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


def _smtp(config: Config) -> Examined:
    return _try_smtp(_SMTP, config, config.smtp, _OF_SMTP)


def _alarm_smtp(config: Config) -> Examined:
    if config.alarm.smtp is None:
        return Examined(_ALARM, True, "không khai báo; khi máy chủ gửi hỏng thì chỉ bot health và nhật ký nêu sự cố")
    return _try_smtp(_ALARM, config, config.alarm.smtp, _OF_ALARM)


def _try_smtp(name: str, config: Config, server: Smtp, cure: str) -> Examined:
    settings = _impatient(server)
    trouble = _secret_trouble(config, settings)
    if trouble:
        return Examined(name, False, trouble, _SECRET)
    with Postman(settings, sign_in_of(config, SystemClock())) as postman:
        trouble = postman.try_login()
    if trouble:
        return Examined(name, False, in_vietnamese(trouble), cure)
    return Examined(name, True, f"{settings.host}:{settings.port}", _first_upper(settings.find_open_secret()))


def _people(config: Config) -> Examined:
    ministry = config.ministry
    missing = [name for name in ("digest_to", "operator") if not getattr(ministry, name)]
    if missing:
        return Examined("Người nhận", False, f"chưa khai báo {', '.join(missing)}", _OF_PEOPLE)
    return Examined("Người nhận", True, f"{', '.join(ministry.digest_to)}; cảnh báo tới {ministry.operator}")


def _of_registers(day: date) -> tuple[_Point, ...]:
    return (
        (
            "Quy tắc",
            partial(_rules, day=day),
            "Kiểm tra [content] rules; bỏ trống để dùng bản đi kèm chương trình.",
        ),
        (
            "Danh bạ",
            partial(_contacts, day=day),
            "Kiểm tra [content] contacts: tệp CSV với các cột reporter,address,role.",
        ),
    )


def _impatient(account: Account) -> Account:
    return account.model_copy(update={"timeout_seconds": min(account.timeout_seconds, PATIENCE_SECONDS)})


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _archives(config: Config) -> Examined:  # noqa: ARG001  every point is asked the same way
    opened = archive_support()
    if "rar" in opened:
        return Examined("Tệp nén", True, f"mở được {', '.join(opened)}")
    cure = "Muốn mở cả tệp .rar, .7z: cài thư viện libarchive của hệ điều hành (Debian: apt-get install libarchive13)."
    return Examined("Tệp nén", True, f"mở được {', '.join(opened)}; gặp tệp nén khác sẽ đề nghị gửi .zip", cure)


def _children(config: Config) -> Examined:  # noqa: ARG001  every point is asked the same way
    trouble = find_trouble()
    if not trouble:
        return Examined(_CHILDREN, True, "không nối mạng, không chạy chương trình, không ghi tệp được")
    return Examined(_CHILDREN, False, f"hệ thống không cô lập được các tiến trình này ({trouble})", _OF_CHILDREN)


_SIGN_IN = "Đăng nhập (OAuth2)"
_OF_SIGN_IN = "Kiểm tra [oauth] và đường mạng tới nhà cung cấp."
_IMAP = "Hộp thư (IMAP)"
_AUTHORS = "Chứng thực người gửi"
_KEYS = "Chữ ký DKIM"
_OF_KEYS = "Kiểm tra /etc/resolv.conf và đường mạng tới máy chủ DNS, hoặc ghi [authentication] dkim = false."
_SMTP = "Máy chủ gửi (SMTP)"
_OF_SMTP = "Kiểm tra [smtp]: host, port, security, user, mật khẩu."
_ALARM = "Máy chủ báo sự cố"
_OF_ALARM = "Kiểm tra [alarm] smtp: host, port, security, user, mật khẩu."
_CHILDREN = "Tiến trình đọc tệp"
_OF_CHILDREN = "Cần Linux trên x86_64 hoặc aarch64 và seccomp; nếu chạy trong container, cho phép lời gọi seccomp."
_OF_PEOPLE = "Ghi [ministry] digest_to (nhận bản tổng hợp tuần) và operator (nhận cảnh báo)."
_FAR = "Kho lưu trữ S3"
_OF_FAR = "Kiểm tra [store] vault_url, vault_endpoint quyền ghi, đọc, xóa của khóa AWS_ACCESS_KEY_ID; cài gói s3fs."
_PROBE = b"bot doctor"
_STORE: _Point = (_FAR, _store, _OF_FAR)
_POINTS: tuple[_Point, ...] = (
    ("Mẫu thư", _templates, "Kiểm tra [content] templates; bỏ trống để dùng bản đi kèm chương trình."),
    ("Ổ đĩa", _disk, "Kiểm tra [store] folder: bot phải ghi được vào đó."),
    ("Sổ ghi", _ledger, "Kiểm tra [store] ledger và folder; tệp sổ ghi phải ghi được."),
    (_IMAP, _mailbox, "Kiểm tra [mailbox]: host, port, security, user, mật khẩu, folder."),
    (_AUTHORS, _authors, "Kiểm tra [authentication]."),
    (_SMTP, _smtp, _OF_SMTP),
    (_ALARM, _alarm_smtp, _OF_ALARM),
    ("Người nhận", _people, _OF_PEOPLE),
    ("Tệp nén", _archives, "Cài thư viện libarchive của hệ điều hành (Debian: apt-get install libarchive13)."),
    (_CHILDREN, _children, _OF_CHILDREN),
)
