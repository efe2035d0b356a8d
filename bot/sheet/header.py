"""The words of a header: how a form's wordings and a sheet's cells become the same keys, and what is a near miss."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from operator import itemgetter
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from bot.language import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from bot.model import Form

_LONGEST = 300
"""Characters; a longer cell is a text, never a header."""
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_UNITS = frozenset(
    fold(unit)
    for unit in (
        "ha", "m2", "m²", "km2", "km²", "m3", "m³/ngày đêm", "m3/ngày đêm", "m³/ngày", "%", "triệu USD", "tr. USD",
        "USD", "tỷ đồng", "triệu đồng", "đồng", "tỷ VNĐ", "triệu VNĐ", "VNĐ", "người", "lao động", "dự án", "năm",
        "tháng", "tỷ đồng, triệu USD", "triệu USD, tỷ đồng", "tấn", "doanh nghiệp", "KCN", "số, ngày",
    )
)  # fmt: skip
_ALIKE = 70
"""Of 100 (normalised edit distance): below it two wordings are not compared word by word."""
_MARGIN = 6
"""By how much the nearest wording must be nearer than that of another column."""
_INSERTED = 2
"""How many words a wording may have gained and still be the same header."""
_TURNING = frozenset(
    map(fold, ("chưa", "không", "còn", "lại", "dự", "kiến", "kế", "hoạch", "tăng", "giảm", "tỷ", "lệ", "trừ", "khác"))
)
"""Words that turn a header into another one: "diện tích chưa cho thuê" is not "diện tích cho thuê"."""

_SEQUENCE = ("tt", "stt", "so tt", "so thu tu")
"""What the column of running numbers is called everywhere, whatever the form says."""

Path = tuple[str, ...]
"""The texts over one column of a sheet, from the merged top to the leaf."""


@lru_cache(maxsize=8192)
def key_of(text: str) -> str:
    """Return the folded words of a header cell; empty for a text that is too long to be one."""
    return fold(text) if len(text) <= _LONGEST else ""


@lru_cache(maxsize=8192)
def bare_key_of(text: str) -> str:
    """Return the key without what stands in brackets and without a unit after the last comma."""
    if len(text) > _LONGEST:
        return ""
    bare = _IN_BRACKETS.sub(" ", text)
    start, comma, end = bare.rpartition(",")
    if comma and fold(end) in _UNITS:
        bare = start
    return fold(bare)


def parts_of(wordings: Iterable[Wordings]) -> frozenset[str]:
    """Return the keys that a single cell of a header may have: every wording, and each level of it."""
    texts = (text for words in wordings for column in words.form.columns for text in column.header)
    parts = {part for text in texts for part in (text, *text.split(" > "))}
    return frozenset(_SEQUENCE).union(*((key_of(part), bare_key_of(part)) for part in parts)) - {""}


def is_part(text: str, parts: frozenset[str]) -> bool:
    """Tell whether a cell's text is one of *parts*."""
    return key_of(text) in parts or bare_key_of(text) in parts


def is_unit(text: str) -> bool:
    """Tell whether a cell holds nothing but a unit, as in a row of units below the header."""
    return (key_of(text) or text.strip()) in _UNITS or text.strip().strip("()") == "%"


@lru_cache(maxsize=16384)
def keys_of(path: Path) -> tuple[str, ...]:
    """Return the keys under which a column may be known, the most telling first.

    The whole path, its shorter ends, and top and leaf without what is between; each with and without units.
    """
    ends = [path[start:] for start in range(len(path))]
    ends += [(path[start], path[-1]) for start in range(len(path) - 2)]
    found: dict[str, None] = {}
    for end in ends:
        for words in (key_of, bare_key_of):
            key = " ".join(word for text in end if (word := words(text)))
            if key:
                found[key] = None
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Wordings:
    """What the columns of one form may be called."""

    form: Form
    columns: Mapping[str, str]
    """Key → column key; wordings that two columns share are in it for neither."""

    @classmethod
    def of(cls, form: Form) -> Wordings:
        """Collect the keys of all accepted wordings; a leaf alone counts where it is unique in the form."""
        # In a form of indicators the column that takes the headings is no line of the list.
        named = [(column.key, text) for column in form.columns if column.key != form.record for text in column.header]
        whole = _unique((key, column) for column, text in named for key in _keys(text))
        leaves = _unique((key, column) for column, text in named for key in _leaf(text))
        numbers = dict.fromkeys(_SEQUENCE, form.sequence) if form.sequence else {}
        return cls(form, {**numbers, **leaves, **whole})

    def find(self, path: Path) -> str | None:
        """Return the column that *path* names, or None."""
        return next((column for key in keys_of(path) if (column := self.columns.get(key))), None)

    def near(self, path: Path, taken: Collection[str]) -> str | None:
        """Return the one column that *path* nearly names (a typing error, one or two words more), or None.

        Columns already *taken* are still candidates that may make the answer doubtful, but never the answer.
        """
        best: dict[str, float] = {}
        for written in keys_of(path):
            for wanted, ratio in self._alike(written):
                column = self.columns[wanted]
                best[column] = max(best.get(column, 0), ratio)
        first, second = nlargest(2, [*best.items(), ("", 0.0), ("", 0.0)], key=itemgetter(1))
        return first[0] if first[0] not in taken and first[1] - second[1] >= _MARGIN else None

    def _alike(self, written: str) -> Iterator[tuple[str, float]]:
        """Yield the wordings that have the words of *written*, with how alike the two are as a whole."""
        for wanted, ratio, _ in process.extract(written, self.columns.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE):
            if _same_words(written.split(), wanted.split()):
                yield wanted, ratio


def _keys(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(" > "))
    whole = " ".join(key_of(part) for part in parts)
    bare = " ".join(bare_key_of(part) for part in parts)
    return tuple(key for key in dict.fromkeys((whole, bare)) if key.strip())


def _leaf(text: str) -> tuple[str, ...]:
    return _keys(text.rpartition(" > ")[2]) if " > " in text else ()


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for key, column in pairs:
        owners.setdefault(key, set()).add(column)
    return {key: next(iter(columns)) for key, columns in owners.items() if len(columns) == 1}


def _same_words(written: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether *written* is *wanted* with typing errors inside words and at most two harmless words more."""
    extra = len(written) - len(wanted)
    if not 0 <= extra <= _INSERTED or len(wanted) < 2 or (extra and len(wanted) < 3):
        return False
    place = typos = 0
    for word in written:
        if place < len(wanted) and (word == wanted[place] or _is_typo(word, wanted[place])):
            typos += word != wanted[place]
            place += 1
        elif word in _TURNING:
            return False
    return place == len(wanted) and typos <= 1 + len(wanted) // 4


def _is_typo(word: str, wanted: str) -> bool:
    """Tell whether one letter is wrong, missing or too much; FDI and DDI are two words, not one misspelt."""
    if max(len(word), len(wanted)) < 4 or word.isdigit() or wanted.isdigit():
        return False
    return Levenshtein.distance(word, wanted, score_cutoff=1) <= 1
