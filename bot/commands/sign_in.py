"""``bot sign-in``: a person signs in for the bot once, with a code in a browser on any machine."""

from __future__ import annotations

import getpass

from bot.commands.doors import opened
from bot.terminal import give_up, out


def sign_in() -> None:
    """Đăng nhập Microsoft 365 cho bot bằng mã trên trình duyệt; làm một lần, bot tự gia hạn.

    Dùng khi sign_in = "microsoft" mà không có khóa bí mật, và khi bot báo sắp hết hạn đăng nhập.

    Ví dụ: bot sign-in

    Lệnh in ra một địa chỉ và một mã: mở địa chỉ đó trên máy bất kỳ, nhập mã, đăng nhập bằng tài khoản đọc được hộp thư.
    Với Google hoặc ứng dụng Microsoft có khóa bí mật thì không phải làm gì; lệnh chỉ thử xin token.
    """
    from bot.adapters.sign_in import SignInAway, SignInRefused
    from bot.model import AuditEntry, Deed

    with opened() as daemon:
        config = daemon.config
        if daemon.sign_in is None:
            give_up('Cấu hình dùng mật khẩu; sign_in = "google" hoặc "microsoft" thì mới cần đăng nhập.')
        user = config.mailbox.user if config.mailbox.sign_in != "password" else config.smtp.user
        try:
            if config.provider == "google" or config.oauth.is_app:
                daemon.sign_in.token(user, renew=True)
            else:
                from bot.adapters.providers import Microsoft, Web

                daemon.sign_in.keep(user, Microsoft(config.oauth, Web()).sign_in(_show))
        except SignInRefused as problem:
            give_up(f"Không đăng nhập được: {problem}. {problem.cure}")
        except SignInAway as problem:
            give_up(f"Không đăng nhập được: {problem}. Hãy thử lại sau.")
        now = daemon.clock.now()
        daemon.ledger.note_deed(AuditEntry(getpass.getuser(), now, Deed.SIGN_IN, config.provider, ""))
    out.print("Đã đăng nhập; chạy bot doctor để kiểm tra hộp thư.")


def _show(place: str, code: str) -> None:
    out.print(f"Mở {place} và nhập mã {code}", markup=False)
