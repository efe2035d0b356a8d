"""A document against the outlines that campaigns ask for: which one it is, and what is missing in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.document.describe import DocumentFacts, describe
from bot.document.title import DocumentType, Title, titles_of
from bot.language import fold, one_line
from bot.model import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.document.text import Document
    from bot.model import Notice, Outline, Section

_OPENING = 3_000
"""Characters in which a narrative that its title does not name says what it is about."""
_LEAST_SHARE = 0.6
"""Of the required sections, for a document that is known by its text alone."""
_ABBREVIATIONS = (
    (re.compile(r"\bkcn\b"), "khu cong nghiep"),
    (re.compile(r"\bkktcn\b"), "khu kinh te khu cong nghiep"),
    (re.compile(r"\bkkt(vb|ck)?\b"), r"khu kinh te \1"),
    (re.compile(r"\bccn\b"), "cum cong nghiep"),
    (re.compile(r"\bvb\b"), "ven bien"),
    (re.compile(r"\bck\b"), "cua khau"),
    (re.compile(r"\bnd\b"), "nghi dinh"),
    (re.compile(r"\bqd\b"), "quiet dinh"),
    (re.compile(r"\b(cac|cua|va|so|nhung|tren|dia|ban|tai)\b"), " "),
)
"""What a title may shorten or leave out, on folded text, without being about something else."""
_FORWARDS = re.compile(r"^(?:về việc\s+)?(?:gửi|trình|nộp|chuyển|kèm)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:(?:Phần|Mục|Chương)\s+)?(?:[IVXLC]+|\d{1,2}(?:\.\d{1,2})*|[A-Za-zđĐ])\s*[.)/:-]\s*\S", re.IGNORECASE
)
_LEAD = re.compile(r"[^:]{1,100}(?=:)")
_SENTENCES = re.compile(r"(?<=[.;!?])\s+")
_DECISIVE = re.compile(r"(?:không|chưa) (?:có|phát sinh|phát hiện)|kèm theo|đính kèm|gửi kèm", re.IGNORECASE)
"""One sentence is enough where it says that there is nothing to say, or points to an enclosure."""
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class _Body:
    """The text below a title."""

    headings: tuple[str, ...]
    sentences: tuple[str, ...]

    @classmethod
    def of(cls, document: Document, start: int) -> _Body:
        """Return what stands from paragraph *start* on."""
        headings, sentences = [], []
        for index, text in enumerate(document.paragraphs[start:], start):
            if _is_heading(document, index):
                headings.append(text)
                continue
            lead = _LEAD.match(text)
            if lead:
                headings.append(lead[0])
            sentences += _SENTENCES.split(text)
        return cls(tuple(headings), tuple(sentences))

    def holds(self, section: Section) -> bool:
        """Tell whether a heading or two sentences speak about the section, or one sentence that says enough.

        A sentence says enough where its match holds a figure (it names a document, a form, a date), where it says
        that there is nothing to tell, or where it points to an enclosure.
        """
        pattern = re.compile(section.pattern, re.IGNORECASE)
        if any(pattern.search(heading) for heading in self.headings):
            return True
        count = 0
        for sentence in self.sentences:
            found = pattern.search(sentence)
            if found:
                count += 2 if any(map(str.isdigit, found[0])) or _DECISIVE.search(sentence) else 1
            if count > 1:
                return True
        return False

    def missing(self, outline: Outline) -> tuple[Section, ...]:
        """Return the required sections about which nothing is found, in the outline's order."""
        return tuple(one for one in outline.sections if one.required and not self.holds(one))

    def share(self, outline: Outline) -> float:
        """Return which part of the required sections is there."""
        required = sum(one.required for one in outline.sections)
        return 1 - len(self.missing(outline)) / required if required else 0.0


def _is_heading(document: Document, index: int) -> bool:
    """Tell whether a paragraph is set apart: by the file, by a number before it, or by capitals."""
    text = document.paragraphs[index]
    if len(text) > 250:
        return False
    if index in document.headings or text.isupper():
        return True
    return bool(_NUMBERED.match(text)) and (len(text) <= 100 or not text.endswith((".", ";")))


