"""The sender's side of judging: what is known of it, and which of its files are for us to judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.deadline import late_days
from bot.language import VIETNAM
from bot.model import RefusalReason, Unreadable
from bot.submission import other_reporter
from bot.submission.campaign import find_campaign
from bot.submission.period import is_other_period, named_rounds, strange_period

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.decide.halves import Paper
    from bot.model import Campaign, History, Reporter, Rulebook


@dataclass(frozen=True, slots=True)
class Case:
    """What judging files needs to know of their sender; little of it is known when an officer only checks a file."""

    reporter: Reporter | None
    history: History
    received_at: datetime
    tables: dict[str, bytes] = field(default_factory=dict)
    """Takes SHA-256 → Parquet of every table that is to be kept."""
    agreeing: bool = False
    """The sender has agreed to the repairs of these files."""
    agreed: set[str] = field(default_factory=set)
    """Takes SHA-256 of each file in which this changes the weight of a finding."""
    said: str = ""
    """What the mail says of itself: its subject and the sender's own words."""
    papers: list[Paper] = field(default_factory=list)
    """Takes each file that is a signed copy of something."""

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
        obligation = rulebook.extended(self.history.extensions).obligation(campaign.id, form, self.code)
        return late_days(obligation.deadline if obligation else None, self.received_at, rulebook.workdays)

    def place(
        self, rulebook: Rulebook, full_id: str, name: str, title_block: str, coded: str = ""
    ) -> Campaign | Unreadable:
        """Return the campaign for which a form or narrative was sent, or why it cannot be judged.

        Args:
            rulebook: holds reporters and campaigns.
            full_id: of the form or narrative.
            name: what people call it.
            title_block: what it says of itself: a province, a period.
            coded: the campaign that a blank's code names; empty where there is none.
        """
        asked = self.asked(rulebook, full_id)
        form = full_id.rpartition("/")[2]
        if self.reporter is not None:
            stranger = other_reporter(title_block, self.reporter, rulebook.reporters, self.day)
            if stranger is not None:
                return Unreadable(RefusalReason.OTHER_REPORTER, stranger.name, ((asked.id, form),))
        campaign = find_campaign(full_id, title_block, coded, self.code, rulebook, self.day)
        if not campaign.followed:
            return Unreadable(RefusalReason.OTHER_MINISTRY, f"{name} ({campaign.ministry})")
        wrong = self._wrong_period(campaign, asked, form, title_block)
        return campaign if not wrong else Unreadable(RefusalReason.WRONG_PERIOD, wrong, ((asked.id, form),))

    def asked(self, rulebook: Rulebook, full_id: str) -> Campaign:
        """Return the campaign for which a form or narrative that says nothing itself is taken today."""
        return find_campaign(full_id, "", "", self.code, rulebook, self.day)

    def _wrong_period(self, named: Campaign, asked: Campaign, form: str, title_block: str) -> str:
        """Return the name of the period that a form cannot be meant for; empty where it can."""
        if named.period is None or asked.period is None:
            return ""
        if is_other_period(named, asked, form, self.said, self.history, self.day):
            return named.period.title
        return "" if named_rounds((named,), title_block) else strange_period(title_block)
