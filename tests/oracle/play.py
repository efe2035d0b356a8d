"""The program's side: the same events in a real ledger, the real reminders, two workers, restarts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger import Arrival, Ledger
from bot.adapters.vault import Vault
from bot.language import VIETNAM, no_later_than
from bot.model import (
    Bounce,
    Decision,
    Extension,
    Heading,
    Mail,
    Obligation,
    Outcome,
    Part,
    Rulebook,
    Settlement,
    Severity,
    SignedCopy,
)
from bot.runners.remind import RemindDesk, enqueue, remind
from bot.schedule.digest import digests_due
from tests.flow.office import SENDER, rulebook, writer
from tests.flow.records import BOX, CAMPAIGN, finding, part
from tests.oracle.events import addresses_of, heads_of, is_let_through, make_events, make_ticks
from tests.oracle.plain import Plain, replay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.model import Outgoing, Owed
    from tests.oracle.events import Event, Tick
    from tests.oracle.plain import Mail as PlainMail

_QUERY = finding("hoi", Severity.QUERY)
_FAR = datetime(2100, 1, 1, tzinfo=VIETNAM)


@dataclass(slots=True)
class Figures:
    """What came of one year."""

    rounds: int = 0
    events: int = 0
    reminders: int = 0
    digests: int = 0
    withdrawn: int = 0
    """Reminders that were written and not sent as they were."""
    wrong: int = 0
    """Sent when, to whom, about what nobody should have sent it."""
    missing: int = 0
    double: int = 0
    first_fault: str = ""

    @property
    def hold(self) -> bool:
        """Return whether the program said exactly what it should."""
        return not (self.wrong or self.missing or self.double)


class _Listening:
    """The real writer, with an ear for what each mail is about."""

    def __init__(self, rules: Rulebook) -> None:
        self._writer = writer(rules)
        self.forms: dict[str, frozenset[str]] = {}
        self.written = 0

    def build_reminder(
        self, reporter: Any, campaign: Any, owed: Sequence[Owed], key: str, *rest: Any, **more: Any
    ) -> Outgoing | None:
        self.forms[key] = frozenset(one.obligation.form for one in (*owed, *more["asked"]))
        self.written += 1
        return self._writer.build_reminder(reporter, campaign, owed, key, *rest, **more)


@dataclass(slots=True)
class _Office:
    """The bot with its ledger."""

    folder: Path
    rules: Rulebook
    ears: _Listening
    ledger: Ledger = field(init=False)
    vault: Vault = field(init=False)
    told: set[tuple[str, date, int]] = field(default_factory=set)
    double: int = 0
    numbers: int = 0

    def __post_init__(self) -> None:
        self.vault = Vault(self.folder / "vault")
        self.start()

    def start(self) -> None:
        self.ledger = Ledger(f"sqlite:///{self.folder / 'ledger.db'}")
        self.ledger.migrate()

    def remind(self, now: datetime) -> int:
        rules = self.rules.extended(self.ledger.extensions())
        desk = RemindDesk(self.ledger, self.vault, rules, self.ears, SENDER, time(8, 0))  # type: ignore[arg-type]
        return remind(desk, now)

    def happen(self, event: Event) -> None:
        owed = [Obligation(CAMPAIGN, form, event.reporter, None) for form in event.forms]
        if event.kind == "extended" and event.until is not None:
            until, words = event.until, no_later_than(event.until)
            self.ledger.extend(
                [Extension(CAMPAIGN, one.form, one.reporter, until, words, "lý do", "x", event.at) for one in owed]
            )
        elif event.kind == "taken back":
            self.ledger.end_extensions(owed, "x", event.at)
        elif event.kind == "bounce":
            self._settle(
                event, Outcome.IGNORED, bounces=(Bounce(event.address, "", "5.1.1", self._mail_to(event), True),)
            )
        elif event.kind == "signed":
            copies = tuple(SignedCopy(CAMPAIGN, form, "a.pdf", "d" * 64) for form in event.forms)
            self._settle(event, Outcome.SIGNED, signed=copies)
        else:
            verdict = Outcome.RETURNED if event.kind == "returned" else Outcome.ACCEPTED
            like = part("", verdict, *((_QUERY,) if event.kind == "queried" else ()))
            parts = tuple(replace(like, form=form, nil=event.kind == "nil") for form in event.forms)
            self._settle(event, verdict, parts)

    def post(self, tick: Tick, seed: int) -> list[PlainMail]:
        """Let out what the server takes in this round."""
        sent = []
        for due in self.ledger.due(_FAR, 1000):
            stages = [one.split("/") for one in due.key.removeprefix("remind:").split("+")]
            reporter = stages[0][1]
            if not due.key.startswith("remind:") or not is_let_through(seed, tick, reporter):
                continue
            self.ledger.sent(due.key, tick.shown)
            told = frozenset((date.fromisoformat(day), int(number)) for _, _, number, day in stages)
            sent.append((reporter, told, frozenset(due.to), self.ears.forms[due.key]))
            units = {(reporter, *one) for one in told}
            self.double += len(units & self.told)
            self.told |= units
        return sent

    def digest(self, now: datetime) -> list[tuple[int, int]]:
        """Queue the digests that are due, as the runner does; return the weeks that are new."""
        weeks = []
        due_now = digests_due(now, self.rules, "mon", time(7, 30))
        known = self.ledger.has_mail([one.key for one in due_now])
        for due in (one for one in due_now if one.key not in known):
            mail = Mail(due.key, "digest", f"<{due.key}@x>", ("bo@bo.example",), "", b"")
            if enqueue(self.ledger, self.vault, [mail], now):
                self.ledger.sent(due.key, now)
                year, week, _ = due.last_day.isocalendar()
                weeks.append((year, week))
        return weeks

    def _mail_to(self, event: Event) -> str:
        """Return the Message-ID of the latest mail to the event's address; empty where there is none."""
        outbox = tables.Outbox
        to_it = col(outbox.recipients).contains(event.address, autoescape=True)
        with self.ledger._reading() as connection:
            latest = select(col(outbox.message_id)).where(to_it).order_by(col(outbox.id).desc()).limit(1)
            return connection.execute(latest).scalar() or ""

    def _settle(
        self,
        event: Event,
        outcome: Outcome,
        parts: tuple[Part, ...] = (),
        bounces: tuple[Bounce, ...] = (),
        signed: tuple[SignedCopy, ...] = (),
    ) -> None:
        self.numbers += 1
        name = hashlib.sha256(b"%d" % self.numbers).hexdigest()
        self.ledger.receive(BOX, [Arrival(self.numbers, name, 1000, event.at)], event.at)
        (message,) = self.ledger.undecided(event.at, 2)
        receipt = f"12-{event.reporter}-{self.numbers:04}"
        decision = Decision(
            outcome, receipt, event.at, "f00", reporter=event.reporter, campaign=CAMPAIGN, parts=parts, signed=signed
        )
        self.ledger.settle(message.id, Settlement(decision, Heading(event.address), bounces=bounces), {}, event.at)


