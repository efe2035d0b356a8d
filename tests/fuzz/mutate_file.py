"""One damaged file from a sound one: what lies inside zip archives, XML parts and compound files."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_CENTRAL, _LOCAL, _END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
_HEADER_SIZES = {_CENTRAL: 46, _LOCAL: 30, _END: 22}
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NUMBERS = (b"0", b"-1", b"1", b"65535", b"1048576", b"1048577", b"16385", b"2147483648", b"99999999999999999999",
            b"1e999", b"NaN", b"", b"x")  # fmt: skip
_REFERENCES = (b"A1", b"XFD1048576", b"XFE1", b"A0", b"A1:XFD1048576", b"ZZZZ9", b"", b"A99999999999")
_TEXTS = (b"&#0;", b"&#xD800;", b"&#xFFFF;", b"&x;", b"]]>", b"<![CDATA[", b"<?xml?>", b"\x00", b"\xff\xff", b"=1+1",
          b"<!DOCTYPE a [<!ENTITY x 'x'>]>", "\u202e\u0000".encode(), b"#REF!", b"<a>" * 3000)  # fmt: skip
_WORDS = (0, 1, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0x80000000)


def mutate_file(data: bytes, chance: random.Random) -> bytes:
    """Return *data* damaged as its kind invites; anything else has bits flipped or is cut."""
    if not data:
        return data
    if data.startswith(b"PK") and chance.random() < 0.9:
        return _directory(data, chance) if chance.random() < 0.3 else _member(data, chance)
    if data.startswith(_COMPOUND) and chance.random() < 0.8:
        return _compound(data, chance)
    return chance.choice((_bits, _bits, _shorten, _double))(data, chance)


def mutate_xml(text: bytes, chance: random.Random) -> bytes:
    """Return *text* with one to four changes that XML readers stumble over."""
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(_IN_XML)(text, chance) or text
    return text


def _directory(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    places = [(at.start(), mark) for mark in _HEADER_SIZES for at in re.finditer(re.escape(mark), data)]
    for _ in range(chance.randint(1, 4)):
        if not places:
            break
        start, mark = chance.choice(places)
        at = start + chance.randrange(4, _HEADER_SIZES[mark])
        wide = chance.choice((1, 2, 4))
        changed[at : at + wide] = (chance.choice(_WORDS) & (256**wide - 1)).to_bytes(wide, "little")
    return bytes(changed)


def _member(data: bytes, chance: random.Random) -> bytes:
    """Return the archive with one of its members changed, left out, doubled or renamed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()[:200]]
    except Exception:  # noqa: BLE001  it was damaged before
        return _bits(data, chance)
    if not members:
        return _bits(data, chance)
    place = chance.randrange(len(members))
    name, content = members[place]
    deed = chance.random()
    if deed < 0.8:
        members[place] = (name, mutate_xml(content, chance) if content.lstrip()[:1] == b"<" else _bits(content, chance))
    elif deed < 0.88:
        del members[place]
    elif deed < 0.94:
        members.append((chance.choice(("../x", "/etc/x", name, name.upper(), "a" * 300)), content))
    else:
        members.append(("xl/embeddings/again.xlsx", data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, inside in members:
            info = zipfile.ZipInfo(one)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, inside)
    return out.getvalue()


def _compound(data: bytes, chance: random.Random) -> bytes:
    """Return the compound file with words of its header, its allocation table or its directory changed."""
    changed = bytearray(data)
    size = 1 << (struct.unpack_from("<H", data, 30)[0] & 15) if len(data) > 76 else 512
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * size if len(data) > 76 else 0
    regions = [(24, 76), (76, 512), (512, 1024), (directory, directory + 1024), (0, len(data))]
    for _ in range(chance.randint(1, 6)):
        start, end = chance.choice(regions)
        if start + 4 >= len(data):
            continue
        at = chance.randrange(start, min(end, len(data) - 4))
        struct.pack_into("<I", changed, at, chance.choice((*_WORDS, chance.randrange(64))))
    return bytes(changed)


def _bits(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 30) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _shorten(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _double(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at : at + chance.randint(1, 5000)] + data[at:]


# -- in XML ------------------------------------------------------------------------------------------------------


def _swap(pattern: bytes, others: tuple[bytes, ...]) -> Callable[[bytes, random.Random], bytes]:
    """Return a change that puts one of *others* for one match of *pattern*'s only group."""

    def change(text: bytes, chance: random.Random) -> bytes:
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        one = chance.choice(found)
        return text[: one.start(1)] + chance.choice(others) + text[one.end(1) :]

    return change


def _tag_away(text: bytes, chance: random.Random) -> bytes:
    tags = list(re.finditer(rb"<[^>]*>", text))
    if not tags:
        return text
    one = chance.choice(tags)
    again = one[0] * chance.choice((0, 0, 2, 500))
    return text[: one.start()] + again + text[one.end() :]


def _rename(text: bytes, chance: random.Random) -> bytes:
    names = re.findall(rb"</?([A-Za-z:]+)", text)
    if not names:
        return text
    first, second = chance.choice(names), chance.choice(names)
    return text.replace(b"<" + first, b"<" + second, chance.randint(1, 3))


_IN_XML: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _swap(rb'="(-?\d+(?:\.\d+)?)"', _NUMBERS), _swap(rb'\b(?:r|ref|sqref)="([A-Z]+\d+(?::[A-Z]+\d+)?)"', _REFERENCES),
    _swap(rb">([^<>]+)<", _TEXTS), _swap(rb'="([^"]*)"', _TEXTS), _swap(rb">(\d+(?:\.\d+)?)<", _NUMBERS),
    _tag_away, _rename, _bits, _double, _shorten,
)  # fmt: skip
