"""The sender's side of judging: what is known of it, and which of its files are for us to judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.model import RefusalReason, Unreadable
from bot.schedule.deadline import late_days
from bot.submission import other_reporter
from bot.submission.campaign import find_campaign

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.model import Campaign, History, Reporter, Rulebook


@dataclass(frozen=True, slots=True)
class Case:
    """What judging files needs to know of their sender; little of it is known when an officer only checks a file."""

    reporter: Reporter | None
    history: History
    received_at: datetime
    tables: dict[str, bytes] = field(default_factory=dict)
    """Takes SHA-256 → Parquet of every table that is to be kept."""
    scans: set[str] = field(default_factory=set)
    """Takes SHA-256 of each signed copy, a PDF without text."""

    @property
    def code(self) -> str:
        """Return the reporter's code, or nothing."""
        return self.reporter.code if self.reporter else ""

    @property
    def day(self) -> date:
        """Return the day on which the files were received, in Vietnamese time."""
        return self.received_at.astimezone(VIETNAM).date()

    def late_days(self, rulebook: Rulebook, campaign: Campaign, form: str) -> int:
        """Return by how many days a form or narrative is late; 0 for what the sender does not owe."""
        obligation = rulebook.obligation(campaign.id, form, self.code)
        return late_days(obligation.deadline if obligation else None, self.received_at, rulebook.workdays)

    def place(
        self, rulebook: Rulebook, full_id: str, name: str, title_block: str, coded: str = ""
    ) -> Campaign | Unreadable:
        """Return the campaign for which a form or narrative was sent, or why it is not for us to judge.

        Args:
            rulebook: holds reporters and campaigns.
            full_id: of the form or narrative.
            name: what people call it.
            title_block: what it says of itself: a province, a period.
            coded: the campaign that a blank's code names; empty where there is none.
        """
        if self.reporter is not None:
            stranger = other_reporter(title_block, self.reporter, rulebook.reporters, self.day)
            if stranger is not None:
                return Unreadable(RefusalReason.OTHER_REPORTER, stranger.name)
        campaign = find_campaign(full_id, title_block, coded, self.code, rulebook, self.day)
        if not campaign.followed:
            return Unreadable(RefusalReason.OTHER_MINISTRY, f"{name} ({campaign.ministry})")
        return campaign
