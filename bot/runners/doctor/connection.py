"""Why there is no way to a mail server: wrong port, wrong encryption, wrong certificate; each with its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.port_look import PortLook, look_at_port
from bot.causes import in_vietnamese
from bot.config import Mailbox

if TYPE_CHECKING:
    from bot.config import Smtp

_PORTS = {"IMAP": "993 (tls) hoặc 143 (starttls)", "SMTP": "465 (tls) hoặc 587 (starttls)"}


def tell_door(section: str, account: Mailbox | Smtp, trouble: str) -> tuple[str, str]:
    """Return what is said of *trouble*, met on the way to *account*, and its cure.

    Args:
        section: where the account stands in the configuration, such as ``[mailbox]``.
        account: with the patience of whoever waits.
        trouble: the sentence with which the usual way in ended; it is kept where no better one is found.
    """
    server = f"{account.host}:{account.port}"
    wanted = "IMAP" if isinstance(account, Mailbox) else "SMTP"
    try:
        seen = look_at_port(account)
    except (OSError, UnicodeError):
        return trouble, _of_way(section, trouble, wanted)
    if seen.protocol not in {wanted, ""}:
        said = f"{server}: ở port này là máy chủ {seen.protocol}, không phải {wanted}"
        return said, f"Sửa {section} port: {wanted} thường dùng {_PORTS[wanted]}."
    if seen.encrypted and account.security != "tls":
        said = f'{server}: port này mã hóa TLS ngay từ đầu, còn cấu hình ghi security = "{account.security}"'
        return said, f'Ghi {section} security = "tls", hoặc dùng port của STARTTLS.'
    if seen.protocol and not seen.encrypted and account.security == "tls":
        said = f'{server}: port này không mã hóa ngay từ đầu, còn cấu hình ghi security = "tls"'
        return said, f'Ghi {section} security = "starttls", hoặc dùng port của TLS ({_PORTS[wanted].split()[0]}).'
    if seen.certificate:
        return f"{server}: {_words(seen)}", _of_certificate(section, account, seen)
    return trouble, _of_way(section, trouble, wanted)


def _words(seen: PortLook) -> str:
    names = f" (chứng thư cấp cho: {', '.join(seen.names)})" if seen.names else ""
    return f"không tin được chứng thư của máy chủ: {in_vietnamese(seen.certificate).rstrip('.')}{names}"


def _of_certificate(section: str, account: Mailbox | Smtp, seen: PortLook) -> str:
    if "mismatch" in seen.certificate:
        named = f" ({', '.join(seen.names)})" if seen.names else ""
        return f"Ghi {section} host đúng một tên trong chứng thư{named}, hoặc đề nghị cấp chứng thư cho {account.host}."
    if "expired" in seen.certificate:
        return "Đề nghị quản trị máy chủ thư gia hạn chứng thư; nếu chứng thư còn hạn thì đồng hồ máy này chạy sai."
    if "not yet valid" in seen.certificate:
        return "Kiểm tra đồng hồ của máy này; nếu đúng giờ thì đề nghị quản trị máy chủ thư cấp lại chứng thư."
    if account.ca_file is not None:
        return f"Ghi {section} ca_file là chứng thư (PEM) của nơi đã cấp; tệp đang ghi không phải nơi cấp đó."
    return f"Ghi {section} ca_file = tệp chứng thư (PEM) của nơi cấp, xin ở quản trị máy chủ thư."


def _of_way(section: str, trouble: str, wanted: str) -> str:
    if "tên máy chủ" in trouble:
        return f"Sửa {section} host; nếu tên đúng, kiểm tra DNS của máy này (/etc/resolv.conf)."
    if "từ chối kết nối" in trouble:
        return f"Sửa {section} port ({wanted} thường dùng {_PORTS[wanted]}), hoặc khởi động dịch vụ trên máy chủ."
    if "STARTTLS" in trouble:
        port = _PORTS[wanted].split()[0]
        return f'Bật STARTTLS trên máy chủ, hoặc dùng port TLS: {section} port = {port}, security = "tls".'
    if "ca_file" in trouble or "tệp chứng thư" in trouble:
        return f"Sửa {section} ca_file: phải là tệp chứng thư dạng PEM đọc được; bỏ đi nếu dùng CA của hệ điều hành."
    return f"Kiểm tra {section} host, port, security và tường lửa giữa máy này với máy chủ."
