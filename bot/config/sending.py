"""How our mails leave: at once, after a person's word, or by a person's hand; kinds of mail may differ."""

from __future__ import annotations

from typing import Literal

from bot.config.values import Section

Mode = Literal["live", "approve", "drafts"]
"""Sent by us; sent by us after ``bot outbox approve``; written to the folder of drafts, and sent by a person."""
_ALWAYS_LIVE = ("alert_", "officer_")
"""What the operator must hear of whatever he has set: nobody would know that something waits. And what an officer is
told about his own orders: it goes to nobody else, and without it he could confirm nothing."""
_GROUPS = (
    ("reply_returned", "returns"),
    ("reply_trial", "answers"),
    ("reply_", "acknowledgements"),
    ("receipt", "acknowledgements"),
    ("fault_sender", "acknowledgements"),
    ("refuse_", "refusals"),
    ("answer_", "answers"),
    ("held", "strangers"),
    ("reminder", "reminders"),
    ("digest", "digests"),
)
"""How the kinds of a group begin; the first that fits counts."""


class Modes(Section):
    """Groups of mails that leave in another way than the others; None is as the others do."""

    acknowledgements: Mode | None = None
    """Accepted, duplicate, signed copy, early receipt, our own fault."""
    returns: Mode | None = None
    refusals: Mode | None = None
    answers: Mode | None = None
    """To words: explanations, questions for help, trials."""
    strangers: Mode | None = None
    """The neutral mail to unknown senders."""
    reminders: Mode | None = None
    digests: Mode = "live"
    """To the ministry itself: it tells what waits."""


class Sending(Section):
    """How much of our mail leaves without a person."""

    mode: Mode = "live"
    modes: Modes = Modes()

    def mode_of(self, kind: str) -> Mode:
        """Return how mails of that *kind* leave; a kind in no group leaves as ``mode`` says."""
        if kind.startswith(_ALWAYS_LIVE):
            return "live"
        group = next((group for begin, group in _GROUPS if kind.startswith(begin)), "")
        own: Mode | None = getattr(self.modes, group) if group else None
        return own or self.mode

    @property
    def all_modes(self) -> frozenset[Mode]:
        """Return every mode in which some mail leaves."""
        own = {getattr(self.modes, name) for name in Modes.model_fields}
        return frozenset({self.mode, *(one for one in own if one)})
