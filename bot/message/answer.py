"""What a person says in a mail: answers to our numbered questions, consent, nothing to declare, commands.

Only recognition, from the subject and the sender's own words (see ``own_words``) to an ``Answer``. All patterns run on
letters without accents, so that "DONG Y", "đồng ý" and text in decomposed letters read alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile

from bot.language import bare, fold, nfc, one_line
from bot.message.nil import nil_sentences
from bot.model import Answer, Command, Explanation

_MOST_LINES = 400
_LONGEST_LINE = 2_000
_LONGEST_TEXT = 2_000
_MOST_NUMBERS = 200

_LEAD = r"[\s>*+•·–—-]{0,8}"
_WORD = r"(?:muc|noi dung|cau(?: hoi)?|diem|loi|phat hien|giai trinh(?: (?:cho )?(?:muc|noi dung))?)"
_NUMBERS = rf"\d{{1,3}}(?:\s*(?:,|;|&|\+|-|–|va|den)\s*(?:{_WORD}\s+)?(?:so\s+)?\d{{1,3}}(?!\d))*(?!\d|[.,/]\d)"
_NAMED = re.compile(
    rf"{_LEAD}(?:(?:doi voi|ve|tai)\s+)?(?P<word>{_WORD})\s+(?:thu\s+)?(?P<so>so\s+)?(?P<numbers>{_NUMBERS})\s*"
    r"(?P<mark>[)\]]?\s*(?::|\.(?!\d)|[)/–—-]|=>|->|la\b)?)\s*"
)
_BARE = re.compile(
    rf"{_LEAD}[(\[]?\s*(?P<numbers>{_NUMBERS})\s*"
    r"(?:[)\]]\s*[:.–—-]?|[:.](?!\d)|/(?=\s)|[–—-](?!\d)|=>|->)\s*"
)
_EVERY = re.compile(
    rf"{_LEAD}(?:tat ca|toan bo)(?: (?:cac )?{_WORD})?(?: (?:tren|neu tren|can giai trinh))?\s*[:–—-]\s*"
)
_BETWEEN = re.compile(r"\d+|den|-|–")

_PEOPLE = r"(?:toi|chung toi|don vi|ban|bql|phong|so|co quan|dia phuong|tinh|ui ban|em|minh)"
_AGREED = (
    r"(?:voi|theo|nhu|toan bo|tat ca|ca|cac|noi dung|sua|doi|chua|da|duoc|ban|danh dau|chinh|chuan hoa|cua|he thong|"
    r"qui|co quan|nai|neu|tren|trong|thu|ma|bien nhan|so|lieu|a|nhe|va|tiep nhan|de nghi)"
)
_CONSENT = re.compile(rf"(?:{_PEOPLE}(?: \w+){{0,6}} )?(?:hoan toan |xin )?(?:dong i|nhat tri)(?: {_AGREED})*")
GREETING = re.compile(r"(?:kinh (?:gui|thua|chao|de)|thua|chao|dear|xin chao|hello)\b")
THANKS = re.compile(r"(?:xin |rat |tran trong )?(?:cam on|cam on ve|thanks?|thank you)(?: \w+){0,6}")
_DOUBT = re.compile(
    r"[\s\"“(]*(?:sai (?:luat|quy tac|qui tac)|(?:quy|qui) tac (?:nay )?(?:sai|khong dung))\b[\s\"”):;,.–—-]*"
)
_CORRECTED = re.compile(
    r"(?:(?:chung toi|don vi|bql|toi) )?(?:da |xin |duoc )?"
    r"(?:sua|chinh sua|dieu chinh|bo sung|cap nhat|khac phuc|hieu chinh)"
    r"(?: (?:roi|lai|xong|dung|theo|trong|tep|file|ban|bieu|moi|gui|kem|so|lieu|nai|o|tai|cho|ieu cau|qui|co quan))*"
)
"""On folded text, where y is read as i."""
_COMMANDS = {
    Command.BLANKS: re.compile(
        r"(?:(?:de nghi|xin|cho|gui|vui long) ){0,4}(?:mau(?: bieu)?|bieu mau):?(?: (?P<about>.{1,80}))?"
    ),
    Command.STATUS: re.compile(r"(?:xem |tra cuu )?trang thai(?: (?:bao cao|nop bao cao|gui bao cao))?"),
    Command.GUIDE: re.compile(r"(?:xem |xin )?huong dan(?: (?:gui bao cao|nop bao cao|su dung))?"),
}
_AROUND = " \t[]()\"“”'‘’!.:;-–*"
_FORM_NAME = re.compile(
    r"(?:so|bieu|phu|luc|va|cac|dm|bc-?[ivx]{1,3}|[ivx]{1,4}|\d{1,2}|[ivx]{1,4}[.-]?\d{1,2}|[a-z]{1,3}[.-]?\d{1,3})"
    r"(?:-(?:vb|ck))?\.?"
)
"""One word of what may stand beside a command: a number of a form, or what joins two."""
_RECEIPT = re.compile(r"(?<![\w-])(\d{2})\s?[-–—]\s?([0-9A-Za-z]{1,12})\s?[-–—]\s?(\d{4,8})(?![\w-])")
_TRIAL = re.compile(r"\[\s*kiem\s+tra\s*\]")
_OURS = (re.compile(r"\W*ma bien nhan\s*:\s*\d"), re.compile(r"\W*thoi diem nhan\s*:\s*\d"))


def read_answer(subject: str, words: str) -> Answer:
    """Return what the sender says.

    Args:
        subject: of the mail, decoded.
        words: the sender's own words, several lines; see ``own_words``.
    """
    lines = [nfc(line)[:_LONGEST_LINE].strip() for line in words.splitlines()[:_MOST_LINES]]
    found = _Lines()
    for line in _before_ours(lines):
        found.take(line)
    command, about = _command(subject, found.first)
    explanations = found.explanations()
    return Answer(
        explanations=explanations,
        consent=found.consent or _is_consent(subject),
        nil=() if command else nil_sentences("\n".join([*found.greetings, *found.prose])),
        command=command,
        about=about,
        receipts=_receipts(words[: _MOST_LINES * 80]),
        subject_receipts=_receipts(subject),
        trial=bool(_TRIAL.search(bare(nfc(subject)))),
        prose="" if command else one_line(" ".join(found.prose), _LONGEST_TEXT),
    )


@dataclass(slots=True)
class _Lines:
    """The lines as they are sorted: to a number, to what else is said."""

    first: str = ""
    """The first line that is no greeting: there a command may stand."""
    consent: bool = False
    prose: list[str] = field(default_factory=list)
    greetings: list[str] = field(default_factory=list)
    _numbered: list[tuple[tuple[int, ...], list[str]]] = field(default_factory=list)
    _open: bool = False
    """Whether a line without a number still belongs to the number before."""

    def take(self, line: str) -> None:
        """Sort the next line in."""
        key = fold(line)
        if not key or THANKS.fullmatch(key):
            return
        if GREETING.match(key):
            self.greetings.append(line)
            return
        self.first = self.first or line
        numbers, text = split_numbers(line)
        if numbers is not None:
            self._numbered.append((numbers, [text]))
            self._open = True
        elif _is_consent(line):
            self.consent, self._open = True, False
        elif self._open:
            self._numbered[-1][1].append(line)
        else:
            self.prose.append(line)

    def explanations(self) -> tuple[Explanation, ...]:
        """Return what is said about numbers; a number without a word is left out."""
        told = (_explain(numbers, " ".join(texts)) for numbers, texts in self._numbered)
        return tuple(one for one in told if one is not None)


def split_numbers(line: str) -> tuple[tuple[int, ...] | None, str]:
    """Return the numbers with which a line begins and the rest of it; None where it begins with none.

    An empty tuple stands for all ("tất cả: …"). Dates, hours, figures and numbers of forms are none: what is meant
    is set off by a word ("mục 2") or by a mark and a blank ("2: …", "2) …").

    >>> split_numbers("2, 3: dự án tạm dừng")
    ((2, 3), 'dự án tạm dừng')
    """
    plain = bare(line)
    every = _EVERY.match(plain)
    if every:
        return (), line[every.end() :].strip()
    named = _NAMED.match(plain)
    if named and (named["mark"] or named["so"] or named["word"].startswith(("muc", "cau", "loi"))):
        return _numbers(named["numbers"]), line[named.end() :].strip()
    numbered = _BARE.match(plain)
    return (_numbers(numbered["numbers"]), line[numbered.end() :].strip()) if numbered else (None, line)


def _numbers(written: str) -> tuple[int, ...]:
    """Return the numbers of ``2, 3 và 5-7``, each once."""
    found: list[int] = []
    span = False
    for token in _BETWEEN.findall(written):
        if not token.isdigit():
            span = True
            continue
        number = int(token)
        first = found[-1] + 1 if span and found and found[-1] < number else number
        found.extend(range(first, number + 1))
        span = False
    return tuple(one for one in dict.fromkeys(found) if one > 0)[:_MOST_NUMBERS]


def _explain(numbers: tuple[int, ...], text: str) -> Explanation | None:
    words = one_line(text, _LONGEST_TEXT)
    doubted = _DOUBT.match(bare(words))
    told = words[doubted.end() :].strip() if doubted else words
    if not fold(words):
        return None
    return Explanation(
        numbers,
        told,
        doubt=doubted is not None,
        corrected=_CORRECTED.fullmatch(fold(told)) is not None,
        nil=bool(nil_sentences(told)),
    )


def _is_consent(line: str) -> bool:
    key = _without_receipts(line)
    return not line.rstrip().endswith("?") and _CONSENT.fullmatch(key) is not None


def _without_receipts(line: str) -> str:
    return fold(_RECEIPT.sub(" ", nfc(line)))


def _command(subject: str, first_line: str) -> tuple[Command | None, str]:
    """Return the command that is all the subject, or all of the first line, says, and what it names beside."""
    found = [one for one in map(_command_of, (subject, first_line)) if one is not None]
    # "Xin mẫu" as the subject, and then which ones.
    return next((one for one in found if one[1]), found[0] if found else (None, ""))


def _command_of(text: str) -> tuple[Command, str] | None:
    key = " ".join(bare(nfc(text[:200])).split()).strip(_AROUND)
    for command, pattern in _COMMANDS.items():
        match = pattern.fullmatch(key)
        if match is None:
            continue
        about = (match.groupdict().get("about") or "").strip(f"{_AROUND},")
        if all(_FORM_NAME.fullmatch(word) for word in re.split(r"[\s,;]+", about) if word):
            return command, about.upper()
    return None


def _receipts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys("-".join(one).upper() for one in _RECEIPT.findall(nfc(text))))


def _before_ours(lines: list[str]) -> list[str]:
    """Return the lines before a mail of ours that some mail program has put below without any mark.

    A reply of ours is known by the pair of receipt and time of arrival. The block that stands before the pair holds
    its first two sentences; of that block only what is plainly said to us (a number, consent, a command) is kept.
    """
    for index, line in enumerate(lines[:-1]):
        if _OURS[0].match(bare(line)) and _OURS[1].match(bare(lines[index + 1])):
            break
    else:
        return lines
    end = index - 1
    while end > 0 and (not lines[end] or GREETING.match(fold(lines[end]))):
        end -= 1
    begin = end
    while begin > 0 and lines[begin - 1]:
        begin -= 1
    return [*lines[:begin], *takewhile(_is_plainly_said, lines[begin : end + 1])]


def _is_plainly_said(line: str) -> bool:
    return split_numbers(line)[0] is not None or _is_consent(line) or _command_of(line) is not None
