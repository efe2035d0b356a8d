"""The files of a submission → its parts: all files are read first, then each form is checked, the others at hand."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from bot.check.examples import table_of
from bot.check.norms import find_slips
from bot.check.run import Checker
from bot.check.sentences import written
from bot.check.tables import fit
from bot.dataset.changes import changes_between
from bot.dataset.keep import parquet_of, read_kept
from bot.decide.agree import accept_repairs
from bot.decide.verdict import judge_table, last_revision, refuse_file, remember, repeat_file
from bot.model import Changes, Form, History, Outcome, RefusalReason, Unreadable
from bot.runners.narrative import Narrative, NarrativeReader, with_kind
from bot.runners.read_form import ReadForm, is_outdated, settle_twice, tell_macros
from bot.sheet.code import read_code
from bot.sheet.content import Kind
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, read_workbook
from bot.submission.campaign import likely_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    import pyarrow as pa

    from bot.model import Attachment, Campaign, Part, Problem, Rulebook
    from bot.runners.case import Case
    from bot.sheet.code import BlankCode
    from bot.sheet.identify import Match
    from bot.sheet.workbook import Workbook


_Opened: TypeAlias = "ReadForm | Narrative | Part"


class Judge:
    """The rules and one DuckDB connection, kept for many submissions."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._checker = Checker(rulebook.registers)
        self._vocabulary = Vocabulary.of(rulebook.forms)
        self._narratives = NarrativeReader(rulebook)
        self._limits = Limits()

    def warm_up(self) -> None:
        """Hold one row of examples against a form, so that the first message does not pay for DuckDB's start.

        A second form would add nothing: DuckDB keeps no plan, and a form's SQL is put together in a millisecond.
        """
        form = self._rulebook.forms[0]
        self._checker.check(form, table_of(form, [{}]), (), self._rulebook.notices)

    def judge(self, files: Sequence[Attachment], case: Case, receipt: str) -> tuple[Part, ...]:
        """Return the parts of a submission, in the order of its files; each content once."""
        own = _without_repeats(files)
        known = {file.sha256: self._open(file, case) for file in own}
        known = settle_twice(own, known)
        here = [read for reads in known.values() for read in reads]
        parts: list[Part] = []
        for file in own:
            judged = tuple(self._judge(file, read, here, case) for read in known[file.sha256])
            parts += judged
            case = replace(case, history=remember(case.history, judged, receipt, case.received_at))
        return tuple(parts)

    def _open(self, file: Attachment, case: Case) -> tuple[_Opened, ...]:
        """Return the forms of a file as read, its narrative, or the parts that say what became of it."""
        repeated = repeat_file(file, case.history)
        if repeated:
            return repeated
        trouble = Unreadable(RefusalReason.DAMAGED) if file.damaged else file.trouble
        if trouble is not None:
            return (refuse_file(file, with_kind(trouble, file.name)),)
        workbook = read_workbook(file.data, self._limits)
        if isinstance(workbook, Unreadable):
            if workbook.reason is not RefusalReason.WRONG_TYPE:
                return (refuse_file(file, with_kind(workbook, file.name)),)
            words = self._narratives.read(file, case, workbook.detail)
            return (refuse_file(file, workbook) if words is None else words,)
        code = self._known(read_code(file.data, workbook))
        likely = likely_forms(case.code, self._rulebook, case.day)
        coded = self._rulebook.form(code.form).full_id if code else ""
        matches = identify(workbook, self._vocabulary, coded=coded, likely=likely)
        if isinstance(matches, Unreadable):
            asked = tuple((case.asked(self._rulebook, "/".join(one)).id, one[1]) for one in matches.forms)
            return (refuse_file(file, replace(matches, forms=asked)),)
        # The reader holds the whole sheet; its memory is given back before DuckDB needs some.
        reads = tuple(self._read(file, workbook, one, code, case) for one in matches)
        return tell_macros(file, reads) if workbook.macros else reads

    def _known(self, code: BlankCode | None) -> BlankCode | None:
        """Return the code of a blank, if the rules still know its form."""
        try:
            return code if code and self._rulebook.form(code.form) else None
        except KeyError:
            return None

    def _read(
        self, file: Attachment, workbook: Workbook, match: Match, code: BlankCode | None, case: Case
    ) -> ReadForm | Part:
        """Return the table of a form and the campaign that it was sent for, or why it cannot be judged."""
        form, read = match.form, read_table(workbook, match)
        title = "\n".join(header.title for _, header in match.places)
        coded = code.form.rpartition("/")[0] if code else ""
        campaign = case.place(self._rulebook, form.full_id, form.title.partition(". ")[0], title, coded)
        if isinstance(campaign, Unreadable):
            return refuse_file(file, campaign)
        if isinstance(read, Unreadable):
            return refuse_file(file, replace(read, forms=((campaign.id, form.id),)))
        table, problems = read
        if code and self._rulebook.form(code.form) == form and is_outdated(code.version, form, problems):
            old = Unreadable(RefusalReason.OLD_VERSION, forms=((campaign.id, form.id),))
            return refuse_file(file, old)
        return ReadForm(form, campaign, table, problems)

    def _judge(self, file: Attachment, read: _Opened, here: Sequence[_Opened], case: Case) -> Part:
        if isinstance(read, Narrative):
            if read.signed and any(_is_file_of(read, one) for one in here):
                return refuse_file(file, Unreadable(RefusalReason.WRONG_TYPE, Kind.PDF))  # only its signed copy
            return self._narratives.judge(file, read, case, dict(self._quoted(read, here, case)))
        if not isinstance(read, ReadForm):
            return read
        forms = [one for one in here if isinstance(one, ReadForm)]
        return self._judge_form(file, read, forms, case)

    def _judge_form(self, file: Attachment, read: ReadForm, here: Sequence[ReadForm], case: Case) -> Part:
        tables = dict(self._tables(read, here, case.history))
        findings = self._checker.check(
            read.form,
            read.table,
            (*read.problems, *self._slips(read, case.history)),
            self._rulebook.notices,
            case.day,
            tables=tables,
            reporter=case.code,
        )
        if case.agreeing:
            told, findings = findings, accept_repairs(findings)
            if told != findings:
                case.agreed.add(file.sha256)
        kept = parquet_of(read.table)
        stored = hashlib.sha256(kept).hexdigest()
        case.tables[stored] = kept
        late = case.late_days(self._rulebook, read.campaign, read.form.id)
        return judge_table(
            file,
            read.campaign.id,
            read.form,
            read.table,
            findings,
            case.history,
            late_days=late,
            stored=stored,
            changes=self._changes(read, stored, case.history),
        )

    def _changes(self, read: ReadForm, stored: str, history: History) -> Changes | None:
        """Return what has changed in the rows since the last revision; None where its rows are not at hand."""
        before = last_revision(history, read.campaign.id, read.form.id)
        if before is None or before.table not in history.kept:
            return None
        if before.table == stored:
            return Changes()
        earlier = fit(read.form, read_kept(history.kept[before.table]))
        try:
            return changes_between(self._checker.database, read.form, earlier, read.table.data, written)
        except duckdb.OutOfMemoryException:
            return None  # the verdict does not hang on it: a table of that size is told without its changes

    def _slips(self, read: ReadForm, history: History) -> Iterator[Problem]:
        """Yield the columns that look written in another unit: by what was accepted before, or by the peers."""
        form, campaign = read.form, read.campaign
        earlier = self._accepted(history, campaign, form) or self._of_period_before(history, campaign, form)
        return find_slips(form, read.table.data, history.norms.get((campaign.id, form.id), {}), earlier)

    def _tables(self, read: ReadForm, here: Sequence[ReadForm], history: History) -> Iterator[tuple[str, pa.Table]]:
        """Yield the other tables that the form's rules look at, as far as they are to be had.

        Of another form, the one in the same submission comes first, whatever its verdict: the officer has just
        written both. Else the latest accepted one.
        """
        for name in sorted({table for rule in read.form.rules for table in rule.tables}):
            if name == "lan_truoc":
                found = self._accepted(history, read.campaign, read.form)
            elif name == "ky_truoc":
                found = self._of_period_before(history, read.campaign, read.form)
            else:
                found = self._of_other_form(name, read, here, history)
            if found is not None:
                yield name, found

    def _of_other_form(self, name: str, read: ReadForm, here: Sequence[ReadForm], history: History) -> pa.Table | None:
        form = self._rulebook.form(name)
        for other in reversed(here):
            if other.form.full_id == name and other.campaign.family in (read.campaign.family, form.campaign):
                return other.table.data
        if form.campaign == read.campaign.family:
            return self._accepted(history, read.campaign, form)
        rounds = sorted((one for one in self._rulebook.campaigns if one.family == form.campaign), key=_opened)
        return next(
            (table for one in reversed(rounds) if (table := self._accepted(history, one, form)) is not None), None
        )

    def _quoted(self, read: Narrative, here: Sequence[_Opened], case: Case) -> Iterator[tuple[str, pa.Table]]:
        """Yield the forms whose figures a narrative quotes: one beside it comes before the one accepted last."""
        beside = {one.form.id: one for one in here if isinstance(one, ReadForm) and one.campaign == read.campaign}
        for name in dict.fromkeys(figure.form for figure in read.outline.figures):
            form = self._rulebook.form(f"{read.campaign.id}/{name}")
            found = beside[name].table.data if name in beside else self._accepted(case.history, read.campaign, form)
            if found is not None:
                yield name, found

    def _of_period_before(self, history: History, campaign: Campaign, form: Form) -> pa.Table | None:
        before = [one for one in self._rulebook.campaigns if one.family == campaign.family and one.period]
        earlier = sorted((one for one in before if one.opened < campaign.opened), key=_opened)
        return self._accepted(history, earlier[-1], form) if earlier else None

    def _accepted(self, history: History, campaign: Campaign, form: Form) -> pa.Table | None:
        """Return the latest table of that form that was accepted, from the vault."""
        for one in reversed(history.settled):
            if (one.campaign, one.form, one.verdict) == (campaign.id, form.id, Outcome.ACCEPTED):
                path = history.kept.get(one.table)
                return None if path is None else fit(form, read_kept(path))
        return None


def _is_file_of(signed: Narrative, other: _Opened) -> bool:
    """Tell whether *other* is the file of the narrative of which the first one is the signed copy."""
    if not isinstance(other, Narrative) or other.signed:
        return False
    return (other.campaign.id, other.outline.id) == (signed.campaign.id, signed.outline.id)


def _opened(campaign: Campaign) -> date:
    return campaign.opened


def _without_repeats(files: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Return each content once: a forwarded mail often carries its file twice."""
    by_content: dict[str, Attachment] = {}
    for file in files:
        by_content.setdefault(file.sha256, file)
    return tuple(by_content.values())
