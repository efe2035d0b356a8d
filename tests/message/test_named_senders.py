"""The hint of who a sender is: what a mail client shows as From, in bounded time, whatever stands in it."""

from __future__ import annotations

import pytest

from bot.message.named_senders import named_senders


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (b"From: bql@nghean.example\r\n\r\n", ["bql@nghean.example"]),
        (b"To: a@b.example\nfrom : Ban <BQL@NgheAn.example>\n\nFrom: x@y.example", ["bql@nghean.example"]),
        (b'From: "B, QL"\r\n <bql@nghean.example>\r\nTo: a@b.example\r\n\r\n', ["bql@nghean.example"]),
        (b"From: =?utf-8?b?QlFM?= <a@b.example>, c@d.example\r\n\r\n", ["a@b.example", "c@d.example"]),
        ("From: bql@tỉnh.example\r\n\r\n".encode(), ["bql@tỉnh.example"]),
        (b"From: a@b.example", ["a@b.example"]),
        (b"Subject: x\r\n\r\nFrom: a@b.example\r\n", []),
        (b"X-From: a@b.example\r\nFrom:\r\nTo: c@d.example\r\n\r\n", []),
        (b"From: \xff\xfe nobody\r\n\r\n", []),
        (b"", []),
        (b"X: " + b"x" * 70_000 + b"\r\nFrom: a@b.example\r\n\r\n", []),
        (b"From: " + b"(" * 100_000 + b"a@b.example", []),
        (b"From: " + b"a@b.example," * 100, ["a@b.example"] * 10),
    ],
)
def test_the_addresses_in_from_are_found(raw: bytes, named: list[str]) -> None:
    assert list(named_senders(raw)) == named
