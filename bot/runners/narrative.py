"""The narratives of a submission: Word and PDF files that an outline of a campaign asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.check.quoted import tell_quoted
from bot.decide.halves import Paper
from bot.decide.verdict import judge_narrative, refuse_file
from bot.document import (
    check_outline,
    describe,
    is_signed_copy,
    match_outline,
    named_outlines,
    quoted_figures,
    read_document,
)
from bot.model import RefusalReason, Unreadable
from bot.sheet.content import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from bot.document import Document
    from bot.model import Attachment, Campaign, Outline, Part, Rulebook
    from bot.runners.case import Case


_DOCUMENTS = {"doc": Kind.WORD, "docx": Kind.WORD, "rtf": Kind.WORD, "odt": Kind.WORD, "pdf": Kind.PDF}
_ORNAMENT = re.compile(r"image\d+\.|.*\b(?:logo|banner|icon)\b", re.IGNORECASE)
"""Names of pictures that mail programs attach by themselves, or that belong to a signature."""


@dataclass(frozen=True, slots=True)
class Narrative:
    """A file that answers an outline."""

    outline: Outline
    campaign: Campaign
    document: Document
    signed: bool
    """It is the signed copy itself."""


def with_kind(unreadable: Unreadable, name: str) -> Unreadable:
    """Return why a file cannot be read with the kind that its *name* claims, where it is a document's.

    Behind a password, or where the first bytes are lost, the content itself says no more than that.
    """
    told = unreadable.detail or unreadable.reason not in (RefusalReason.ENCRYPTED, RefusalReason.DAMAGED)
    kind = _DOCUMENTS.get(name.lower().rpartition(".")[2])
    return unreadable if told or kind is None else replace(unreadable, detail=kind.value)


class NarrativeReader:
    """Knows the outlines of all campaigns."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._families = {outline: one.family for one in rulebook.campaigns for outline in one.outlines}

    def read(self, file: Attachment, case: Case, kind: str) -> Narrative | Part | None:
        """Return the narrative that *file* holds, why it is refused, or None for scans and other letters.

        A scan, a photo of a page and a signed PDF are put among the papers of *case*. *kind* is what the file is
        (``PDF``), for who sends a document that cannot be read is told its own cure.
        """
        document = read_document(file.data)
        if isinstance(document, Unreadable):
            if _is_photo(file):
                case.papers.append(self._paper(file, case))
            if document.reason is RefusalReason.WRONG_TYPE:
                return None
            return refuse_file(file, document if document.detail else replace(document, detail=kind))
        if document.scanned:
            case.papers.append(self._paper(file, case))
            return None
        outline, facts = match_outline(document, tuple(self._families)), describe(document)
        signed = is_signed_copy(file.data, document, facts)
        if signed:
            paper = self._paper(file, case, facts.summary, *([outline] if outline else []))
            case.papers.append(replace(paper, number=facts.number, day=facts.date, silent=False))
        if outline is None:
            return None
        named = f"{facts.agency}\n{facts.summary}"
        full_id = f"{self._families[outline]}/{outline.id}"
        campaign = case.place(self._rulebook, full_id, outline.title, named)
        if isinstance(campaign, Unreadable):
            return refuse_file(file, campaign)
        return Narrative(outline, campaign, document, signed)

    def _paper(self, file: Attachment, case: Case, summary: str = "", *outlines: Outline) -> Paper:
        """Return what can be told of a signed copy; without *outlines* its words say which ones it is of."""
        known = tuple(self._families)
        found = (
            outlines
            or named_outlines(f"{file.name} {summary}", known)
            or named_outlines(case.said.partition("\n")[0], known)
        )
        return Paper(file.name, file.sha256, named=tuple(f"{self._families[one]}/{one.id}" for one in found))

    def judge(self, file: Attachment, read: Narrative, case: Case, tables: Mapping[str, pa.Table]) -> Part:
        """Return the part of a narrative; beside a signed copy nobody asks for number, date and signature in it.

        *tables* are the rows of the campaign's forms that its figures are held against, by the ids of the forms.
        """
        notices = self._rulebook.notices
        signed_copy = any(paper.content != file.sha256 for paper in case.papers)
        quoted = quoted_figures(read.document) if read.outline.figures else {}
        findings = (
            *check_outline(read.document, read.outline, notices, signed_copy=signed_copy),
            *tell_quoted(quoted, read.outline, tables, notices["so_lieu_khac_bieu"]),
        )
        late = case.late_days(self._rulebook, read.campaign, read.outline.id)
        return judge_narrative(file, read.campaign.id, read.outline.id, findings, case.history, late_days=late)


def _is_photo(file: Attachment) -> bool:
    """Tell whether a file is a picture that somebody attached: the photo of a signed page."""
    return kind_of(file.data) is Kind.PICTURE and not _ORNAMENT.match(file.name)
