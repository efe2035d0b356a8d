"""The forms and annexes that a letter names, by their marks."""

from __future__ import annotations

import re

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_MARK = r"(?:[IVX]{1,5}|\d{1,4}[a-zđ]?|[A-Z])(?:[.\-/][A-ZĐ0-9]{1,8})*(?![^\W_])"
_AND = r"\s*(?:,|;|và|đến|[–-])\s*"
_NAMED = re.compile(
    rf"(?P<kind>[Pp]hụ lục|PHỤ LỤC|[Bb]iểu|BIỂU|[Mm]ẫu|MẪU)(?:\s+(?:mẫu|biểu|báo cáo))?(?:\s+số)?\s*:?\s*"
    rf"(?P<marks>{_MARK}(?:{_AND}(?:(?:[Pp]hụ lục|[Bb]iểu|[Mm]ẫu)\s+(?:số\s+)?)?{_MARK})*)"
)
_ONE = re.compile(rf"(?P<and>{_AND})?(?:(?P<kind>[Pp]hụ lục|[Bb]iểu|[Mm]ẫu)\s+(?:số\s+)?)?(?P<mark>{_MARK})")
_PREFIX = {"p": "PL-", "b": "", "m": "M-"}
_NUMBERED = re.compile(r"(.*?)(\d+)$")


def forms_in(text: str) -> tuple[str, ...]:
    """Return the marks of the forms named in *text*, each once: ``III.4``, ``PL-I``, ``M-02``.

    ``Biểu I.1 đến I.4`` names four. An annex named only as the place of a form (``Biểu III.4, Phụ lục III``) is none.
    """
    found: dict[str, None] = {}
    for one in _NAMED.finditer(text):
        prefix = _PREFIX[one["kind"][0].lower()]
        last = ""
        for mark in _ONE.finditer(one["marks"]):
            own = _PREFIX[mark["kind"][0].lower()] if mark["kind"] else prefix
            if own == "PL-" != prefix and (mark["and"] or "").strip() == ",":
                continue  # "Biểu số 03, Phụ lục II" says where the form stands
            if (mark["and"] or "").strip() in ("đến", "–", "-") and last:
                found.update(dict.fromkeys(own + step for step in _between(last, mark["mark"])))
            found[own + mark["mark"]] = None
            prefix, last = own, mark["mark"]
    places = {f"PL-{one.split('.')[0]}" for one in found if not one.startswith(("PL-", "M-"))}
    return tuple(one for one in found if one not in places)


def _between(first: str, last: str) -> list[str]:
    """Return the marks that lie between two: of numbers with the same beginning, or of Roman numerals."""
    if first in _ROMAN and last in _ROMAN:
        return list(_ROMAN[_ROMAN.index(first) + 1 : _ROMAN.index(last)])
    begin, end = _NUMBERED.match(first), _NUMBERED.match(last)
    if begin is None or end is None or (end[1] and begin[1] != end[1]):
        return []
    width = len(begin[2])
    return [f"{begin[1]}{number:0{width}d}" for number in range(int(begin[2]) + 1, min(int(end[2]), 100))]
