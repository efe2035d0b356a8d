"""The clock speaks to reporters: campaigns × standing × now → reminders in the outbox."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.deadline import days_left
from bot.decide.halves import list_owed
from bot.language import VIETNAM
from bot.model import State
from bot.reply.compose import compose
from bot.reply.recipients import recipients
from bot.runners.process import with_files
from bot.schedule.reminders import is_asked_about, reminders_due, with_open_stage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime, time

    from bot.adapters.ledger import Ledger, Told
    from bot.adapters.vault import Vault
    from bot.model import Enclosure, Mail, Outgoing, Reporter, Rulebook, Stage, Standing
    from bot.reply.compose import Sender
    from bot.reply.write import Writer
    from bot.runners.blank import BlankMaker
    from bot.schedule.reminders import Reminder

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RemindDesk:
    """Everything that reminding needs."""

    ledger: Ledger
    vault: Vault
    rulebook: Rulebook
    """With the extensions that were granted."""
    writer: Writer
    sender: Sender
    at: time
    """The hour at which a stage begins."""
    blanks: BlankMaker | None = None
    """Draws the blanks that go with the first reminder of a deadline; None sends none."""


@dataclass(frozen=True, slots=True)
class DueMail:
    """A reminder that is due, with those who get it."""

    reminder: Reminder
    reporter: Reporter
    to: tuple[str, ...]
    cc: tuple[str, ...]
    says: str
    """Changes when anything changes that the mail would tell: it is right as long as this is the same."""
    first: frozenset[tuple[str, str]] = field(default=frozenset())
    """Campaign and form of what is missing and is spoken of for the first time."""
    done: tuple[Standing, ...] = ()
    """What the reporter has sent already in the campaigns of what is missing."""


def find_due(desk: RemindDesk, now: datetime) -> tuple[DueMail, ...]:
    """Return the reminders that are due and not sent, those among them that wait in the outbox: what a dry run shows.

    Who has no address is among them too, with an empty *to*: nobody can remind it, a person has to call.
    """
    return _told_and_due(desk, now)[1]


def remind(desk: RemindDesk, now: datetime) -> int:
    """Bring the outbox to what is due at *now*; return how many reminders are new. Doing it twice changes nothing.

    A reminder that waits to be sent and is no longer right (something came, more time was granted, a day has passed) is
    withdrawn, and written anew where something is still missing. Nobody may be sending meanwhile.
    """
    told, found = _told_and_due(desk, now)
    due = [one for one in found if one.to]
    waiting = {one.mail: one.says for one in told if one.waits}
    right = {one.reminder.key for one in due if waiting.get(one.reminder.key) == one.says}
    stale = waiting.keys() - right
    if stale:
        log.info("reminders withdrawn", mails=desk.ledger.withdraw(stale))
    new = sum(_enqueue(desk, one, now) for one in due if one.reminder.key not in right)
    if new:
        log.info("queued", kind="reminder", mails=new)
    return new


def write_reminder(desk: RemindDesk, due: DueMail, now: datetime, blanks: Sequence[Enclosure] = ()) -> Outgoing | None:
    """Return the mail of a reminder that is due."""
    missing = due.reminder.missing
    owed = list_owed(missing, desk.rulebook, lambda deadline: days_left(deadline, now))
    campaigns = [desk.rulebook.campaign(one) for one in dict.fromkeys(one.obligation.campaign for one in missing)]
    return desk.writer.build_reminder(
        due.reporter,
        campaigns[0],
        owed,
        due.reminder.key,
        now,
        others=campaigns[1:],
        to=due.to,
        cc=due.cc,
        accepted=due.done,
        asked=[one for one in missing if is_asked_about(one)],
        blanks=blanks,
    )


def _told_and_due(desk: RemindDesk, now: datetime) -> tuple[tuple[Told, ...], tuple[DueMail, ...]]:
    rulebook, today = desk.rulebook, now.astimezone(VIETNAM).date()
    owed = rulebook.open_obligations(today)
    told = desk.ledger.told({one.campaign for one in owed})
    sent = [one.stage for one in told if not one.waits]
    standing = desk.ledger.standing(with_open_stage(now, rulebook, owed, sent, desk.at))
    due = reminders_due(now, rulebook, standing, sent, desk.at)
    unreachable = {one.address for one in desk.ledger.unreachable()} if due else frozenset()
    known = {one.code: one for one in rulebook.reporters} if due else {}
    done = _done_by_reporter(standing) if due else {}
    mails = []
    for one in due:
        reporter = known[one.reporter]
        body = reporter.body_on(today, known) or reporter
        to, cc = recipients(dict.fromkeys((reporter, body)), today, unreachable, escalated=one.escalated)
        called = {missing.obligation.campaign for missing in one.missing}
        sent_already = tuple(each for each in done.get(one.reporter, ()) if each.obligation.campaign in called)
        says, first = _says(one, to, cc, now), _first_told(one, sent)
        mails.append(DueMail(one, reporter, to, cc, says, first, sent_already))
    return told, tuple(mails)


def _done_by_reporter(standing: Iterable[Standing]) -> dict[str, list[Standing]]:
    done: dict[str, list[Standing]] = {}
    for one in standing:
        if one.done:
            done.setdefault(one.obligation.reporter, []).append(one)
    return done


def _says(reminder: Reminder, to: Sequence[str], cc: Sequence[str], now: datetime) -> str:
    facts = [now.astimezone(VIETNAM).date(), to, cc, reminder]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _first_told(reminder: Reminder, sent: Collection[Stage]) -> frozenset[tuple[str, str]]:
    """Return the missing forms of the deadlines about which this reporter was told nothing yet."""
    known = {(one.campaign, one.day) for one in sent if one.reporter == reminder.reporter}
    return frozenset(
        (one.obligation.campaign, one.obligation.form)
        for one in reminder.missing
        if one.state is State.NOTHING
        and one.obligation.deadline is not None
        and (one.obligation.campaign, one.obligation.deadline.day) not in known
    )


def _enqueue(desk: RemindDesk, due: DueMail, now: datetime) -> bool:
    outgoing = write_reminder(desk, due, now, _draw(desk, due))
    if outgoing is None:
        return False
    mail = compose(outgoing, desk.sender, now)
    return desk.ledger.enqueue_reminder(mail, desk.vault.put(mail.raw), due.reminder.stages, due.says, now)


def _draw(desk: RemindDesk, due: DueMail) -> tuple[Enclosure, ...]:
    if desk.blanks is None or not due.first:
        return ()
    wanted = [(one.obligation.campaign, one.obligation.form) for one in due.reminder.missing]
    history = with_files(desk.ledger.history(due.reporter.code, ""), desk.vault)
    return desk.blanks.enclose([one for one in wanted if one in due.first], due.reporter, history)


def enqueue(ledger: Ledger, vault: Vault, mails: Sequence[Mail], now: datetime) -> int:
    """Keep the bytes of the mails in the vault, then put them into the outbox; return how many are new."""
    if not mails:
        return 0
    new = ledger.enqueue(mails, {mail.key: vault.put(mail.raw) for mail in mails}, now)
    log.info("queued", kind=mails[0].kind, mails=new)
    return new
