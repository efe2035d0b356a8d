"""The doors that commands share: configuration, rules, templates and ledger opened, or told why they are not."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.causes import sentence_of
from bot.terminal import configured, err, give_up, give_up_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Config
    from bot.daemon import Daemon


@contextmanager
def opened(*, to_answer: bool = False) -> Iterator[Daemon]:
    """Open all doors that need no network; *to_answer* refuses to begin without passwords and whole templates."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.adapters.ledger import LedgerTooNew
    from bot.daemon import Daemon
    from bot.runners.doctor import tell_ledger

    config = configured()
    if to_answer:
        _look_at_secrets(config)
        _tell_what_is_held(config)
    refuse_templates(config)
    with telling():
        try:
            daemon = Daemon(config, SystemClock())
        except (SQLAlchemyError, LedgerTooNew, ImportError) as problem:
            give_up(f"Không mở được sổ ghi: {tell_ledger(problem)}.")
    with daemon:
        yield daemon


def _tell_what_is_held(config: Config) -> None:
    """Say what becomes of mails when nothing is configured that could prove who wrote them."""
    if config.authentication.has_source:
        return
    if config.authentication.dkim and not config.authentication.accept_unproved:
        err.print(
            "Lưu ý: chưa khai [authentication] servers, nên chỉ thư có chữ ký DKIM của chính tên miền người gửi mới"
            " được tính; thư khác được giữ lại, chờ xác nhận bằng bot held.",
            markup=False,
        )
        return
    if config.authentication.accept_unproved:
        err.print(
            "Lưu ý: chưa khai [authentication] servers, nên ai ghi địa chỉ của đơn vị ở dòng From cũng được tin.",
            markup=False,
        )
        return
    err.print(
        "Lưu ý: chưa khai [authentication] servers, nên không thư nào chứng thực được người gửi: mọi thư được giữ lại, "
        "chờ xác nhận bằng bot held (trừ thư gửi kèm biểu do bot cấp cho đơn vị). "
        "Chạy bot doctor để biết phải ghi gì.",
        markup=False,
    )


@contextmanager
def alone(config: Config) -> Iterator[None]:
    """Hold the data folder for this process; gives up where another one works in it."""
    from bot.adapters.lock import FolderLock

    with ExitStack() as stack:
        with telling():
            stack.enter_context(FolderLock(config.store.folder))
        yield


@contextmanager
def working(daemon: Daemon) -> Iterator[None]:
    """Hold data folder and mailbox for this process; gives up where another works, or takes the mailbox meanwhile.

    Where the disk breaks, the operator gets a mail about it before DiskBroken ends the command.
    """
    from bot.adapters.durable import DiskBroken
    from bot.adapters.lease import MailboxLease
    from bot.adapters.ledger import LeaseLost
    from bot.adapters.private import keeping_private

    config = daemon.config
    lost = threading.Event()

    def stop() -> None:
        lost.set()
        daemon.stop.set()

    _close_data(config)
    with keeping_private(), alone(config), ExitStack() as stack:
        with telling():
            lease = MailboxLease(daemon.ledger, daemon.lease_name, config.store.folder, stop, works_by=daemon.way)
            stack.enter_context(lease)
            daemon.vault.sweep_temp(daemon.clock.now())
        try:
            yield
        except LeaseLost:
            lost.set()
        except DiskBroken as broken:
            daemon.cry_for_help(str(broken))
            raise
        if lost.is_set():
            give_up("Một bot khác đã nhận hộp thư này vì bot này không trả lời trong hơn nửa phút; bot này dừng.")


@contextmanager
def helping(daemon: Daemon) -> Iterator[None]:
    """Work beside whoever holds the mailbox; gives up where the ledger is for one, or others decide otherwise."""
    from bot.adapters.durable import DiskBroken
    from bot.adapters.private import keeping_private
    from bot.daemon import DecidesOtherwise

    if not daemon.ledger.is_shared:
        give_up(
            "Sổ ghi SQLite chỉ dành cho một tiến trình. Muốn nhiều máy cùng xử lý thì [store] ledger phải là"
            " PostgreSQL; trên một máy thì tăng [work] workers rồi chạy bot run."
        )
    _close_data(daemon.config)
    with keeping_private():
        with telling():
            daemon.vault.sweep_temp(daemon.clock.now())
        try:
            yield
        except DiskBroken as broken:
            daemon.cry_for_help(str(broken))
            raise
        except DecidesOtherwise as other:
            give_up(
                f"{other} đang giữ hộp thư này với quy tắc, mẫu thư, danh bạ, cấu hình hoặc phiên bản chương trình"
                " khác. Hãy cập nhật máy này cho giống rồi chạy lại bot work; thư đang chờ vẫn ở nguyên trong hàng đợi."
            )


def _close_data(config: Config) -> None:
    """Let nobody else look into what is kept; gives up where that cannot be mended here."""
    from bot.adapters.private import close_to_others

    try:
        opened = close_to_others(config.store.folder, config.store.page)
    except OSError as problem:
        give_up(f"Người khác đọc được dữ liệu: {sentence_of(problem)}. Hãy sửa quyền: chmod 700 {config.store.folder}")
    for path in opened:
        err.print(f"Lưu ý: người khác đọc được {path}; đã sửa quyền, chỉ còn chủ tệp đọc được.", markup=False)


@contextmanager
def telling() -> Iterator[None]:
    """Tell in one sentence what is in the way (another bot, a damaged or refused file), or mistakes of the rules."""
    from bot.adapters.lock import AlreadyRunning
    from bot.adapters.own_secret import SecretDamaged
    from bot.adapters.sign_in import SignInRefused
    from bot.runners.rulebook import RulesBroken

    try:
        yield
    except SignInRefused as refused:
        give_up(f"Không đăng nhập được hộp thư: {refused}. {refused.cure}")
    except RulesBroken as broken:
        told = [str(one) for one in broken.mistakes]
        give_up_on("Quy tắc trong rules/ hoặc danh bạ chưa dùng được:", told)
    except AlreadyRunning as other:
        give_up(f"Bot đang chạy: {other}. Hãy dừng tiến trình đó trước.")
    except SecretDamaged as damaged:
        give_up(f"Tệp khóa riêng {damaged} của bot đã hỏng. Hãy chép lại tệp này từ bản sao lưu gần nhất.")
    except OSError as problem:
        give_up(f"Không dùng được {sentence_of(problem)}.")


def _look_at_secrets(config: Config) -> None:
    accounts = {"mailbox": config.mailbox, "smtp": config.smtp}
    if config.alarm.smtp is not None:
        accounts["alarm.smtp"] = config.alarm.smtp
    troubles = [f"{name}: {trouble}" for name, one in accounts.items() if (trouble := one.find_secret_trouble())]
    if config.provider and (trouble := config.oauth.find_secret_trouble(config.provider)):
        troubles.append(f"oauth: {trouble}")
    if troubles:
        give_up_on("Chưa có mật khẩu:", troubles)
    for warning in dict.fromkeys(one.find_open_secret() for one in accounts.values()):
        if warning:
            err.print(f"Lưu ý: {warning}", markup=False)


def refuse_templates(config: Config) -> None:
    """Tell the mistakes of the templates, if there are any, and end the command."""
    from bot.runners.doctor import find_template_mistakes

    with telling():
        mistakes = find_template_mistakes(config)
    if mistakes:
        give_up_on("Mẫu thư trong templates/ chưa dùng được:", mistakes)
