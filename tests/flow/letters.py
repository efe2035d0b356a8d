"""Mails of provinces, written by hand so that every byte is known."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

from tests.flow.office import OURS

if TYPE_CHECKING:
    from collections.abc import Mapping

NGHE_AN = "bql.kcn@nghean.example"
STRANGER = "tuvan@vanphong.example"


def letter(
    subject: str,
    files: Mapping[str, bytes] | tuple[()] = (),
    *,
    sender: str = NGHE_AN,
    message_id: str = "thu-1@nghean.example",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a mail with *files* by name; *headers* come on top."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = OURS
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{message_id}>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content("Kính gửi Bộ Kế hoạch và Đầu tư.")
    for name, data in dict(files).items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes().replace(b"\n", b"\r\n")
