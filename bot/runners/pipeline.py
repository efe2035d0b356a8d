"""The pure packages joined: raw mail in, settlement out. Runs in the child process, and touches nothing.

Opening and settling are two steps because what the ledger knows of a sender (its earlier submissions) can only be
gathered once the sender is known, and only the child may parse the mail that says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.deadline import days_left
from bot.decide.explain import remember_explained
from bot.decide.halves import place_papers
from bot.decide.verdict import decide, forget_contents, judge_nil, receipt_code, take_out_trial
from bot.language import VIETNAM
from bot.message import check_signatures, parse_message, read_orders
from bot.model import (
    Attachment,
    Consent,
    Decision,
    Enclosure,
    Heading,
    Held,
    HeldReason,
    History,
    Ignored,
    Matter,
    Message,
    Ordering,
    Outcome,
    Part,
    Proof,
    Refusal,
    Settlement,
    Submission,
    Talk,
)
from bot.reply.compose import Sender, compose
from bot.reply.findings import number_parts
from bot.reply.notices import AlertFacts
from bot.reply.render import Renderer
from bot.reply.write import Writer
from bot.runners.agree import Agreement, find_agreement
from bot.runners.blank import BlankMaker, blanks_that_help
from bot.runners.case import Case
from bot.runners.heard import hear
from bot.runners.judge import Judge
from bot.runners.mark import Marker
from bot.runners.token import prove_by_blanks
from bot.submission import hear_officer, is_officer, miss_file, open_submission, point_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.model import Agreed, Authentication, Mail, Orders, Remembered, Rulebook, TrustedServers
    from bot.runners.heard import Heard


@dataclass(frozen=True, slots=True)
class Opened:
    """What must be known of a message before its history can be gathered."""

    heading: Heading
    reporter: str
    """The code of the registered sender, or empty."""
    contents: tuple[str, ...] = ()
    """SHA-256 of each file that may hold a form."""
    pointers: tuple[str, ...] = ()
    """Message-IDs and receipts by which it may mean a mail of ours, the most trusted first."""
    keys: tuple[str, ...] = ()
    """Names in the DNS of the keys by which it could be proved the registered sender's, where nothing else does."""
    ordering: Ordering | None = None
    """What a proved officer orders in it."""
    unproved: Orders | None = None
    """What is ordered in it in the name of an officer, of whom nothing proves that he wrote it."""


