"""The narratives of a submission: Word and PDF files that an outline of a campaign asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.decide import judge_narrative, refuse_file
from bot.document import check_outline, describe, match_outline, read_document
from bot.model import RefusalReason, Unreadable
from bot.sheet.content import Kind

if TYPE_CHECKING:
    from bot.document import Document
    from bot.model import Attachment, Campaign, Outline, Part, Rulebook
    from bot.runners.case import Case


_DOCUMENTS = {"doc": Kind.WORD, "docx": Kind.WORD, "rtf": Kind.WORD, "odt": Kind.WORD, "pdf": Kind.PDF}


@dataclass(frozen=True, slots=True)
class Narrative:
    """A file that answers an outline."""

    outline: Outline
    campaign: Campaign
    document: Document


@dataclass(frozen=True, slots=True)
class Scan:
    """A PDF without text: the signed copy."""


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

    def read(self, file: Attachment, case: Case, kind: str) -> Narrative | Scan | Part | None:
        """Return the narrative that *file* holds, that it is a scan, why it is refused, or None for other letters.

        *kind* is what the file is (``PDF``), for who sends a document that cannot be read is told its own cure.
        """
        document = read_document(file.data)
        if isinstance(document, Unreadable):
            if document.reason is RefusalReason.WRONG_TYPE:
                return None
            return refuse_file(file, document if document.detail else replace(document, detail=kind))
        if document.scanned:
            return Scan()
        outline = match_outline(document, tuple(self._families))
        if outline is None:
            return None
        facts = describe(document)
        named = f"{facts.agency}\n{facts.summary}"
        full_id = f"{self._families[outline]}/{outline.id}"
        campaign = case.place(self._rulebook, full_id, outline.title, named)
        if isinstance(campaign, Unreadable):
            return refuse_file(file, campaign)
        return Narrative(outline, campaign, document)

    def judge(self, file: Attachment, read: Narrative, case: Case, *, signed_copy: bool) -> Part:
        """Return the part of a narrative; beside a *signed_copy* nobody asks for number, date and signature in it."""
        findings = check_outline(read.document, read.outline, self._rulebook.notices, signed_copy=signed_copy)
        late = case.late_days(self._rulebook, read.campaign, read.outline.id)
        return judge_narrative(file, read.campaign.id, read.outline.id, findings, case.history, late_days=late)