def match_outline(document: Document, outlines: Sequence[Outline]) -> Outline | None:
    """Return the outline that the document was written to, or None where it is no narrative of ours.

    A document of the type BÁO CÁO is known by the words of its title; the longest match wins, then the one of which
    more sections are there. Where the title says too little, or the document is a letter without that word, its opening
    must name the subject and most of the sections must be there. A letter that only sends something on never counts.
    """
    titles = tuple(titles_of(document))
    for title in titles:
        if title.type is DocumentType.NARRATIVE:
            found = _best(document, outlines, title.summary, title.end, least=0.0)
            if found is not None:
                return found
    first = titles[0] if titles else Title(DocumentType.UNKNOWN, "", 0)
    own = {one.type for one in titles} or {DocumentType.UNKNOWN}
    if not own & {DocumentType.NARRATIVE, DocumentType.LETTER, DocumentType.UNKNOWN}:
        return None
    if first.type is DocumentType.LETTER and _FORWARDS.match(first.summary) and DocumentType.NARRATIVE not in own:
        return None
    opening = f"{first.summary} {' '.join(document.paragraphs)[:_OPENING]}"
    return _best(document, outlines, opening, first.end, least=_LEAST_SHARE)


def _best(document: Document, outlines: Sequence[Outline], words: str, start: int, *, least: float) -> Outline | None:
    """Return the outline whose words stand in *words* and of which at least a share of *least* is written."""
    known = f" {_plain(words)} "
    lengths = ((max((len(one) for one in _words(each) if f" {one} " in known), default=0), each) for each in outlines)
    named = [(length, outline) for length, outline in lengths if length]
    if not least:
        longest = max((length for length, _ in named), default=0)
        named = [one for one in named if one[0] == longest]
        if len(named) == 1:  # the title alone decides, and the text need not be searched for every section
            return named[0][1]
    body = _Body.of(document, start)
    ranked = [(share, length, one) for length, one in named if (share := body.share(one)) >= least]
    return max(ranked, key=lambda one: one[:2])[2] if ranked else None


def _words(outline: Outline) -> Iterator[str]:
    return (plain for word in outline.words if (plain := _plain(word)))


def _plain(text: str) -> str:
    """Return *text* folded, its abbreviations written out and its little words left out."""
    plain = fold(text)
    for pattern, whole in _ABBREVIATIONS:
        plain = pattern.sub(whole, plain)
    return " ".join(plain.split())


def named_outlines(text: str, outlines: Sequence[Outline]) -> tuple[Outline, ...]:
    """Return the outlines of which *text* (a file's name, a subject, a trích yếu) holds the words."""
    known = f" {_plain(text)} "
    return tuple(one for one in outlines if any(f" {word} " in known for word in _words(one)))


def check_outline(
    document: Document, outline: Outline, notices: Mapping[str, Notice], *, signed_copy: bool = False
) -> tuple[Finding, ...]:
    """Return what the document lacks, one finding for each.

    Notices: ``thieu_muc`` for a missing section, ``chua_co_so_ngay``, ``chua_co_chu_ky``; of a draft only that it is
    one (``ban_du_thao``), and its missing sections. With *signed_copy* the signed paper came beside it, and only the
    sections are asked for. Raises KeyError where *notices* lack one of the four.
    """
    body = _Body.of(document, _start(document, outline))
    findings = [_finding(notices["thieu_muc"], outline, column=section.title) for section in body.missing(outline)]
    if not signed_copy:
        findings += _form_findings(describe(document), outline, notices)
    return tuple(findings)


def _start(document: Document, outline: Outline) -> int:
    """Return where the text of the narrative begins: below the title that names it, or below the first one."""
    titles = [one for one in titles_of(document) if one.type is DocumentType.NARRATIVE] or list(titles_of(document))
    words = set(_words(outline))
    named = (one for one in titles if any(f" {word} " in f" {_plain(one.summary)} " for word in words))
    found = next(named, None) or next(iter(titles), None)
    return found.end if found else 0


def _form_findings(facts: DocumentFacts, outline: Outline, notices: Mapping[str, Notice]) -> Iterator[Finding]:
    if facts.draft:
        # A draft has no number and no signature by its nature: the cause hides its consequences.
        yield _finding(notices["ban_du_thao"], outline)
        return
    if not facts.number or facts.date is None:
        seen = "; ".join(filter(None, (facts.number_line, facts.date_line)))
        yield _finding(notices["chua_co_so_ngay"], outline, written=seen)
    if not facts.signed:
        yield _finding(notices["chua_co_chu_ky"], outline)


def _finding(notice: Notice, outline: Outline, *, column: str = "", written: str = "") -> Finding:
    values = {"column": column, "written": one_line(written), "bao_cao": outline.title}

    def filled(sentence: str) -> str:
        return one_line(_PLACE.sub(lambda one: values.get(one[1], one[0]), sentence), 500)

    return Finding(
        rule=notice.id,
        severity=notice.severity,
        title=notice.title,
        say=filled(notice.say),
        fix=filled(notice.fix),
        place=Place(column=column),
        row_key=column,
        written=values["written"],
    )
