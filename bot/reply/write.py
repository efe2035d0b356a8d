"""The door of the package: from a decision, or from what is due, to an outgoing mail with its unique key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.model import Outcome, Outgoing
from bot.reply.board import Board
from bot.reply.compose import is_writable
from bot.reply.contexts import KINDS
from bot.reply.digest import WORDS, draw_enclosures, tell_week
from bot.reply.facts import find_reporter
from bot.reply.notices import alert, remind
from bot.reply.officer import tell_transcript
from bot.reply.recipients import copies, recipients
from bot.reply.replies import admit_fault, answer, confirm_arrival

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bot.model import Campaign, Decision, Enclosure, Heading, Owed, Reporter, Rulebook, Standing, Transcript
    from bot.reply.digest import DigestFacts
    from bot.reply.letter import Letter
    from bot.reply.notices import AlertFacts
    from bot.reply.render import Renderer


_VERDICTS = frozenset({Outcome.ACCEPTED, Outcome.RETURNED, Outcome.DUPLICATE, Outcome.REFUSED, Outcome.SIGNED})


class Writer:
    """Writes the mails of one rulebook with the templates of one language; keeps no state between them."""

    def __init__(self, renderer: Renderer, rulebook: Rulebook) -> None:
        self._renderer = renderer
        self._rulebook = rulebook

    def build_reply(
        self,
        decision: Decision,
        heading: Heading,
        message: str,
        now: datetime,
        *,
        marked: Sequence[Enclosure] = (),
        blanks: Sequence[Enclosure] = (),
        unreachable: Collection[str] = (),
    ) -> Outgoing | None:
        """Return the one reply to the message of that SHA-256.

        It goes to the address in From, which is the registered one, never to a Reply-To; where the campaign says so,
        the reporter's other contacts get a copy of a verdict, but for those *unreachable*. None where no mail may go
        out: the message is ignored, or has no sender to whom one can write. Whether a held sender has had its neutral
        mail already is for the caller to know. *marked* and *blanks* are attached.
        """
        names = [tuple(one.name for one in files) for files in (marked, blanks)]
        context = answer(decision, self._rulebook, now, *names)
        if context is None or not is_writable(heading.sender):
            return None
        key = f"reply:{message}"
        if decision.outcome is Outcome.HELD:
            key = f"held:{heading.sender}/{now.astimezone(VIETNAM):%Y-%m-%d}"
        elif decision.outcome is Outcome.FAILED:
            key = f"fault:{message}"
        outgoing = self._outgoing(key, context, (heading.sender,), heading=heading, enclosures=(*marked, *blanks))
        return replace(outgoing, cc=self._copies(decision, heading.sender, now, unreachable))

    def _copies(self, decision: Decision, sender: str, now: datetime, unreachable: Collection[str]) -> tuple[str, ...]:
        """Return who gets a copy of a verdict; a trial, help and other talk is between the sender and us."""
        reporter = find_reporter(self._rulebook, decision.reporter)
        asked = any(one.id == decision.campaign and one.copy_to_contacts for one in self._rulebook.campaigns)
        if reporter is None or not asked or decision.outcome not in _VERDICTS:
            return ()
        return copies(reporter, sender, now.astimezone(VIETNAM).date(), unreachable)

    def build_fault_notice(
        self, heading: Heading, message: str, receipt: str, received_at: datetime, reporter: str = ""
    ) -> Outgoing | None:
        """Tell the sender of a message that failed: our fault, nothing has to be sent again; None without a sender."""
        if not is_writable(heading.sender):
            return None
        context = admit_fault(receipt, received_at, reporter, "", self._rulebook)
        return self._outgoing(f"fault:{message}", context, (heading.sender,), heading=heading)

    def build_receipt(
        self, heading: Heading, message: str, receipt: str, received_at: datetime, reporter: str
    ) -> Outgoing | None:
        """Tell the sender of a message that it has come and waits; None without a sender to whom one can write."""
        if not is_writable(heading.sender):
            return None
        context = confirm_arrival(receipt, received_at, reporter, self._rulebook)
        return self._outgoing(f"receipt:{message}", context, (heading.sender,), heading=heading)

    def build_reminder(
        self,
        reporter: Reporter,
        campaign: Campaign,
        owed: Sequence[Owed],
        key: str,
        now: datetime,
        *,
        others: Sequence[Campaign] = (),
        to: Sequence[str] | None = None,
        cc: Sequence[str] = (),
        accepted: Sequence[Standing] = (),
        asked: Sequence[Standing] = (),
        blanks: Sequence[Enclosure] = (),
    ) -> Outgoing | None:
        """Remind a reporter of all that it owes, in one mail; None where nothing is owed or nobody can be written to.

        Args:
            reporter: who owes.
            campaign: in whose name the mail is signed.
            owed: what is missing.
            key: says which stages of which deadlines this is.
            now: the instant.
            others: further campaigns that *owed* belongs to.
            to: the addresses; by default all of the reporter's to which one can write.
            cc: the head of the office, when something is long overdue.
            accepted: what it has done already.
            asked: of that, what still has open queries.
            blanks: attached.
        """
        to = recipients((reporter,), now.astimezone(VIETNAM).date())[0] if to is None else to
        if not (owed or asked) or not to:
            return None
        context = remind(
            reporter,
            campaign,
            owed,
            self._rulebook,
            now,
            received=[(one.obligation.campaign, one.obligation.form) for one in accepted],
            enclosed=tuple(one.name for one in blanks),
            asked=asked,
            others=others,
            copied=bool(cc),
        )
        outgoing = self._outgoing(key, context, tuple(to), enclosures=tuple(blanks))
        return replace(outgoing, cc=tuple(cc))

    def build_digest(self, facts: DigestFacts, to: tuple[str, ...], now: datetime) -> Outgoing:
        """Tell the ministry how a campaign stands in that ISO week, with two pictures and a workbook."""
        board = Board(facts.campaign, facts.standings, self._rulebook, now)
        context = tell_week(facts, board)
        drawn = draw_enclosures(context, facts, board, self._renderer.phrasebook(WORDS))
        key = f"digest:{facts.campaign}/{context.year}-W{context.week:02}"
        return self._outgoing(key, context, to, enclosures=drawn)

    def build_transcript(
        self, transcript: Transcript, heading: Heading, message: str, decision: Decision, now: datetime
    ) -> Outgoing | None:
        """Tell an officer what became of his orders; None where he cannot be written to."""
        if not is_writable(heading.sender):
            return None
        context = tell_transcript(transcript, decision, self._rulebook, now)
        return self._outgoing(f"reply:{message}", context, (heading.sender,), heading=heading)

    def build_alert(self, facts: AlertFacts, to: tuple[str, ...]) -> Outgoing:
        """Tell the operator what happened, under which receipt, and what to do."""
        return self._outgoing(f"alert:{facts.subject}", alert(facts, self._rulebook), to)

    def _outgoing(
        self,
        key: str,
        context: Letter,
        to: tuple[str, ...],
        *,
        heading: Heading | None = None,
        enclosures: tuple[Enclosure, ...] = (),
    ) -> Outgoing:
        rendered = self._renderer.render(context)
        thread = (*heading.references, heading.message_id) if heading else ()
        return Outgoing(
            key=key,
            kind=KINDS[type(context)],
            to=to,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            in_reply_to=heading.message_id if heading else "",
            references=tuple(dict.fromkeys(one for one in thread if one)),
            enclosures=enclosures,
        )