@dataclass(frozen=True, slots=True)
class Plight:
    """A message on which we failed for the last time."""

    sha256: str
    received_at: datetime
    receipt: str
    error: str
    tries: int
    heading: Heading | None = None
    reporter: str = ""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What became of the files."""

    parts: tuple[Part, ...] = ()
    marked: tuple[Enclosure, ...] = ()
    agreed: Agreed | None = None


class Pipeline:
    """The judge and the voice, kept for many messages."""

    def __init__(
        self,
        rulebook: Rulebook,
        templates: Mapping[str, str],
        sender: Sender,
        *,
        trust: TrustedServers,
        officers: tuple[str, ...] = (),
        blank_secret: bytes = b"",
        operator: str = "",
        shared_inbox: bool = False,
    ) -> None:
        self.rulebook = self._loaded = rulebook
        self._remembered: tuple[Remembered, ...] = ()
        self._judge = Judge(rulebook)
        self._renderer = Renderer(templates)
        self._writer = Writer(self._renderer, rulebook)
        self._marker = Marker(templates)
        self._blanks = BlankMaker(rulebook, templates, blank_secret)
        self._sender = sender
        self._trust = trust
        self._officers = officers
        self._blank_secret = blank_secret
        self._operator = operator
        self._shared_inbox = shared_inbox

    def know(self, contacts: Sequence[Remembered]) -> None:
        """Take *contacts* for approved ones, and none beside those of the contacts file."""
        if tuple(contacts) != self._remembered:
            self._remembered = tuple(contacts)
            self.rulebook = self._loaded.with_contacts(contacts)
            self._writer = Writer(self._renderer, self.rulebook)

    def warm_up(self) -> None:
        """Let the first message pay for no start-up."""
        self._judge.warm_up()

    def parse(
        self, raw: bytes, received_at: datetime, *, oversize: bool = False, found: Authentication | None = None
    ) -> Message:
        """Return what a mail says; with *oversize*, *raw* is only its header block.

        *found* is what its signatures have proved before: it need not be found again, and cannot be without the keys.
        """
        sender, trust = self._sender, self._trust
        message = parse_message(
            raw, received_at, own=sender.address, secret=sender.secret, trust=trust, oversize=oversize
        )
        if found is not None:
            message = replace(message, authentication=message.authentication.and_then(found))
        return prove_by_blanks(message, self.rulebook, trust, self._blank_secret)

    def prove(self, message: Message, raw: bytes, records: Mapping[str, bytes]) -> Authentication:
        """Return whether a signature proves the author of a mail, by the TXT records that stand under its keys."""
        return check_signatures(raw, message.heading.sender, message.received_at, records)

    def open(self, message: Message, vouched: str = "") -> Opened:
        """Return who wrote, and for whom; *vouched* is the reporter whose mail a person has said it to be."""
        fate = self._fate(message, vouched)
        if isinstance(fate, Submission):
            contents = tuple(file.sha256 for file in fate.files)
            return Opened(message.heading, fate.reporter.code, contents, point_at(message))
        if isinstance(fate, Refusal | Talk):
            return Opened(message.heading, fate.reporter.code, pointers=point_at(message))
        if isinstance(fate, Ordering):
            return Opened(message.heading, "", ordering=fate)
        reason = fate.reason if isinstance(fate, Held) else None
        keys = message.keys if reason in {HeldReason.UNPROVED, HeldReason.OFFICER} else ()
        unproved = _orders(message) if reason is HeldReason.OFFICER else None
        return Opened(message.heading, "", keys=keys, unproved=unproved)

    def acknowledge(self, message: Message, number: int, now: datetime, vouched: str = "") -> Mail | None:
        """Return the receipt for a mail that must wait; None for a machine's, and for one that is held."""
        fate = self._fate(message, vouched)
        if isinstance(fate, Held | Ignored | Ordering):
            return None
        receipt = receipt_code(number, message.received_at, fate.reporter.code)
        outgoing = self._writer.build_receipt(
            message.heading, message.sha256, receipt, message.received_at, fate.reporter.code
        )
        return None if outgoing is None else compose(outgoing, self._sender, now)

    def settle(self, message: Message, number: int, history: History, now: datetime, vouched: str = "") -> Settlement:
        """Return the decision on the message, the mails it leads to and the tables to keep.

        Args:
            message: as parsed.
            number: the ledger's running number, which the receipt prints.
            history: what the ledger knows of its sender.
            now: when the decision is made.
            vouched: the code of the reporter whose mail a person has said it to be; empty where nobody has.
        """
        rulebook = self.rulebook.extended(history.extensions)
        fate = self._fate(message, vouched)
        if isinstance(fate, Ordering):
            return self._settle_orders(message, number, history, now)
        heard = hear(message, fate, rulebook, history)
        agreement = find_agreement(message, fate, history, self.parse)
        if isinstance(fate, Talk) and not heard and (agreement is None or self._is_elsewhere(agreement)):
            fate = miss_file(message, fate.reporter, shared_inbox=self._shared_inbox)
        if isinstance(fate, Held | Ignored):
            return self._settle_apart(message, number, fate, history, now)
        receipt = receipt_code(number, message.received_at, fate.reporter.code)
        trial = isinstance(fate, Submission) and message.answer.trial
        history = remember_explained(forget_contents(history) if trial else history, heard.noted)
        said = f"{message.heading.subject}\n{message.text}"
        case = Case(fate.reporter, history, message.received_at, said=said)
        judged = self._judge_files(fate, case, receipt, agreement)
        papers = () if trial or agreement else case.papers
        signed = place_papers(papers, judged.parts, case.code, rulebook, history, case.day)
        decision = decide(
            message.heading,
            (*judged.parts, *self._declare(heard, judged.parts, case, rulebook)),
            receipt=receipt,
            received_at=message.received_at,
            reporter=fate.reporter.code,
            rulebook=rulebook,
            history=history,
            days_left=lambda deadline: days_left(deadline, message.received_at),
            noted=heard.noted,
            nil=heard.nil,
            agreed=judged.agreed,
            help_asked=heard.help,
            trial=trial,
            signed=signed,
        )
        wanted = decision.help.wanted if decision.help else blanks_that_help(decision)
        blanks = self._blanks.enclose(wanted, fate.reporter, history)
        writer = Writer(self._renderer, rulebook)
        return self._settlement(message, decision, now, writer, judged.marked, case.tables, blanks, history.unreachable)

    def _declare(self, heard: Heard, parts: Sequence[Part], case: Case, rulebook: Rulebook) -> Iterator[Part]:
        """Yield a part for each form that the mail settles by saying that there is nothing; a file goes before."""
        here = {(one.campaign, one.form) for one in parts}
        for campaign, form in heard.nil.forms if heard.nil else ():
            if (campaign, form) not in here:
                late = case.late_days(rulebook, rulebook.campaign(campaign), form)
                yield judge_nil(campaign, form, case.history, late_days=late)

    def _is_elsewhere(self, agreement: Agreement) -> bool:
        """Tell whether a word of consent in a shared inbox may well be for somebody else."""
        return self._shared_inbox and agreement.agreed.consent is Consent.UNKNOWN

    def _judge_files(
        self, fate: Submission | Talk | Refusal, case: Case, receipt: str, agreement: Agreement | None
    ) -> _Judged:
        """Judge the files of the message, or those to whose repairs it agrees."""
        if isinstance(fate, Refusal):
            return _Judged((Part("", "", Outcome.REFUSED, fate.reason, fate.detail),))
        files = fate.files if isinstance(fate, Submission) else ()
        if agreement is not None:
            files, case = agreement.files, agreement.applied_to(case)
        parts = number_parts(self._judge.judge(files, case, receipt))
        if agreement is not None and agreement.agreed.consent is Consent.APPLIED and not case.agreed:
            case.tables.clear()
            return _Judged(agreed=replace(agreement.agreed, consent=Consent.NOTHING))
        marked = tuple(self._marker.copies(files, parts, receipt))
        return _Judged(parts, marked, agreement.agreed if agreement else None)

    def check(self, name: str, data: bytes, now: datetime) -> tuple[tuple[Part, ...], bytes | None]:
        """Return the parts of a workbook that nobody has sent yet, and its marked copy."""
        file = Attachment(name, data, hashlib.sha256(data).hexdigest())
        parts = number_parts(self._judge.judge((file,), Case(None, History(), now), ""))
        copy = next(self._marker.copies((file,), parts), None)
        return parts, copy.data if copy else None

    def apologise(self, plight: Plight, now: datetime) -> tuple[Mail, ...]:
        """Return the mails of a failure of ours: to the sender, if a person is known, and to the operator."""
        written = []
        if plight.heading is not None and not plight.heading.automatic and plight.reporter:
            written.append(
                self._writer.build_fault_notice(
                    plight.heading, plight.sha256, plight.receipt, plight.received_at, plight.reporter
                )
            )
        if self._operator:
            facts = AlertFacts(
                # Whoever lets it be tried again is told again when that fails too.
                subject=f"{plight.sha256}/{now.astimezone(VIETNAM):%Y-%m-%dT%H:%M:%S.%f}",
                matter="message",
                receipt=plight.receipt,
                occurred_at=now,
                other_side=plight.heading.sender if plight.heading else "",
                cause=plight.error,
                tries=plight.tries,
                reporter=plight.reporter,
            )
            written.append(self._writer.build_alert(facts, (self._operator,)))
        return tuple(compose(one, self._sender, now) for one in written if one is not None)

    def _fate(self, message: Message, vouched: str) -> Submission | Talk | Refusal | Held | Ignored | Ordering:
        heading, shared = message.heading, self._shared_inbox
        if not vouched and not heading.automatic and is_officer(heading.sender, self._officers):
            ordering = hear_officer(message, _orders(message), self.rulebook, shared_inbox=shared)
            if ordering is not None:
                return ordering
        return open_submission(message, self.rulebook, self._trust, vouched=vouched, shared_inbox=shared)

    def _settle_orders(self, message: Message, number: int, history: History, now: datetime) -> Settlement:
        """Tell an officer what his orders have led to; where nobody has looked at them, nothing is told."""
        decision = Decision(
            outcome=Outcome.ANSWERED,
            receipt=receipt_code(number, message.received_at, ""),
            received_at=message.received_at,
            rules=self.rulebook.hash,
            grounds=message.authentication.grounds,
            matter=Matter.ORDERS,
        )
        if history.transcript is None:
            return Settlement(decision, message.heading)
        outgoing = self._writer.build_transcript(history.transcript, message.heading, message.sha256, decision, now)
        mails = () if outgoing is None else (compose(outgoing, self._sender, now),)
        return Settlement(decision, message.heading, mails)

    def _settle_apart(
        self, message: Message, number: int, fate: Held | Ignored, history: History, now: datetime
    ) -> Settlement:
        decision = Decision(
            outcome=Outcome.HELD if isinstance(fate, Held) else Outcome.IGNORED,
            receipt=receipt_code(number, message.received_at, ""),
            received_at=message.received_at,
            rules=self.rulebook.hash,
            why=fate.reason.value if isinstance(fate, Held) else fate.why,
            grounds=fate.grounds if isinstance(fate, Held) else "",
        )
        quiet = history.neutral_reply_at is not None and (now - history.neutral_reply_at).days < 7
        # Who only claims to write gets no word from us: it would reach somebody who has not written.
        stranger = isinstance(fate, Held) and fate.reason is HeldReason.UNKNOWN_SENDER
        if stranger and not quiet and self._trust.believes(message.authentication):
            return self._settlement(message, decision, now, self._writer)
        return Settlement(decision, message.heading, bounces=message.bounces)

    def _settlement(
        self,
        message: Message,
        decision: Decision,
        now: datetime,
        writer: Writer,
        marked: tuple[Enclosure, ...] = (),
        tables: Mapping[str, bytes] | None = None,
        blanks: tuple[Enclosure, ...] = (),
        unreachable: frozenset[str] = frozenset(),
    ) -> Settlement:
        outgoing = writer.build_reply(
            decision, message.heading, message.sha256, now, marked=marked, blanks=blanks, unreachable=unreachable
        )
        mails = () if outgoing is None else (compose(outgoing, self._sender, now),)
        kept = {} if decision.outcome is Outcome.TRIAL else tables
        if message.authentication.proof in {Proof.BLANKS, Proof.SIGNED}:
            decision = replace(decision, grounds=message.authentication.grounds)
        return Settlement(take_out_trial(decision), message.heading, mails, kept or {})


def _orders(message: Message) -> Orders:
    heading = message.heading
    return read_orders(heading.subject, message.words, is_reply=bool(heading.in_reply_to or heading.references))