def rules_of_the_year() -> Rulebook:
    """Return the rules of the letter of 2012, with the oracle's addresses."""
    rules = rulebook()
    reporters = tuple(
        replace(one, addresses=addresses_of(one.code), heads=heads_of(one.code)) if one.code.isdigit() else one
        for one in rules.reporters
    )
    return replace(rules, reporters=reporters)


def play(folder: Path, seed: int, *, days: int = 365, provinces: int = 63) -> Figures:
    """Play *days* of random history and hold what was sent against the plain re-computation."""
    rules = rules_of_the_year()
    codes = sorted({one.reporter for one in rules.obligations})[:provinces]
    owed = tuple(one for one in rules.obligations if one.reporter in codes)
    rules = replace(rules, obligations=owed)
    heads = {code: list(heads_of(code)) for code in codes}
    plain = Plain(owed, {code: [one for one in addresses_of(code) if one not in heads[code]] for code in codes}, heads)
    events = make_events(seed, owed, days)
    office = _Office(folder, rules, _Listening(rules))
    figures = Figures(events=len(events))
    pending, before = list(events), None
    for tick in make_ticks(seed, days):
        if tick.restarted:
            office.ledger.close()
            office.start()
        while pending and pending[0].at <= tick.at:
            office.happen(pending.pop(0))
        replay(plain, events, tick, before)
        before = tick.at
        _compare(office, plain, tick, seed, figures)
    office.ledger.close()
    figures.double = office.double
    figures.withdrawn = office.ears.written - figures.reminders
    return figures


def _compare(office: _Office, plain: Plain, tick: Tick, seed: int, figures: Figures) -> None:
    office.remind(tick.shown)
    if tick.doubled:
        figures.wrong += office.remind(tick.shown)
    said = set(office.post(tick, seed))
    through = [one for one in plain.waiting if is_let_through(seed, tick, one)]
    wanted = {plain.send(one, tick.shown) for one in through}
    weeks, due = office.digest(tick.shown), plain.digest(tick.shown)
    figures.rounds += 1
    figures.reminders += len(said)
    figures.digests += len(weeks)
    figures.wrong += len(said - wanted) + len(set(weeks) - {due})
    figures.missing += len(wanted - said) + (due is not None and due not in weeks)
    if (said != wanted or weeks != ([due] if due else [])) and not figures.first_fault:
        figures.first_fault = (
            f"{tick}: said {sorted(map(str, said - wanted))[:2]}, wanted {sorted(map(str, wanted - said))[:2]}, "
            f"digests {weeks}, wanted {due}"
        )
