"""Who writes a letter, to whom it is addressed, where answers go and whom to ask."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from bot.document.letter.lines import sentences_of
from bot.document.title import ADDRESSEE
from bot.language import capitalize_first, fold
from bot.model import LetterContact, Quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Reporter

_MINISTRIES = {
    "BCT": "Bộ Công Thương",
    "BKHĐT": "Bộ Kế hoạch và Đầu tư",
    "BTC": "Bộ Tài chính",
    "BXD": "Bộ Xây dựng",
    "BTNMT": "Bộ Tài nguyên và Môi trường",
    "BNNMT": "Bộ Nông nghiệp và Môi trường",
    "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn",
    "BKHCN": "Bộ Khoa học và Công nghệ",
    "BNV": "Bộ Nội vụ",
    "BLĐTBXH": "Bộ Lao động - Thương binh và Xã hội",
    "BGTVT": "Bộ Giao thông vận tải",
    "BTTTT": "Bộ Thông tin và Truyền thông",
    "BTP": "Bộ Tư pháp",
    "BYT": "Bộ Y tế",
    "BCA": "Bộ Công an",
    "BQP": "Bộ Quốc phòng",
    "BNG": "Bộ Ngoại giao",
    "BGDĐT": "Bộ Giáo dục và Đào tạo",
    "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
}
"""The ministries by the letters in their numbers; those that were merged in 2025 included."""
_ASKER = re.compile(
    r"(?P<name>Bộ (?:[A-ZĐ][\w ,-]{2,60}?))(?: \([^)]*\))?\s+"
    r"(?:trân trọng |kính )?(?:đề nghị|yêu cầu|thông báo|mong|tiến hành)"
)
_OFFICE = re.compile(
    r"(?P<kind>Phòng|phòng|Vụ|Cục|Tổng cục|Trung tâm|Văn phòng|Viện|Ban)\s(?P<name>[^,;.()\d:/–]{3,70})"
)
_OFFICE_ENDS = re.compile(
    r"\s+(?:điện thoại|ĐT|SĐT|số|email|Email|e-mail|địa chỉ|là|để|theo|qua|trước|đề nghị|yêu cầu|kính"
    r"|trân trọng|nhận|báo cáo|chịu|chủ trì|có|xây dựng|tổng hợp|thuộc)(?!\w).*$"
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_MAIL = re.compile(
    rf"(?<![\w.+-])[A-Za-z0-9](?:[\w.+-]*\w)?\s?@\s?{_LABEL}(?:\.(?:\s(?=(?:gov|com|org|net|edu)\b))?{_LABEL})*"
    r"\.(?:\s(?=(?:com|org|net|vn)\b))?[A-Za-z]{2,6}(?![\w@-])",
    re.ASCII,
)
"""A blank may stand at the @, and before the well-known ends of a domain: scanners put them there."""
_UNDER_VN = re.compile(r"(?<=\.vn)\..*", re.IGNORECASE)
_PHONE = re.compile(
    r"(?:[Đđ]iện thoại|ĐIỆN THOẠI|S?ĐT|Đt|đt|[Tt]el|[Hh]otline|[Dd]i động|số máy)(?:[^\d(+,;]{0,25})"
    r"(?P<numbers>[(+]?\d[\d\s.()–-]{5,}\d(?:\s*(?:[/;,–]|hoặc|và)\s*[(+]?\d[\d\s.()-]{5,}\d)*)"
)
_ASK = re.compile(r"liên hệ|đầu mối liên", re.IGNORECASE)
_PERSON = re.compile(
    r"(?P<title>(?<!\w)(?:[Ôô]ng|[Bb]à|[Đđ]/c|[Đđ]ồng chí|[Aa]nh|[Cc]hị|ĐC)\s*:?\s+)"
    r"(?!Rịa)[A-ZĐÀ-Ỹ][^\W\d_]*(?:\s+[A-ZĐÀ-Ỹ][^\W\d_]*){1,5}"
)
_ACT = re.compile(
    r"(?P<kind>Luật|Nghị quyết|Nghị định|Quyết định|Chỉ thị|Thông tư|Thông báo|Công văn|Công điện|Kế hoạch)\s+số\s+"
    r"(?P<number>\d[\w/&-]*\w)(?P<rest>,?\s+ngày\s+\d{1,2}(?:/|\s+tháng\s+)\d{1,2}(?:/|\s+năm\s+)\d{4}"
    r"(?:\s+của\s+(?:Thủ tướng Chính phủ|Chính phủ|Quốc hội"
    r"|Bộ trưởng Bộ [A-ZĐ]\w*(?: \w+){0,4}?"
    r"|Bộ [A-ZĐ]\w*(?: và)?(?: [A-ZĐ]\w*){0,4})(?=\W|$))?)?"
)
_PLACE = re.compile(
    r"(?P<page>https?://[^\s,;()]+|(?<![\w.@])www\.[^\s,;()]+)|địa chỉ\s*(?:nhận|gửi)?\s*:?\s*"
    r"(?P<street>(?:[Ss]ố|[Tt]ầng|[Pp]hòng|\d)[^.;()@]{5,120})"
)
_KINDS = (
    (
        "tinh",
        re.compile(
            r"UBND|[ỦUủu][yỷ] ban [Nn]hân dân|[Qq]uý [ỦUủu][yỷ] ban|(?<!\w)Sở(?!\w)|[Bb]an [Qq]uản lý|địa phương"
            r"|(?<!\w)[Tt]ỉnh(?!\w)"
        ),
    ),
    ("tap_doan", re.compile(r"[Tt]ập đoàn")),
    ("tong_cong_ty", re.compile(r"[Tt]ổng công ty|[Tt]ổng Công ty")),
)
"""The kinds of reporters, by the words that letters have for them."""
_NAMED_PLACES = re.compile(r"(?:[Cc]ác tỉnh|[Tt]ỉnh|[Tt]hành phố)(?:, thành phố)?\s*:?\s+(?P<names>[A-ZĐ][^.;()]*)")
_DEPARTMENTS = ("Vụ", "Cục", "Tổng cục")
_ANNOUNCED = re.compile(
    r"(?<!\w)(?:có|ban hành|ký|gửi)\s+(?:[Cc]ông văn|[Vv]ăn bản)\s+số\s+(?P<number>\d+/[A-ZĐ]\w*(?:-[A-ZĐ&]+)*)"
    r"(?:,?\s+ngày\s+(?P<day>\d{1,2})(?:/|\s+tháng\s+)(?P<month>\d{1,2})(?:/|\s+năm\s+)(?P<year>\d{4}))?"
)
_HEAD = 5
_MOST_ADDRESSEES = 30


def without_names(text: str) -> str:
    """Return *text* with the name of a person behind its form of address as "…": a campaign names offices only."""
    return _PERSON.sub(r"\g<title>…", text)


def ministry_of(number: str, agency: str, paragraphs: Sequence[str]) -> Quoted | None:
    """Return the ministry: by the letters of its number, its letterhead, or who asks in the text."""
    for code, name in _MINISTRIES.items():
        if re.search(rf"/(?:[\d/]*){code}(?!\w)", number):
            return Quoted(name, f"Số: {number}")
    for name in _MINISTRIES.values():
        if agency and fold(agency).startswith(fold(name)):
            return Quoted(name, agency)
    known = {fold(name): name for name in _MINISTRIES.values()}
    for sentence in _sentences(paragraphs):
        found = _ASKER.search(sentence)
        if found:
            name = found["name"].rpartition("Bộ ")[2].strip()
            return Quoted(known.get(fold(f"Bộ {name}"), f"Bộ {name}"), sentence)
    return None


def department_of(number: str, agency: str, paragraphs: Sequence[str], contact: LetterContact | None) -> Quoted | None:
    """Return the office that wrote it: of the letterhead, of the initials in the number, else the contact's."""
    head = re.search(r"(?<=\s)(?:TỔNG CỤC|CỤC|VỤ)\s.*", agency)
    initials = number.rpartition("-")[2].upper() if "-" in number else ""
    for sentence in _sentences(paragraphs):
        for name in (one for one in _offices(sentence) if one.startswith(_DEPARTMENTS)):
            if fold(name) == fold(head[0]) if head else initials and _stands_for(initials, name):
                return Quoted(name, sentence)
    if head:
        return Quoted(capitalize_first(head[0].lower()), agency)
    if contact:
        for name in contact.role.split(", "):
            if name.startswith(_DEPARTMENTS):
                return Quoted(name, contact.sentence)
    return None


