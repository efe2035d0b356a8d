"""What the system says, in Vietnamese."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING

import pytest

from bot.causes import cause_of, in_vietnamese, sentence_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_named_with_its_cause(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as told:
        (tmp_path / "a.txt").read_bytes()
    assert sentence_of(told.value) == f"{tmp_path / 'a.txt'}: không có tệp hoặc thư mục này"
    assert cause_of(told.value) == "không có tệp hoặc thư mục này"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "hết chỗ trên ổ đĩa"),
        (TimeoutError("timed out"), "máy chủ không trả lời"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "không tìm thấy tên máy chủ"),
        (OSError("máy chủ bận"), "máy chủ bận"),
        (OSError(), "OSError"),
    ],
)
def test_a_cause_is_told_by_its_number_or_its_words(problem: OSError, said: str) -> None:
    assert cause_of(problem) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("127.0.0.1:1: [Errno 111] Connection refused", "127.0.0.1:1: máy chủ từ chối kết nối; có thể sai port"),
        ("imap.bo.example:993: timed out", "imap.bo.example:993: máy chủ không trả lời"),
        ("(x) unable to open database file", "(x) không mở được tệp cơ sở dữ liệu"),
        ("550 5.1.1 unknown user", "550 5.1.1 unknown user"),
    ],
)
def test_known_phrases_inside_a_text_are_put_into_vietnamese(text: str, said: str) -> None:
    assert in_vietnamese(text).startswith(said)
