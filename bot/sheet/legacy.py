"""Vietnamese in the codings of before Unicode: TCVN3 (fonts ``.VnTime`` …) and VNI (fonts ``VNI-Times`` …).

Excel keeps such a text as Latin letters that only its font shows as Vietnamese: ``khu c«ng nghiÖp``. Nothing but the
font says so, and where a file names none, the letters must: a text is put into Unicode only where that makes Vietnamese
syllables of what was none before. Text that is Vietnamese already never changes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.language import nfc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Coding(StrEnum):
    """A coding of before Unicode; the value is the name that people know."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"


_TCVN3 = str.maketrans(
    "\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xb5\xb6\xb7\xb8\xb9\xbb\xbc\xbd\xbe\xc6\xc7\xc8\xc9\xca"
    "\xcb\xcc\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xdc\xdd\xde\xdf\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb"
    "\xec\xed\xee\xef\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
"""TCVN 5712:1993, VN3: one letter each. Capitals with a tone exist in the fonts of capitals (``.VnTimeH``) only."""
_VNI_PAIRS = (
    "aà:ầ aá:ấ aâ:â aã:ẫ aä:ậ aå:ẩ aè:ằ aé:ắ aê:ă aë:ặ aï:ạ aõ:ã aø:à aù:á aú:ẳ aû:ả aü:ẵ eà:ề eá:ế eâ:ê eã:ễ eä:ệ "
    "eå:ể eï:ẹ eõ:ẽ eø:è eù:é eû:ẻ oà:ồ oá:ố oâ:ô oã:ỗ oä:ộ oå:ổ oï:ọ oõ:õ oø:ò où:ó oû:ỏ uï:ụ uõ:ũ uø:ù uù:ú uû:ủ "
    "yõ:ỹ yø:ỳ yù:ý yû:ỷ ôï:ợ ôõ:ỡ ôø:ờ ôù:ớ ôû:ở öï:ự öõ:ữ öø:ừ öù:ứ öû:ử æ:ỉ ì:ì í:í î:ỵ ñ:đ ò:ị ó:ĩ ô:ơ ö:ư"
)
_VNI = {
    written: read
    for pair in _VNI_PAIRS.split()
    for one, other in [pair.split(":")]
    for written, read in ((one, other), (one.upper(), other.upper()), (one.capitalize(), other.upper()))
}
"""A letter and the mark that follows it."""
_VNI_TEXT = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_FONT = re.compile(r"\s*(?:\.(?P<tcvn3>Vn\w*?)(?P<capitals>H)?(?![a-z])|(?P<vni>VNI[- ]))", re.IGNORECASE)
_BEYOND = re.compile(r"[^\x00-\xff\u2010-\u2026\u20ac]")
"""A letter that neither coding can hold: the text, or this part of it, is Unicode."""
_NOT_TCVN3 = re.compile("[" + "".join(chr(code) for code in range(0xC0, 0x100) if code not in _TCVN3) + "]")
_REMEMBERED = 1024
"""Texts: values of lists, names of zones and the like stand in row after row."""
_TOKENS = re.compile(r"[^\s\x00-@\[-`{-\x7f\u2010-\u2026]+")
_FEWEST = 3
"""So many different words must become Vietnamese before a sheet without fonts is believed to be in an old coding."""


def coding_of_font(name: str) -> tuple[Coding, bool] | None:
    """Return the coding that a font of that name shows, and whether its letters are all capitals; None for Unicode."""
    found = _FONT.match(name)
    if not found:
        return None
    return (Coding.VNI, False) if found["vni"] else (Coding.TCVN3, bool(found["capitals"]))


def decode(text: str, coding: Coding) -> str | None:
    """Return *text* in Unicode; None where it holds a letter that *coding* lacks."""
    if _BEYOND.search(text):
        return None
    if coding is Coding.VNI:
        return nfc(_VNI_TEXT.sub(lambda found: _VNI[found[0]], text))
    decoded = text.translate(_TCVN3)
    return None if _NOT_TCVN3.search(text) else decoded


@lru_cache(_REMEMBERED)
def decode_in_font(text: str, coding: Coding, *, capitals: bool = False) -> str:
    """Return *text* in Unicode as its font shows it; unchanged where that would make less Vietnamese of it."""
    decoded = decode(text, coding)
    if decoded is None or _share(decoded, text) < _share(text, text):
        return text
    return decoded.upper() if capitals else decoded


@lru_cache(_REMEMBERED)
def decode_by_letters(text: str, coding: Coding) -> str:
    """Return *text* in Unicode where *coding* makes Vietnamese of words that are none; else unchanged."""
    decoded = decode(text, coding)
    return decoded if decoded is not None and _share(decoded, text) > _share(text, text) else text


def coding_of_letters(texts: Iterable[str]) -> Coding | None:
    """Return the old coding that makes Vietnamese of *texts*, if at least three different words say so."""
    gained: dict[Coding, set[str]] = {coding: set() for coding in Coding}
    for text in texts:
        if text.isascii() or _BEYOND.search(text):
            continue
        for coding in Coding:
            decoded = decode_by_letters(text, coding)
            if decoded != text:
                gained[coding].update(old for word, old in _pairs(decoded, text) if is_syllable(word))
    best = max(gained, key=lambda coding: len(gained[coding]))
    return best if len(gained[best]) >= _FEWEST else None


@dataclass(frozen=True, slots=True)
class Plain:
    """Bytes without a declared coding, read."""

    text: str
    coding: str
    """``utf-8``, ``utf-16``, ``cp1258`` or an old coding's name."""


def decode_bytes(data: bytes) -> Plain:
    """Return the text that *data* most probably is: by its mark, as UTF-8, or by what makes the most Vietnamese."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Plain(data.decode("utf-16", "replace").removeprefix("\ufeff"), "utf-16")
    if data[1:40:2].count(0) > 15:
        return Plain(data.decode("utf-16-le", "replace"), "utf-16")
    try:
        return Plain(data.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError:
        # Neither Excel nor Notepad wrote UTF-8 before 2019: what follows are the code pages they wrote.
        pass
    latin = data.decode("latin-1")
    readings: list[tuple[str, Callable[[], str | None]]] = [
        ("cp1258", lambda: nfc(data.decode("cp1258", "replace"))),
        (Coding.TCVN3.value, lambda: decode(latin, Coding.TCVN3)),
        (Coding.VNI.value, lambda: decode(latin, Coding.VNI)),
    ]
    read = [(read(), name) for name, read in readings]
    best, name = max(((text, name) for text, name in read if text), key=lambda one: _words(one[0], latin))
    return Plain(best, name)


# ------------------------------------------------------------------------------------------------------------
# What a Vietnamese syllable is
# ------------------------------------------------------------------------------------------------------------

_ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]"
_RHYME = (
    "a(?:ch?|i|m|ng?|nh|o|p|t|u|y)?|ă(?:c|m|ng?|p|t)|â(?:c|m|ng?|p|t|u|y)|e(?:c|m|ng?|o|p|t)?|ê(?:ch|m|n|nh|ng|p|t|u)?|"
    "i(?:a|ch|m|n|nh|p|t|u)?|iê(?:c|m|ng?|p|t|u)|o(?:c|i|m|ng?|p|t)?|oa(?:ch?|i|m|ng?|nh|o|p|t|y)?|oă(?:c|m|ng?|t)|"
    "oe(?:n|o|t)?|oo(?:c|ng)|ô(?:c|i|m|ng?|p|t)?|ơ(?:i|m|n|p|t)?|u(?:a|c|i|m|ng?|p|t)?|uâ(?:ng?|t|y)|uê(?:ch|nh)?|uơ|"
    "uy(?:a|ch|n|nh|p|t|u)?|uyê(?:n|t)|uô(?:c|i|m|ng?|t)|ư(?:a|c|i|m|ng?|t|u)?|ươ(?:c|i|m|ng?|p|t|u)|y(?:t|nh)?|"
    "yê(?:m|ng?|t|u)"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_RHYME})")
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_STOPPED = re.compile("(?:c|ch|p|t)$")


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Tell whether *word* is built as a Vietnamese syllable: onset, rhyme, one tone that fits its end."""
    apart = unicodedata.normalize("NFD", word)
    plain = nfc(_TONE.sub("", apart))
    if len(plain) > 7 or not (plain.islower() or plain.isupper() or (plain[:1].isupper() and plain[1:].islower())):
        return False
    tones = _TONE.findall(apart)
    if len(tones) > 1 or not _SYLLABLE.fullmatch(plain.lower()):
        return False
    return not _STOPPED.search(plain.lower()) or tones in (["\u0301"], ["\u0323"]) or not tones


def _words(text: str, written: str) -> int:
    """Return how many of the words that are not plain ASCII are Vietnamese in *text*."""
    return sum(is_syllable(word) for word, _ in _pairs(text, written))


def _share(text: str, written: str) -> float:
    words = _pairs(text, written)
    return sum(is_syllable(word) for word, _ in words) / len(words) if words else 0.0


def _pairs(text: str, written: str) -> list[tuple[str, str]]:
    """Return the words of *text* beside what was *written* for them, where that says something about its coding.

    No coding changes where words end. A letter that stands alone says nothing: Ø is a diameter as well as an ỉ.
    """
    words = zip(_TOKENS.findall(text), _TOKENS.findall(written), strict=False)
    return [(word, old) for word, old in words if not old.isascii() and len(old) > 1]
