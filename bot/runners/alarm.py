"""Alarms: the operator hears once that something is not well, and once that it is over."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.delivery import Accepted
from bot.adapters.smtp import Postman
from bot.health_words import name_trouble, say_cure, say_trouble
from bot.language import moment
from bot.model.health import Ill, Trouble
from bot.reply.compose import Sender, compose
from bot.reply.notices import AlertFacts
from bot.runners.doctor import tell_problem
from bot.schedule.health import is_over

if TYPE_CHECKING:
    from datetime import datetime

    from bot.adapters.clock import Clock
    from bot.adapters.ledger import Ledger, OpenAlarm
    from bot.adapters.sign_in import SignIn
    from bot.adapters.vault import Vault
    from bot.config import Config, Smtp
    from bot.model import Mail
    from bot.model.health import Health
    from bot.reply.write import Writer

    Which = tuple[Ill, str]

log = structlog.get_logger(__name__)

CALM = 300.0
"""Seconds for which nothing may be amiss before it is over: what comes and goes is one trouble."""
_TRY_AGAIN = 60.0
"""Seconds after a server that did not take an alarm."""


@dataclass(frozen=True, slots=True)
class Cry:
    """An alarm that does not get out through the outbox, and has to be carried to a server directly."""

    trouble: Trouble
    since: datetime
    alarm: int | None = None
    """Its number in the ledger; None where the ledger could not take it."""


@dataclass
class Alarms:
    """Who tells of troubles; *writer* and *sender* as for all mail of ours."""

    ledger: Ledger
    vault: Vault
    writer: Writer
    sender: Sender
    config: Config
    clock: Clock
    sign_in: SignIn | None = None
    """Who gives the tokens of our own server, where it wants some."""
    _known: dict[Which, OpenAlarm] = field(default_factory=dict)
    """What the ledger said last."""
    _absent: dict[Which, float] = field(default_factory=dict)
    """Since when by the steady clock a trouble that was told is not seen any more."""
    _unkept: dict[Which, datetime] = field(default_factory=dict)
    """What the ledger could not take, and since when."""
    _cried: dict[Which, Trouble] = field(default_factory=dict)
    """Of that, what a server has taken nevertheless."""
    _rest_until: float = 0.0

    def tell(self, health: Health) -> tuple[Cry, ...]:
        """Note what has begun and what is over, each with its mail; return what has to be carried otherwise."""
        present = {(one.ill, one.subject): one for one in health.troubles}
        if not self.config.ministry.operator:
            return ()
        try:
            self._known = {(one.ill, one.subject): one for one in self.ledger.open_alarms()}
            for which, trouble in present.items():
                if which not in self._known:
                    self._begin(trouble, health.at)
            for which, alarm in self._known.items():
                if which in present or not is_over(which[0], which[1], health.vitals):
                    self._absent.pop(which, None)
                elif self.clock.steady() - self._absent.setdefault(which, self.clock.steady()) >= CALM:
                    self._end(alarm, health.at)
            self._end_cried(present, health.at)
        except (SQLAlchemyError, OSError) as problem:
            log.error("alarms could not be noted", problem=tell_problem(problem))  # noqa: TRY400
            for which in present.keys() - self._known.keys():
                self._unkept.setdefault(which, health.at)
        return () if self.clock.steady() < self._rest_until else self._cries(present)

    def carry(self, cries: tuple[Cry, ...]) -> int:
        """Hand each to a server that takes it; return how many were taken. It may wait as long as servers let it."""
        done = 0
        for cry in cries:
            if not self._carry(cry):
                self._rest_until = self.clock.steady() + _TRY_AGAIN
                break
            done += 1
            if cry.alarm is None:
                self._cried[cry.trouble.ill, cry.trouble.subject] = cry.trouble
            else:
                self.ledger.told_by_second(cry.alarm, self.clock.now())
        return done

    def _cries(self, present: dict[Which, Trouble]) -> tuple[Cry, ...]:
        unkept = [
            Cry(present[which], since)
            for which, since in self._unkept.items()
            if which in present and which not in self._cried
        ]
        if self.config.alarm.smtp is None or not any(ill is Ill.SEND for ill, _ in present):
            return tuple(unkept)
        waiting = [
            Cry(present[which], one.began_at, one.id)
            for which, one in self._known.items()
            if one.waits and which in present
        ]
        return (*waiting, *unkept)

    def _begin(self, trouble: Trouble, now: datetime) -> None:
        which = trouble.ill, trouble.subject
        # Who has heard of it already, past a ledger that took nothing, hears only that it is over.
        mails = () if which in self._cried else (self._letter(trouble, now, self.sender),)
        self.ledger.begin_alarm(trouble, mails, self._keep(mails), self._unkept.get(which, now))
        self._unkept.pop(which, None)
        self._cried.pop(which, None)
        log.error("alarm", ill=trouble.ill.value, subject=trouble.subject)

    def _end(self, alarm: OpenAlarm, now: datetime) -> None:
        mails = (self._over(Trouble(alarm.ill, alarm.subject), alarm.began_at, now),)
        self.ledger.end_alarm(alarm.id, mails, self._keep(mails), now)
        self._absent.pop((alarm.ill, alarm.subject), None)
        log.info("alarm over", ill=alarm.ill.value, subject=alarm.subject)

    def _end_cried(self, present: dict[Which, Trouble], now: datetime) -> None:
        """Say that what never came into the ledger is over, now that the ledger works again."""
        for which, trouble in list(self._cried.items()):
            if which not in present:
                mails = (self._over(trouble, self._unkept.get(which, now), now),)
                self.ledger.enqueue(mails, self._keep(mails), now)
                del self._cried[which]
        self._unkept = {which: since for which, since in self._unkept.items() if which in present}

    def _keep(self, mails: tuple[Mail, ...]) -> dict[str, str]:
        return {one.key: self.vault.put(one.raw) for one in mails}

    def _carry(self, cry: Cry) -> bool:
        second = self.config.alarm.smtp
        # Where only the ledger is in the way, the first server is asked first.
        servers = [second] if cry.alarm is not None else [self.config.smtp, second]
        return any(one is not None and self._hand_over(cry, one) for one in servers)

    def _hand_over(self, cry: Cry, smtp: Smtp) -> bool:
        other = smtp is not self.config.smtp
        sender = Sender(smtp.sender, smtp.sender_name, smtp.domain, self.sender.secret) if other else self.sender
        to = self.config.alarm.to if other else ""
        mail = self._letter(cry.trouble, cry.since, sender, to)
        # A connection of its own: the other one may be waiting for an answer.
        with closing(Postman(smtp, self.sign_in, final_answer=smtp.timeout_seconds)) as postman:
            delivery = postman.deliver(smtp.sender, mail.to, mail.raw)
        if isinstance(delivery, Accepted):
            return True
        log.error("an alarm was not taken", server=smtp.host, answer=str(delivery))
        return False

    def _letter(self, trouble: Trouble, at: datetime, sender: Sender, to: str = "") -> Mail:
        facts = AlertFacts(
            _subject(trouble, at), "trouble", "", at, "", say_trouble(trouble), trouble=name_trouble(trouble),
            cure=say_cure(trouble),
        )  # fmt: skip
        return self._compose(facts, sender, to)

    def _over(self, trouble: Trouble, began_at: datetime, now: datetime) -> Mail:
        facts = AlertFacts(
            f"{_subject(trouble, began_at)}/over", "over", "", now, "", moment(began_at), trouble=name_trouble(trouble)
        )
        return self._compose(facts, self.sender)

    def _compose(self, facts: AlertFacts, sender: Sender, to: str = "") -> Mail:
        outgoing = self.writer.build_alert(facts, (to or self.config.ministry.operator,))
        return compose(outgoing, sender, self.clock.now())


def _subject(trouble: Trouble, at: datetime) -> str:
    return f"health:{trouble.ill}/{trouble.subject}/{at:%Y-%m-%dT%H:%M:%S.%f}"
