"""Looks at what the machine offers: libraries for archives, and fences for the children that read files."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

from bot.adapters.cage import find_trouble
from bot.message import archive_support
from bot.runners.doctor.point import Examined, Point

if TYPE_CHECKING:
    from bot.config import Config

_CHILDREN = "Tiến trình đọc tệp"
_OF_SHARED_MEMORY = "Gắn tmpfs vào /dev/shm với quyền 1777 (container: bật shm), rồi chạy lại bot doctor."
_OF_CHILDREN = "Cần Linux trên x86_64 hoặc aarch64 và seccomp; nếu chạy trong container, cho phép lời gọi seccomp."


def _archives(config: Config) -> Examined:  # noqa: ARG001  every point is asked the same way
    opened = archive_support()
    if "rar" in opened:
        return Examined("Tệp nén", True, f"mở được {', '.join(opened)}")
    cure = "Muốn mở cả tệp .rar, .7z: cài thư viện libarchive của hệ điều hành (Debian: apt-get install libarchive13)."
    return Examined("Tệp nén", True, f"mở được {', '.join(opened)}; gặp tệp nén khác sẽ đề nghị gửi .zip", cure)


def _children(config: Config) -> Examined:  # noqa: ARG001  every point is asked the same way
    try:
        # Their pool tells its threads apart by semaphores, which Linux keeps in /dev/shm (sem_overview(7)).
        multiprocessing.get_context("spawn").Lock()
    except OSError as problem:
        said = f"không khởi động được vì hệ thống không cho tạo bộ nhớ dùng chung ({problem.strerror})"
        return Examined(_CHILDREN, False, said, _OF_SHARED_MEMORY)
    trouble = find_trouble()
    if not trouble:
        return Examined(_CHILDREN, True, "không nối mạng, không chạy chương trình, không ghi tệp được")
    return Examined(_CHILDREN, False, f"hệ thống không cô lập được các tiến trình này ({trouble})", _OF_CHILDREN)


ARCHIVES: Point = (
    "Tệp nén",
    _archives,
    "Cài thư viện libarchive của hệ điều hành (Debian: apt-get install libarchive13).",
)
CHILDREN: Point = (_CHILDREN, _children, _OF_CHILDREN)
