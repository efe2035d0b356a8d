"""By when a letter wants something, and from whom: the limits of reporters apart from those of everybody else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.document.letter.days import Now, mentions_of
from bot.document.letter.facts import narrowed
from bot.document.letter.forms import forms_in
from bot.document.letter.lines import sentences_of
from bot.language import bare
from bot.model import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.document.letter.days import Mention
    from bot.model import Reporter


class _Who(Enum):
    REPORTERS = auto()
    MINISTRY = auto()
    """As an actor: the ministry's own offices and other ministries. As a recipient: where reporters send to."""
    ABOVE = auto()
    """Prime Minister, Government, the heads of the ministry."""
    BELOW = auto()
    """Offices within a province, as recipients of what is gathered there."""


_PEOPLE = r"(?:UBND|(?:Ủy|Uỷ|ủy|uỷ) ban (?:nhân dân|Nhân dân))"
_ABOVE = (
    r"(?:Phó )?Thủ tướng|Chính phủ|Quốc hội|Bộ Chính trị|Ban Bí thư|Bộ trưởng|Thứ trưởng|[Ll]ãnh đạo (?:Bộ|Cục|Vụ)"
    r"|cấp có thẩm quyền"
)
_BELOW = rf"{_PEOPLE}|Chủ tịch UBND|Sở|(?:các )?[Ss]ở|[Bb]an [Qq]uản lý|(?:Chi )?[Cc]ục [Tt]hống kê|cơ quan thống kê"
_MINISTRY = (
    r"Bộ|Cục|Vụ|Tổng cục|Văn phòng|Viện|Thanh tra|địa chỉ|email|e-mail|Email|hộp thư|thư điện tử|cơ quan thường trực"
)
_TO = re.compile(
    r"(?:[Gg]ửi|[Nn]ộp|[Bb]áo cáo|trình|về|tới|đến|cho|với|qua|lên)\s+(?:lại\s+|cho\s+|về\s+|các\s+)?(?:"
    rf"(?P<above>{_ABOVE})|(?P<below>{_BELOW})|(?P<ministry>{_MINISTRY}))(?!\w)"
)
_ACTOR = re.compile(
    rf"(?<!\w)(?:(?P<reporters>{_PEOPLE}|Quý (?:Ủy|Uỷ|ủy|uỷ) ban|[Qq]uý (?:cơ quan|đơn vị|địa phương|[Ss]ở|Ban)"
    r"|(?:các )?[Đđ]ịa phương|(?:các )?[Tt]ỉnh, thành phố|Chủ tịch UBND|[Tt]ập đoàn|[Tt]ổng công ty|[Bb]an [Qq]uản lý"
    r"|Sở|các cơ quan, đơn vị|các đơn vị)"
    r"|(?P<ministry>Cục|Vụ|Tổng cục|Thanh tra Bộ|Văn phòng Bộ|[Cc]ác [Bb]ộ|Bộ(?! trưởng| Chính trị)))(?!\w)"
)
_ASKED = re.compile(r"(?:[Đđ]ề nghị|[Yy]êu cầu|[Gg]iao|[Đđ]ôn đốc|[Cc]hỉ đạo|[Dd]ành cho|[Đđ]ối với)\s+(?:các\s+)?$")
_ASIDE = re.compile(
    r"(?:của|với|tại|cho|về|đến|từ|tới|trên|ở|gửi|báo cáo|trình|thuộc|và|qua|,)\s+(?:các\s+)?$", re.IGNORECASE
)
"""What stands before a body that does nothing here: ``báo cáo của các địa phương``."""
_ASKS = re.compile(r"[^;.]{0,80}?(?:đề nghị|yêu cầu|mong|trân trọng)")
_SENDING = re.compile(
    r"(?<!\w)(?P<plain>gui|nop|hoan\s*thanh|hoan\s*thien|xong|phan\s*hoi|cung\s*cap|tra\s*loi|dang\s*ky|thoi\s*gian\s*tiep\s*nhan)\b"
    r"|(?<!\w)(?P<telling>bao\s*cao|trinh|tong\s*hop)\b"
)
_OF_DATA = re.compile(
    r"[Ss]ố liệu|[Ll]u?[ũỹ]y? kế|(?<!\w)[Tt]ính(?: đến)?\s*$|[Gg]iai đoạn|[Kk]ỳ báo cáo|[Tt]hời (?:kỳ|điểm)"
    r"|[Tt]ình hình|[Nn]hiệm kỳ|[Hh]iện trạng|phát sinh"
)
_COUNTED_AT = re.compile(r"(?:[Ss]ố liệu|(?<!\w)[Tt]ính|[Ll]u?[ũỹ]y? kế)\s*$")
_PAST = re.compile(r"(?<!\w)(?:da|duoc|hieu\s*luc|phat\s*sinh|thanh\s*lap|cap\s*phep)\b(?P<rest>[^,;.]*)$")
_GATHERED = re.compile(r"(?<!\w)nhận (?:được )?báo cáo của")
"""``Sở Công Thương nhận báo cáo của các chủ đầu tư trước …``: a stage on the way."""
_PURPOSE = re.compile(r"(?<!\w)(?:để|nhằm|phục vụ)\s")
_ACCOUNT = re.compile(r"(?:dự thảo |[Xx]ây dựng |[Gg]ửi |[Ll]ập |\d )?[Bb]áo cáo(?!\w)")
_NUMBERED = re.compile(r"(?:(?P<number>\d{1,2}(?:\.\d+)*)|(?P<roman>[IVX]{1,5})|[a-zđ])[.)]\s")
_MARKED = re.compile(r"(?:\d{1,2}(?:\.\d+)*|[IVX]{1,5}|[a-zđ])[.)]\s|[-–+•]\s")


