"""Single values as offices type them: numbers, days and years in text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from bot.language import fold, nfc

# ------------------------------------------------------------------------------------------------------------
# Numbers (Law on Accounting 2003, article 12: dot after thousands, comma before decimals)
# ------------------------------------------------------------------------------------------------------------


class Flag(StrEnum):
    """How sure a number is."""

    OK = "ok"
    """Written as the law wants it."""
    STYLE = "style"
    """Clear, though not in the legal form: English separators, spaces, a unit, parentheses."""
    AMBIGUOUS = "ambiguous"
    """One separator before exactly three digits: ``value`` is the reading by law, ``other`` the other one."""
    APPROX = "approx"
    """``khoảng 20``, ``> 600``."""
    EMPTY = "empty"
    """A dash: there is none."""
    MISSING = "missing"
    """Nothing."""
    REJECT = "reject"
    """No number."""
    ERROR = "error"
    """An error value of Excel, such as ``#REF!``."""
    FORMULA = "formula"
    """A formula as text."""


@dataclass(frozen=True, slots=True)
class Number:
    """What a text says as a number."""

    flag: Flag
    value: Decimal | None = None
    other: Decimal | None = None
    """The second reading of an ambiguous number."""
    percent: bool = False
    """It carries its own percent sign."""
    style: Literal["", "vi", "en"] = ""
    """Whose separators it proves: ``vi`` 1.234,5; ``en`` 1,234.5; empty where it proves neither."""