def announced(paragraphs: Sequence[str]) -> tuple[Quoted, date | None] | None:
    """Return number and day of the ministry's letter that a piece of news tells of; None where it tells of none."""
    for sentence in _sentences(paragraphs[:_HEAD]):
        found = _ANNOUNCED.search(sentence)
        if found and any(re.search(rf"/{code}(?!\w)", found["number"]) for code in _MINISTRIES):
            return Quoted(found["number"], sentence), _day(found)
    return None


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except (TypeError, ValueError):
        return None  # the news names no day, or one that there is not


def _stands_for(initials: str, office: str) -> bool:
    """Tell whether an office's words begin with these letters, in order, some words left out."""
    words = iter(office.split()[1:])
    return all(any(word[:1].upper() == letter for word in words) for letter in initials)


def addressees_of(paragraphs: Sequence[str]) -> Iterator[Quoted]:
    """Yield whom the letter is addressed to: beside "Kính gửi" and in the list below it, else whom it asks."""
    start = next((place for place, text in enumerate(paragraphs[:60]) if ADDRESSEE.match(text)), None)
    if start is None:
        yield from _asked(paragraphs)
        return
    here = ADDRESSEE.sub("", paragraphs[start], count=1).strip(" -–.;:")
    if here:
        yield Quoted(here, paragraphs[start])
    for text in paragraphs[start + 1 : start + _MOST_ADDRESSEES]:
        bullet = text.startswith(("-", "–", "+", "•"))
        if not bullet and (here or text.endswith((".", ":")) or len(text) > 200):
            return
        here = here or text
        yield Quoted(text.strip("-–+• .;,"), text)