def limits_of(paragraphs: Sequence[str], issued: date | None, reporters: Sequence[Reporter] = ()) -> tuple[Limit, ...]:
    """Return every limit of a letter, in its order; *issued* is its own day, None where it is not known."""
    desk = _Desk(Now(issued, issued or _youngest_act(paragraphs)), reporters)
    found: list[Limit] = []
    for paragraph in paragraphs:
        desk.open(paragraph)
        for sentence in sentences_of(paragraph):
            found += desk.limits(sentence)
    return tuple(found)


_CITED = re.compile(
    r"(?:số\s*:?\s*[\d/]+[A-ZĐ/&\w-]*,?\s+ngày|^\W*[Nn]gày|,\s*ngày)\s+(\d{1,2})(?:/|\s+tháng\s+)(\d{1,2})(?:/|\s+năm\s+)(\d{4})"
)


def _youngest_act(paragraphs: Sequence[str]) -> date | None:
    """Return the latest day of the acts that a letter cites."""
    days = []
    for found in (one for text in paragraphs for one in _CITED.finditer(text)):
        try:
            days.append(date(int(found[3]), int(found[2]), int(found[1])))
        except ValueError:
            continue  # a slip of the pen in a citation names no day
    return max(days, default=None)


@dataclass(slots=True)
class _Desk:
    """What is known while a letter is read from its beginning."""

    now: Now
    reporters: Sequence[Reporter] = ()
    headings: dict[int, tuple[_Who | None, str]] = field(default_factory=dict)
    """Under which numbers the items stand, by their level: who is told to act there, and the words."""
    forms: list[str] = field(default_factory=list)
    """Forms named since the last limit, which the next one may be about."""

    def open(self, paragraph: str) -> None:
        """Notice who has to do what stands below: ``4. Cục Công nghiệp địa phương … chịu trách nhiệm:``."""
        marked = _NUMBERED.match(paragraph)
        level = 0 if marked is None else 1 if marked["roman"] else 2 if marked["number"] else 3
        if marked or paragraph.endswith(":"):
            self.headings = {one: heading for one, heading in self.headings.items() if one < level}
            self.headings[level] = (_actor(paragraph), paragraph if paragraph.endswith(":") else "")

    def limits(self, sentence: str) -> Iterator[Limit]:
        """Yield the limits of one sentence."""
        plain, start = bare(sentence), 0
        mine: _Who | None = None
        made: list[Limit] = []
        for one in mentions_of(sentence, plain, self.now):
            head = sentence[start : one.start]
            if not self._is_asked(sentence, plain, start, one):
                continue
            to = _recipient(head) or _recipient(_PURPOSE.split(sentence[one.end :])[0]) or mine
            mine = to
            made.append(self._limit(sentence, one, head, of_reporters=self._is_of_reporters(to, sentence, one)))
            start = one.end
        self.forms += forms_in(sentence[start:])
        yield from made

    def _actor(self, sentence: str) -> _Who | None:
        told = (who for _, (who, _) in sorted(self.headings.items(), reverse=True))
        return _actor(sentence) or next((who for who in told if who), None)

    def _is_of_reporters(self, to: _Who | None, sentence: str, one: Mention) -> bool:
        if to is _Who.BELOW or _GATHERED.search(sentence, 0, one.start):
            return False
        if to is not _Who.ABOVE:
            return self._actor(sentence) is not _Who.MINISTRY
        # What a ministry owes the Government stands before those whom it asks for help in it.
        before = _actor(sentence[: one.start])
        return (before if _actor(sentence) else self._actor(sentence)) is _Who.REPORTERS

    def _owed_by(self, head: str) -> str:
        """Return the condition on those whom a clause singles out, else the nearest number above it."""
        words = (words for _, (_, words) in sorted(self.headings.items(), reverse=True))
        return next((one for text in (head, *words) if (one := narrowed(text, self.reporters))), "")

    def _is_asked(self, sentence: str, plain: str, start: int, one: Mention) -> bool:
        """Tell whether a time is one by which something is wanted, not one of the data or of the past."""
        head, plain_head = sentence[start : one.start], plain[start : one.start]
        past = _PAST.search(plain_head)
        if past and not _SENDING.search(past["rest"]):
            return False
        if one.day is not None and self.now.floor is not None and one.day < self.now.floor:
            return one.strong and _recipient(head) is _Who.MINISTRY  # a slip of the pen, which a person must see
        if one.strong:
            return not _COUNTED_AT.search(head)
        verbs = list(_SENDING.finditer(plain_head))
        if not verbs:
            return not _MARKED.sub("", head).strip() and bool(_SENDING.search(plain, one.end))
        for verb in verbs:
            if not _OF_DATA.search(head, verb.end()) and (verb["plain"] or _recipient(head[verb.start() :])):
                return True
        return False

    def _limit(self, sentence: str, one: Mention, head: str, *, of_reporters: bool) -> Limit:
        """Return the limit, with the forms of its clause; without any, those named since the limit before."""
        forms = forms_in(head)
        if not forms and of_reporters:
            rest = set(forms_in(sentence[one.end :]))
            forms = tuple(name for name in dict.fromkeys(self.forms) if name not in rest)
        self.forms = []
        return Limit(
            words=sentence[one.start : one.end],
            sentence=sentence,
            day=one.day,
            deadline=one.deadline,
            rhythm=one.rhythm,
            concluded=one.concluded,
            hour=one.hour,
            forms=forms,
            owed_by=self._owed_by(head),
            narrative=bool(_ACCOUNT.search(head)),
            of_reporters=of_reporters,
        )


def _recipient(text: str) -> _Who | None:
    """Return to whom *text* sends something: the last one that it names as such."""
    named = list(_TO.finditer(text))
    if not named:
        return None
    last = named[-1]
    return _Who.ABOVE if last["above"] else _Who.BELOW if last["below"] else _Who.MINISTRY


def _actor(sentence: str) -> _Who | None:
    """Return who has to act in a sentence: whom it asks, else the first who is not named in passing or as the asker."""
    first: _Who | None = None
    for found in _ACTOR.finditer(sentence):
        who = _Who.REPORTERS if found["reporters"] else _Who.MINISTRY
        before = sentence[: found.start()]
        if _ASKED.search(before):
            return who
        if (
            first is None
            and not _ASIDE.search(before)
            and not (who is _Who.MINISTRY and _ASKS.match(sentence, found.end()))
        ):
            first = who
    return first