ERROR_VALUES = frozenset({"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
"""Error values of Excel (ECMA-376 part 1, 18.17.3) and of its later versions."""

_LONGEST = 60
"""A number with its words is never longer; a longer text is not looked into."""
_DASHES = frozenset("-–—−_")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_ABOUT = re.compile(
    r"^(?:(?:khoảng|xấp xỉ|ước tính|ước|gần|hơn|trên|dưới|tối thiểu|tối đa|chừng)\b\s*|[<>≤≥~≈]\s*=?\s*)+",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+(?=$|[.,])")
_BODY = re.compile(r"(\d[\d.,]*)\s*(\D.*)?$")

_SAME_UNITS: tuple[frozenset[str], ...] = tuple(
    frozenset(fold(unit) for unit in units)
    for units in (
        ("ha", "hecta", "héc ta"),
        ("triệu USD", "tr USD", "triệu đô la Mỹ", "triệu đô la", "triệu đô", "tr. đô"),
        ("tỷ đồng", "tỷ", "tỷ VND", "tỷ VNĐ", "tỷ đ"),
        ("triệu đồng", "triệu", "triệu VND", "triệu VNĐ", "tr đ", "tr đồng"),
        ("người", "lao động", "LĐ"),
        ("năm",),
        ("dự án", "DA"),
        ("m³/ngày đêm", "m3/ngđ", "m3/ngày", "m³"),
        ("m²", "mét vuông"),
        ("km²", "km"),
    )
)


def parse_number(text: str, unit: str | None = None) -> Number:
    """Return what *text* says as a number; *unit* is the column's own, which may be glued to it (``2.029,4ha``).

    Another unit than the column's is no number: 500 m² in a column of hectares must not become 500.
    """
    plain = _SPACES.sub(" ", text[: _LONGEST + 1]).strip()
    if special := _special(plain):
        return special
    plain, about = _without_about(plain)
    plain, negative, bracketed = _without_sign(plain)
    grouped = _GROUPED.match(plain)
    if grouped:
        plain = grouped[0].replace(" ", "") + plain[grouped.end() :]
    plain = plain.replace("'", "") if re.match(r"\d{1,3}('\d{3})+\b", plain) else plain
    found = _BODY.fullmatch(plain)
    if not found:
        return Number(Flag.REJECT)
    digits, after = found[1], (found[2] or "").strip(" .")
    if after not in ("", "%") and not _is_unit(after, unit):
        return Number(Flag.REJECT)
    number = _read_digits(digits)
    if number.value is None:
        return number
    restyled = bool(about or bracketed or grouped or after not in ("", "%"))
    return _finish(number, negative=negative, about=about, restyled=restyled, percent=after == "%")


def _special(plain: str) -> Number | None:
    """Return the answer for what is no number at first sight."""
    if not plain:
        return Number(Flag.MISSING)
    if set(plain) <= _DASHES:
        return Number(Flag.EMPTY)
    if plain.upper() in ERROR_VALUES:
        return Number(Flag.ERROR)
    if plain.startswith("="):
        return Number(Flag.FORMULA)
    if len(plain) > _LONGEST:
        return Number(Flag.REJECT)
    return None


def _without_about(plain: str) -> tuple[str, bool]:
    found = _ABOUT.match(nfc(plain))
    return (nfc(plain)[found.end() :].strip(), True) if found else (plain, False)


def _without_sign(plain: str) -> tuple[str, bool, bool]:
    """Return the text without its sign, whether it is negative, and whether parentheses said so."""
    if plain.startswith("(") and plain.endswith(")"):
        return plain[1:-1].strip(), True, True
    if plain[:1] in _DASHES:
        return plain[1:].strip(), True, False
    return plain.removeprefix("+").strip(), False, False


def _finish(number: Number, *, negative: bool, about: bool, restyled: bool, percent: bool) -> Number:
    flag = number.flag
    if flag is not Flag.AMBIGUOUS and (about or restyled):
        flag = Flag.APPROX if about else Flag.STYLE
    sign = -1 if negative else 1
    other = number.other * sign if number.other is not None else None
    return Number(flag, number.value * sign if number.value is not None else None, other, percent, number.style)


def _read_digits(digits: str) -> Number:
    """Read digits with dots and commas: of two kinds the last is decimal, several of one kind part thousands."""
    dots, commas = digits.count("."), digits.count(",")
    if not dots and not commas:
        return Number(Flag.OK, Decimal(digits))
    if dots and commas:
        decimal = "," if digits.rfind(",") > digits.rfind(".") else "."
        return _read_grouped(digits, decimal)
    mark = "." if dots else ","
    if max(dots, commas) > 1:
        return _read_grouped(digits, "," if dots else ".")
    whole, _, part = digits.partition(mark)
    if not part:
        return Number(Flag.STYLE, Decimal(whole))
    as_decimal = Decimal(f"{whole}.{part}")
    if len(part) == 3 and len(whole) <= 3 and not whole.startswith("0"):
        as_thousands = Decimal(whole + part)
        by_law = (as_thousands, as_decimal) if dots else (as_decimal, as_thousands)
        return Number(Flag.AMBIGUOUS, *by_law)
    return Number(Flag.OK, as_decimal, style="vi") if commas else Number(Flag.STYLE, as_decimal, style="en")


def _read_grouped(digits: str, decimal: str) -> Number:
    """Read digits whose thousands are parted by the other mark; groups that are not of three are no number."""
    whole, _, part = digits.partition(decimal)
    groups = whole.split("." if decimal == "," else ",")
    fits = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    if not fits or (part and not part.isdigit()):
        return Number(Flag.REJECT)
    value = Decimal("".join(groups) + (f".{part}" if part else ""))
    return Number(Flag.OK, value, style="vi") if decimal == "," else Number(Flag.STYLE, value, style="en")


def _is_unit(words: str, unit: str | None) -> bool:
    """Tell whether *words* name the column's unit; ``triệu USD / tỷ đồng`` names two."""
    if unit is None or any(char.isdigit() for char in words if char not in "23²³"):
        return False
    written = fold(words.removeprefix("(").removesuffix(")"))
    return written in _unit_names(unit)


@lru_cache(maxsize=256)
def _unit_names(unit: str) -> frozenset[str]:
    names = {fold(unit), *(fold(part) for part in unit.split(" / "))}
    return frozenset(names.union(*(same for same in _SAME_UNITS if same & names)))


# ------------------------------------------------------------------------------------------------------------
# Days and years
# ------------------------------------------------------------------------------------------------------------

_DAY_FIRST = re.compile(r"(\d{1,2})\s*([/.\- ])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})")
_IN_WORDS = re.compile(r"(?:ngai )?(\d{1,2}) (?:thang )?(\d{1,2}) (?:nam )?(\d{4})")
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?\s*$")
_YEAR_WORDS = frozenset({"nam", "thang", "qui", "ngai", "dau", "cuoi", "i", "ii", "iii", "iv"})
_EPOCH = date(1899, 12, 30)
"""Day 0 of the 1900 system, for days after 28/2/1900."""
_FROM_1904 = 1462
"""Days between the two systems (18.17.4.1)."""
_SERIALS = range(10_000, 73_051)
"""Serial numbers taken for days, 1927 to 2099: a year such as 2005 typed into a column of days is none of them."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Four digits outside are no year."""


def parse_date(text: str) -> date | None:
    """Return the day that *text* names, day before month; None where it names none.

    ``15/7/2012``, ``15.7.12`` (years of two digits are 1950 to 2049), ``ngày 15 tháng 7 năm 2012``, ``2012-07-15``.
    """
    plain = _CLOCK.sub("", text[:_LONGEST].strip()).strip()
    if found := _DAY_FIRST.fullmatch(plain.removeprefix("ngày ").removeprefix("Ngày ")):
        return _day(int(found[4]), int(found[3]), int(found[1]))
    if found := _YEAR_FIRST.fullmatch(plain):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _IN_WORDS.fullmatch(fold(plain)):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    return None


def parse_month_first(text: str) -> date | None:
    """Return the day that *text* names month before day, as English settings write it: ``7/15/2012``; else None."""
    found = _DAY_FIRST.fullmatch(_CLOCK.sub("", text[:_LONGEST].strip()).strip())
    return _day(int(found[4]), int(found[1]), int(found[3])) if found else None


def swapped(day: date) -> date | None:
    """Return *day* with day and month in each other's place; None where that is no other day."""
    return _day(day.year, day.day, day.month) if day.day != day.month and day.day <= 12 else None


def _day(year: int, month: int, number: int) -> date | None:
    if year < 100:
        year += 1900 if year >= 50 else 2000
    try:
        return date(year, month, number)
    except ValueError:
        return None


def date_of_serial(serial: float, *, from_1904: bool = False) -> date | None:
    """Return the day of an Excel serial number (1900 system: 41105 is 15/7/2012); None outside 1927 to 2099.

    Of a workbook that counts *from_1904* the same day is 39643.
    """
    serial += _FROM_1904 if from_1904 else 0
    return _EPOCH + timedelta(days=int(serial)) if int(serial) in _SERIALS else None


def parse_year(text: str) -> int | None:
    """Return the year that *text* names: ``2005``, ``năm 2005``, ``Quý II/2005``, ``7/2005``, a whole day."""
    if found := parse_date(text):
        return found.year
    words = fold(text[:_LONGEST]).split()
    if not words or not re.fullmatch(r"\d{4}", words[-1]) or not _is_year(int(words[-1])):
        return None
    rest = words[:-1]
    return int(words[-1]) if all(word in _YEAR_WORDS or re.fullmatch(r"\d{1,2}", word) for word in rest) else None


def _is_year(number: int) -> bool:
    return FIRST_YEAR <= number <= LAST_YEAR
