"""The pure packages joined: raw mail in, settlement out. Runs in the child process, and touches nothing.

Opening and settling are two steps because what the ledger knows of a sender (its earlier submissions) can only be
gathered once the sender is known, and only the child may parse the mail that says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.check.examples import table_of
from bot.check.run import Checker
from bot.dataset.keep import parquet_of
from bot.decide import decide, judge_table, receipt_code, refuse_file, remember, repeat_file
from bot.language import VIETNAM
from bot.message import parse_message
from bot.model import (
    Attachment,
    Decision,
    Enclosure,
    Heading,
    Held,
    History,
    Ignored,
    Message,
    Outcome,
    Part,
    Refusal,
    RefusalReason,
    Settlement,
    Submission,
    Unreadable,
)
from bot.reply.annotate import mark_workbook
from bot.reply.compose import Sender, compose
from bot.reply.notices import AlertFacts
from bot.reply.render import Renderer
from bot.reply.write import Writer
from bot.schedule.deadline import days_left, late_days
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, read_workbook
from bot.submission import open_submission, other_reporter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model import Form, Mail, Problem, Reporter, Rulebook, Table


@dataclass(frozen=True, slots=True)
class Opened:
    """What must be known of a message before its history can be gathered."""

    heading: Heading
    reporter: str
    """The code of the registered sender, or empty."""
    contents: tuple[str, ...] = ()
    """SHA-256 of each file that may hold a form."""


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
class _Case:
    """What judging a file needs to know of its sender; nothing of it is known when an officer only checks a file."""

    reporter: Reporter | None
    history: History
    received_at: datetime
    tables: dict[str, bytes]


class Pipeline:
    """The rules, the voice and one DuckDB connection, kept for many messages."""

    def __init__(
        self,
        rulebook: Rulebook,
        templates: Mapping[str, str],
        sender: Sender,
        *,
        operator: str = "",
        shared_inbox: bool = False,
    ) -> None:
        self.rulebook = rulebook
        self._checker = Checker()
        self._vocabulary = Vocabulary.of(rulebook.forms)
        self._writer = Writer(Renderer(templates), rulebook)
        self._sender = sender
        self._operator = operator
        self._shared_inbox = shared_inbox
        self._limits = Limits()

    def warm_up(self) -> None:
        """Hold one row of examples against each form, so that the first message does not pay for DuckDB's start."""
        for form in self.rulebook.forms:
            self._checker.check(form, table_of(form, [{}]), (), self.rulebook.notices)

    def parse(self, raw: bytes, received_at: datetime, *, oversize: bool = False) -> Message:
        """Return what a mail says; with *oversize*, *raw* is only its header block."""
        return parse_message(raw, received_at, own=self._sender.address, oversize=oversize)

    def open(self, message: Message) -> Opened:
        """Return who wrote, and for whom."""
        fate = self._fate(message)
        if isinstance(fate, Submission):
            return Opened(message.heading, fate.reporter.code, tuple(file.sha256 for file in fate.files))
        return Opened(message.heading, fate.reporter.code if isinstance(fate, Refusal) else "")

    def settle(self, message: Message, number: int, history: History, now: datetime) -> Settlement:
        """Return the decision on the message, the mails it leads to and the tables to keep.

        Args:
            message: as parsed.
            number: the ledger's running number, which the receipt prints.
            history: what the ledger knows of its sender.
            now: when the decision is made.
        """
        fate = self._fate(message)
        if isinstance(fate, Held | Ignored):
            return self._settle_apart(message, number, fate, history, now)
        receipt = receipt_code(number, message.received_at, fate.reporter.code)
        tables: dict[str, bytes] = {}
        marked: tuple[Enclosure, ...] = ()
        if isinstance(fate, Refusal):
            parts: tuple[Part, ...] = (Part("", "", Outcome.REFUSED, fate.reason, fate.detail),)
        else:
            files = _without_repeats(fate.files)
            parts = self._judge_files(files, _Case(fate.reporter, history, message.received_at, tables), receipt)
            marked = tuple(self._mark(files, parts))
        decision = decide(
            message.heading,
            parts,
            receipt=receipt,
            received_at=message.received_at,
            reporter=fate.reporter.code,
            rulebook=self.rulebook,
            history=history,
            days_left=lambda deadline: days_left(deadline, message.received_at),
        )
        return self._settlement(message, decision, now, marked, tables)

    def check(self, name: str, data: bytes, now: datetime) -> tuple[tuple[Part, ...], bytes | None]:
        """Return the parts of a workbook that nobody has sent yet, and its marked copy."""
        file = Attachment(name, data, hashlib.sha256(data).hexdigest())
        parts = self._judge_file(file, _Case(None, History(), now, {}))
        copies = self._mark((file,), parts)
        return parts, copies[0].data if copies else None

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
                subject=plight.sha256,
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

    def _fate(self, message: Message) -> Submission | Refusal | Held | Ignored:
        return open_submission(message, self.rulebook, shared_inbox=self._shared_inbox)

    def _settle_apart(
        self, message: Message, number: int, fate: Held | Ignored, history: History, now: datetime
    ) -> Settlement:
        decision = Decision(
            outcome=Outcome.HELD if isinstance(fate, Held) else Outcome.IGNORED,
            receipt=receipt_code(number, message.received_at, ""),
            received_at=message.received_at,
            rules=self.rulebook.hash,
            why=fate.why,
        )
        quiet = history.neutral_reply_at is not None and (now - history.neutral_reply_at).days < 7
        if isinstance(fate, Ignored) or quiet or not message.heading.sender:
            return Settlement(decision, message.heading)
        return self._settlement(message, decision, now)

    def _settlement(
        self,
        message: Message,
        decision: Decision,
        now: datetime,
        marked: tuple[Enclosure, ...] = (),
        tables: Mapping[str, bytes] | None = None,
    ) -> Settlement:
        outgoing = self._writer.build_reply(decision, message.heading, message.sha256, now, marked=marked)
        mails = () if outgoing is None else (compose(outgoing, self._sender, now),)
        return Settlement(decision, message.heading, mails, tables or {})

    def _judge_files(self, files: tuple[Attachment, ...], case: _Case, receipt: str) -> tuple[Part, ...]:
        parts: list[Part] = []
        for file in files:
            judged = self._judge_file(file, case)
            parts += judged
            case = replace(case, history=remember(case.history, judged, receipt, case.received_at))
        return tuple(parts)

    def _judge_file(self, file: Attachment, case: _Case) -> tuple[Part, ...]:
        repeated = repeat_file(file, case.history)
        if repeated:
            return repeated
        if file.damaged:
            return (refuse_file(file, Unreadable(RefusalReason.DAMAGED)),)
        workbook = read_workbook(file.data, self._limits)
        if isinstance(workbook, Unreadable):
            return (refuse_file(file, workbook),)
        matches = identify(workbook, self._vocabulary)
        if isinstance(matches, Unreadable):
            return (refuse_file(file, matches),)
        reads = [(one.form, read_table(workbook, one)) for one in matches]
        # The reader holds the whole sheet; its memory is given back before DuckDB needs some.
        del workbook, matches
        return tuple(
            refuse_file(file, read) if isinstance(read, Unreadable) else self._judge_table(file, form, *read, case)
            for form, read in reads
        )

    def _judge_table(
        self, file: Attachment, form: Form, table: Table, problems: tuple[Problem, ...], case: _Case
    ) -> Part:
        if case.reporter is not None:
            stranger = other_reporter(table.title_block, case.reporter, self.rulebook.reporters)
            if stranger is not None:
                return refuse_file(file, Unreadable(RefusalReason.OTHER_REPORTER, stranger.name))
        received = case.received_at.astimezone(VIETNAM).date()
        findings = self._checker.check(form, table, problems, self.rulebook.notices, received)
        kept = parquet_of(table)
        stored = hashlib.sha256(kept).hexdigest()
        case.tables[stored] = kept
        return judge_table(file, form, table, findings, case.history, late_days=self._late(form, case), stored=stored)

    def _late(self, form: Form, case: _Case) -> int:
        if case.reporter is None:
            return 0
        obligation = self.rulebook.obligation(form.campaign, form.id, case.reporter.code)
        return late_days(obligation.deadline if obligation else None, case.received_at)

    def _mark(self, files: tuple[Attachment, ...], parts: tuple[Part, ...]) -> list[Enclosure]:
        copies = []
        for file in files:
            findings = [one for part in parts if part.content == file.sha256 for one in part.findings]
            if not any(not one.trial for one in findings):
                continue
            data = mark_workbook(file.data, findings, title=file.name, heading=())
            if data is not None:
                stem, _, suffix = file.name.rpartition(".")
                kind = "xlsm" if suffix.lower() == "xlsm" else "xlsx"
                copies.append(Enclosure(f"{stem or 'bieu'}-danh-dau.{kind}", data, _CONTENT_TYPES[kind]))
        return copies


def _without_repeats(files: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Return each content once: a forwarded mail often carries its file twice."""
    by_content: dict[str, Attachment] = {}
    for file in files:
        by_content.setdefault(file.sha256, file)
    return tuple(by_content.values())


_CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
}
