"""The narratives of a submission: Word and PDF files that an outline of a campaign asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.decide import judge_narrative, refuse_file
from bot.document import check_outline, describe, match_outline, read_document
from bot.model import RefusalReason, Unreadable
from bot.schedule.deadline import late_days
from bot.submission import other_reporter
from bot.submission.campaign import find_campaign

if TYPE_CHECKING:
    from bot.document import Document
    from bot.model import Attachment, Campaign, Outline, Part, Rulebook
    from bot.runners.judge import Case


@dataclass(frozen=True, slots=True)
class Narrative:
    """A file that answers an outline."""

    outline: Outline
    campaign: Campaign
    document: Document


@dataclass(frozen=True, slots=True)
class Scan:
    """A PDF without text: the signed copy."""


class NarrativeReader:
    """Knows the outlines of all campaigns."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._families = {outline: one.family for one in rulebook.campaigns for outline in one.outlines}

    def read(self, file: Attachment, case: Case) -> Narrative | Scan | Part | None:
        """Return the narrative that *file* holds, that it is a scan, why it is refused, or None for other letters."""
        document = read_document(file.data)
        if isinstance(document, Unreadable):
            return None if document.reason is RefusalReason.WRONG_TYPE else refuse_file(file, document)
        if document.scanned:
            return Scan()
        outline = match_outline(document, tuple(self._families))
        if outline is None:
            return None
        facts = describe(document)
        named = f"{facts.agency}\n{facts.summary}"
        if case.reporter is not None:
            stranger = other_reporter(named, case.reporter, self._rulebook.reporters, case.day)
            if stranger is not None:
                return refuse_file(file, Unreadable(RefusalReason.OTHER_REPORTER, stranger.name))
        full_id = f"{self._families[outline]}/{outline.id}"
        campaign = find_campaign(full_id, named, "", case.code, self._rulebook, case.day)
        if not campaign.followed:
            return refuse_file(file, Unreadable(RefusalReason.OTHER_MINISTRY, f"{outline.title} ({campaign.ministry})"))
        return Narrative(outline, campaign, document)

    def judge(self, file: Attachment, read: Narrative, case: Case, *, signed_copy: bool) -> Part:
        """Return the part of a narrative; beside a *signed_copy* nobody asks for number, date and signature in it."""
        findings = check_outline(read.document, read.outline, self._rulebook.notices, signed_copy=signed_copy)
        obligation = self._rulebook.obligation(read.campaign.id, read.outline.id, case.code)
        late = late_days(obligation.deadline if obligation else None, case.received_at, self._rulebook.workdays)
        return judge_narrative(
            file, read.campaign.id, read.outline.id, findings, case.history, late_days=late if case.reporter else 0
        )
