"""A nil report in one line of the mail: "không phát sinh", "tỉnh không có KCN"."""

from __future__ import annotations

import re

from bot.language import fold, one_line

_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n")
_THING = (
    r"(?:kcn|kkt|ccn|kcnc|kcx|khu cong nghiep|khu kinh te|cum cong nghiep|khu che xuat|khu cong nghe cao|"
    r"du an|noi dung|so lieu|truong hop|thong tin|bien dong|thai doi|khu nao|cum nao)"
)
_NIL = re.compile(
    r"\b(?:(?:khong|chua)(?: co)?(?: \w+){0,3} phat sinh"
    rf"|(?:khong|chua) (?:co|thanh lap|duoc thanh lap|hinh thanh|qui hoach)(?: \w+){{0,2}} {_THING}"
    rf"|{_THING}(?: \w+){{0,3}} (?:khong co|chua co|khong phat sinh)"
    r"|(?:bao cao|so lieu) (?:trang|bang khong|bang 0))\b"
)
"""On folded text, where y is read as i."""
_CONDITION = re.compile(
    r"\b(?:neu|vi du|trong truong hop|truong hop (?:khong|chua)|co phai|hai khong|hoac|"
    r"(?:gui|nop|bao cao|bo sung) sau|se (?:gui|nop|bao cao|bo sung)|gia han|lui thoi han|dang (?:tong hop|thu thap)|"
    r"chua (?:co|nhan duoc|tong hop)(?: \w+){0,2} (?:so lieu|thong tin))\b"
)
"""What makes a sentence no statement: a condition, a question, or that something is still to come."""
_DOING = re.compile(r"\b(?:gui|nop|kem|bo sung|hoan thanh|hoan thien|cap nhat)\b")
"""What a clause says of other forms: "Biểu I.3 đã gửi, Biểu I.2 không phát sinh"."""
_CLAUSE = re.compile(r"(?<=[,;])\s+")
_LONGEST = 400
"""Of a sentence; a longer one says more than that there is nothing."""


def nil_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences by which the sender says that there is nothing to declare, in his words.

    Args:
        text: the sender's own words (see ``own_words``): a quoted request holds such sentences too.

    Questions and conditions ("nếu không phát sinh thì …?") say nothing, and clauses that tell what was or will be sent
    are left out. What a sentence means for which form is not decided here.
    """
    return tuple(
        _clauses(sentence)
        for sentence in _SENTENCE.split(text[:20_000])
        if len(sentence) <= _LONGEST and _NIL.search(fold(sentence)) and not _is_no_statement(sentence)
    )


def _clauses(sentence: str) -> str:
    kept = [one for one in _CLAUSE.split(sentence) if _NIL.search(key := fold(one)) or not _DOING.search(key)]
    return one_line(" ".join(kept) or sentence, _LONGEST)


def _is_no_statement(sentence: str) -> bool:
    # A quotation that is closed and was never opened is the end of what somebody else has written.
    is_torn = sentence.count("”") > sentence.count("“")
    return is_torn or sentence.rstrip().endswith("?") or bool(_CONDITION.search(fold(sentence)))
