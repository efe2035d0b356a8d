"""One damaged mail from a sound one; the same chance makes the same damage."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from tests.fuzz.mutate_file import mutate_file

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]

_BLOCK = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n){2,}[A-Za-z0-9+/=]*")
_BOUNDARY = re.compile(rb'boundary="?([^"\s;]+)', re.IGNORECASE)
_CHARSETS = (
    b"utf-8", b"utf-7", b"utf-16", b"us-ascii", b"windows-1258", b"x-tcvn3", b"iso-2022-jp", b"DEFAULT", b"", b"idna",
    b"unknown-8bit", b"zlib_codec", b"rot13", b"undefined",
)  # fmt: skip
_ENCODINGS = (b"base64", b"quoted-printable", b"7bit", b"8bit", b"binary", b"x-uuencode", b"", b"BASE64 x")
_BOMBS: tuple[Callable[[int], bytes], ...] = (
    lambda n: b"Content-Type: text/html" + b";" * n,
    lambda n: b"To: " + b"," * n,
    lambda n: b"To: " + b"(" * n,
    lambda n: b"Subject: " + b"=?utf-8?Q?a?= " * (n // 14),
    lambda n: b"Subject: =?utf-8?Q?a=0D=0ABcc:x@y.example" + b"=20" * (n // 3) + b"?=",
    lambda n: b"References: " + b"<a@b.example> " * (n // 14),
    lambda n: b"Received: from a by b; " * (n // 100),
    lambda n: b"From: " + b'"' * n + b" <a@b.example>",
    lambda n: b"Date: " + b"9" * n,
    lambda n: b"Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab; " + b"filename*0=a; " * (n // 16),
)
_INTERESTING = (
    b"\x00",
    b"\xff\xfe",
    b"\r\n.\r\n",
    b"\r\n\r\n",
    b"\r",
    b"--",
    b"\xe2\x80\xae",
    b"=?utf-8?B?",
    b"\n" * 99,
)


def mutate(raw: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Return *raw* with one to three kinds of damage; *others* are mails from which pieces may come."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        if not raw:
            break
        # Half of all damage is in the files: the readers of workbooks are the larger part.
        change = _in_a_file if chance.random() < 0.5 else chance.choice(_IN_THE_MAIL)
        raw = change(raw, chance, others) or raw
    return raw


def _in_a_file(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    blocks = list(_BLOCK.finditer(raw))
    if not blocks:
        return _flip(raw, chance, _others)
    block = chance.choice(blocks)
    text = re.sub(rb"[\s=]", b"", block[0])
    text = text[:-1] if len(text) % 4 == 1 else text
    data = base64.b64decode(text + b"=" * (-len(text) % 4))
    changed = base64.encodebytes(mutate_file(data, chance)).replace(b"\n", b"\r\n")
    return raw[: block.start()] + changed.rstrip() + b"\r\n" + raw[block.end() :].lstrip(b"\r\n")


def _flip(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 40)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    return raw[: chance.randrange(1, len(raw) + 1)]


def _drop(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(raw))
    return raw[:start] + raw[start + chance.randint(1, 4000) :]


def _repeat(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(raw))
    piece = raw[start : start + chance.randint(1, 2000)]
    return raw[:start] + piece * chance.randint(2, 30) + raw[start:]


def _insert(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(raw))
    return raw[:start] + chance.choice(_INTERESTING) + raw[start:]


def _splice(raw: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others)
    return raw[: chance.randrange(len(raw))] + other[chance.randrange(len(other)) :]


def _double_a_header(raw: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    head, gap, rest = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    donor = chance.choice(others).partition(b"\r\n\r\n")[0].split(b"\r\n") if chance.random() < 0.5 else lines
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(donor))
    return b"\r\n".join(lines) + gap + rest


def _drop_a_header(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    head, gap, rest = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    del lines[chance.randrange(len(lines))]
    return b"\r\n".join(lines) + gap + rest


def _bomb(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    bomb = chance.choice(_BOMBS)(chance.choice((10, 1000, 8_000, 33_000, 70_000)))
    return bomb + b"\r\n" + raw


def _boundary(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    found = _BOUNDARY.search(raw)
    if found is None:
        return b'Content-Type: multipart/mixed; boundary="x"\r\n' + raw
    known = found[1]
    places = [one.start() for one in re.finditer(re.escape(known), raw)]
    place = chance.choice(places)
    other = chance.choice((b"", b"x", known + b"--", known[:-1], known * 2, b"--" + known))
    return raw[:place] + other + raw[place + len(known) :]


def _charset(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    if chance.random() < 0.5:
        return re.sub(rb'charset="?[^"\s;]*"?', b'charset="' + chance.choice(_CHARSETS) + b'"', raw, count=9)
    encoding = b"Content-Transfer-Encoding: " + chance.choice(_ENCODINGS)
    return re.sub(rb"Content-Transfer-Encoding: *[^\r\n]*", encoding, raw, count=chance.randint(1, 5), flags=re.I)


def _type(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    kind = chance.choice((
        b"message/rfc822", b"multipart/mixed", b"application/ms-tnef", b"multipart/report; report-type=delivery-status",
        b"text/html", b"application/pkcs7-mime; smime-type=signed-data", b"message/partial", b"x",
    ))  # fmt: skip
    places = list(re.finditer(rb"(?im)^Content-Type: *[^;\r\n]*", raw))
    if not places:
        return b"Content-Type: " + kind + b"\r\n" + raw
    place = chance.choice(places)
    return raw[: place.start()] + b"Content-Type: " + kind + raw[place.end() :]


def _nest(raw: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    sender = next((line for line in raw.split(b"\r\n")[:60] if line.lower().startswith(b"from:")), b"From: a@b.example")
    depth = chance.choice((1, 4, 6, 40, 600))
    return (sender + b"\r\nContent-Type: message/rfc822\r\n\r\n") * depth + raw


_IN_THE_MAIL: tuple[Mutation, ...] = (
    _flip, _cut, _drop, _repeat, _insert, _splice, _double_a_header, _drop_a_header, _bomb, _boundary, _charset, _type,
    _nest,
)  # fmt: skip