_ASKED = re.compile(
    r"(?:đề nghị|yêu cầu)\s+(?P<who>(?:UBND|(?:Ủy|Uỷ) ban nhân dân)[^;.]{0,60}?"
    r"(?:tỉnh, thành phố|thành phố|tỉnh)(?:\s+trực thuộc\s+[Tt]rung ương)?)"
    r"|(?P<also>(?:UBND|(?:Ủy|Uỷ) ban nhân dân) các tỉnh, thành phố trực thuộc [Tt]rung ương)"
)


def _asked(paragraphs: Sequence[str]) -> Iterator[Quoted]:
    for sentence in _sentences(paragraphs):
        found = _ASKED.search(sentence)
        if found:
            yield Quoted(found["who"] or found["also"], sentence)
            return


def condition_of(addressees: Sequence[Quoted], reporters: Sequence[Reporter], only: str = "") -> str:
    """Return the condition on ``reporters`` that the addressees mean; empty where they are not understood.

    Provinces that are named one by one are named in it; else all of a kind owe, of *only* one kind where it is given.
    """
    text = " ; ".join(one.words for one in addressees)
    kinds = [kind for kind, words in _KINDS if words.search(text) and only in ("", kind)]
    plain = f" {fold(text)} "
    names = [] if " cac tinh thanh pho truc thuoc " in plain else _named(plain, reporters)
    if "tinh" not in kinds or not names:
        return _any_of(kinds)
    others = _any_of([kind for kind in kinds if kind != "tinh"])
    return f"({_of_names(names)}) OR {others}" if others else _of_names(names)


def _any_of(kinds: Sequence[str]) -> str:
    return " OR ".join(f"kind = '{kind}'" for kind in kinds)


def _of_names(names: Sequence[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"kind = 'tinh' AND name IN ({listed})"


def _named(plain: str, reporters: Sequence[Reporter]) -> list[str]:
    names = dict.fromkeys(one.name for one in reporters if one.kind == "tinh" and "'" not in one.name)
    return [name for name in names if f" {fold(name)} " in plain]


def addresses_of(paragraphs: Sequence[str]) -> tuple[Quoted, ...]:
    """Return the mail addresses of a letter in its order; blanks that a scanner put into them are taken out."""
    found: dict[str, Quoted] = {}
    for sentence in _sentences(paragraphs):
        for one in _MAIL.findall(sentence):
            address = _UNDER_VN.sub("", re.sub(r"\s", "", one))  # a sentence that began without a blank
            found.setdefault(address.lower(), Quoted(address, sentence))
    return tuple(found.values())


def places_of(paragraphs: Sequence[str]) -> tuple[Quoted, ...]:
    """Return the other addresses of a letter: streets and pages on the web."""
    found: dict[str, Quoted] = {}
    for sentence in _sentences(paragraphs):
        for one in _PLACE.finditer(sentence):
            words = (one["page"] or one["street"]).rstrip(" .,;)")
            found.setdefault(words, Quoted(words, sentence))
    return tuple(found.values())


def narrowed(text: str, reporters: Sequence[Reporter]) -> str:
    """Return the condition on those reporters whom *text* singles out; empty where it speaks of all, or of none."""
    named = _NAMED_PLACES.search(text)
    names = _named(f" {fold(named['names'])} ", reporters) if named else []
    if names:
        return _of_names(names)
    kinds = [kind for kind, words in _KINDS if words.search(text)]
    return f"kind = '{kinds[0]}'" if len(kinds) == 1 else _any_of(kinds) if "tinh" not in kinds else ""


def contact_of(paragraphs: Sequence[str]) -> LetterContact | None:
    """Return whom the letter tells to ask: the sentence with a telephone number, else the one that says "liên hệ"."""
    best: LetterContact | None = None
    for sentence in _sentences(paragraphs):
        phone = _PHONE.search(sentence)
        if not phone and (best is not None or not _ASK.search(sentence)):
            continue
        numbers = " ".join(phone["numbers"].split()) if phone else ""
        role = ", ".join(capitalize_first(name) for name in _offices(sentence))
        if phone:
            return LetterContact(role or (best.role if best else ""), numbers, sentence)
        if role:
            best = LetterContact(role, "", sentence)
    return best


def acts_of(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Return the acts that a letter cites by number, each once, with its day and author where these are told."""
    found: dict[str, str] = {}
    for text in paragraphs:
        for one in _ACT.finditer(text):
            if len(one[0]) > len(found.get(one["number"], "")):
                found[one["number"]] = one[0]
    return tuple(found.values())


def _offices(sentence: str) -> Iterator[str]:
    for found in _OFFICE.finditer(sentence):
        name = _OFFICE_ENDS.sub("", found[0]).strip(" -–")
        if len(name.split()) > 2 or found["kind"] in ("Phòng", "phòng"):
            yield name


def _sentences(paragraphs: Sequence[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield from sentences_of(paragraph)
