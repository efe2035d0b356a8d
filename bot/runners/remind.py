"""The clock speaks to reporters: campaigns × standing × now → reminders in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.language import VIETNAM
from bot.model import Owed, State
from bot.reply.compose import compose
from bot.schedule.deadline import days_left
from bot.schedule.reminders import DONE, reminders_due, with_open_stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, time

    from bot.adapters.ledger import Ledger
    from bot.adapters.vault import Vault
    from bot.model import Mail, Outgoing, Rulebook, Standing
    from bot.reply.compose import Sender
    from bot.reply.write import Writer
    from bot.schedule.reminders import Reminder

log = structlog.get_logger(__name__)


def write_reminders(
    ledger: Ledger, rulebook: Rulebook, writer: Writer, now: datetime, at: time
) -> tuple[Outgoing, ...]:
    """Return the reminders that are due and not yet in the outbox: what ``remind`` would send, without sending it."""
    owed = rulebook.open_obligations(now.astimezone(VIETNAM).date())
    due = reminders_due(now, rulebook, ledger.standing(with_open_stage(now, rulebook, owed, at)), at)
    known = ledger.has_mail([one.key for one in due])
    new = [one for one in due if one.key not in known]
    if not new:
        return ()
    standing = ledger.standing(owed)
    written = (_write(one, standing, rulebook, writer, now) for one in new)
    return tuple(one for one in written if one is not None)


def remind(
    ledger: Ledger, vault: Vault, rulebook: Rulebook, writer: Writer, sender: Sender, now: datetime, at: time
) -> int:
    """Put the reminders that are due into the outbox; return how many are new. Doing it twice changes nothing."""
    mails = tuple(compose(one, sender, now) for one in write_reminders(ledger, rulebook, writer, now, at))
    return enqueue(ledger, vault, mails, now)


def enqueue(ledger: Ledger, vault: Vault, mails: Sequence[Mail], now: datetime) -> int:
    """Keep the bytes of the mails in the vault, then put them into the outbox; return how many are new."""
    if not mails:
        return 0
    new = ledger.enqueue(mails, {mail.key: vault.put(mail.raw) for mail in mails}, now)
    log.info("queued", kind=mails[0].kind, mails=new)
    return new


def _write(
    due: Reminder, standing: Sequence[Standing], rulebook: Rulebook, writer: Writer, now: datetime
) -> Outgoing | None:
    owed = tuple(
        Owed(
            one.obligation,
            rulebook.title(one.obligation.campaign, one.obligation.form),
            days_left(one.obligation.deadline, now),
            one.receipt if one.state is State.RETURNED else "",
        )
        for one in due.missing
    )
    accepted = [
        one
        for one in standing
        if one.state in DONE and (one.obligation.campaign, one.obligation.reporter) == (due.campaign, due.reporter)
    ]
    return writer.build_reminder(
        rulebook.reporter(due.reporter), rulebook.campaign(due.campaign), owed, due.key, now, accepted=accepted
    )
