"""What happens in a year: made by chance from a seed, the same for the program and for the plain re-computation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Literal

from bot.language import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Obligation

Kind = Literal["accepted", "queried", "returned", "nil", "extended", "taken back", "bounce", "signed"]
BEGIN = datetime(2012, 3, 1, 8, 0, tzinfo=VIETNAM)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to one reporter, by the server's clock."""

    at: datetime
    kind: Kind
    reporter: str
    forms: tuple[str, ...] = ()
    until: date | None = None
    address: str = ""
    """Of whom the mail is, or from where one came back."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A round of the bot."""

    number: int
    at: datetime
    """The true instant."""
    shown: datetime
    """What the machine's clock shows."""
    restarted: bool
    """The bot is begun anew before it."""
    doubled: bool
    """A second worker does the same round."""


def addresses_of(code: str) -> tuple[str, ...]:
    """Return the addresses of a reporter, that of its head last; one in ten has none at all."""
    number = int(code)
    if number % 10 == 7:
        return ()
    staff = (f"bql@p{code}.example", f"so@p{code}.example")[: 1 + number % 2]
    return (*staff, *heads_of(code))


def heads_of(code: str) -> tuple[str, ...]:
    """Return the address of the head of the office: every third has one."""
    return (f"lanhdao@p{code}.example",) if int(code) % 3 == 0 and int(code) % 10 != 7 else ()


def make_events(seed: int, owed: Sequence[Obligation], days: int) -> list[Event]:
    """Return what happens to all reporters, in the order of time."""
    chance = Random(f"events {seed}")
    forms: dict[str, list[Obligation]] = {}
    for one in owed:
        forms.setdefault(one.reporter, []).append(one)
    events = [event for code in sorted(forms) for event in _of_one(chance, code, forms[code], days)]
    return sorted(events, key=lambda one: (one.at, one.reporter))


def make_ticks(seed: int, days: int) -> Iterator[Tick]:
    """Yield the rounds: two a day, none in a downtime of some days, some under a clock that runs ahead or behind."""
    chance = Random(f"ticks {seed}")
    down = ahead = 0
    offset, number, restarted = timedelta(), 0, True
    for day in range(days):
        down, ahead = max(0, down - 1), max(0, ahead - 1)
        if not down and chance.random() < 0.02:
            down, restarted = chance.randint(1, 12), True
        if not ahead and chance.random() < 0.02:
            ahead, offset = chance.randint(1, 4), timedelta(days=chance.randint(-12, 12), hours=chance.randint(-5, 5))
        for hour in () if down else (0, 7):
            at = BEGIN + day * _DAY + timedelta(hours=hour, minutes=chance.choice((-1, 0, 0, 0, 25)))
            yield Tick(number, at, at + offset if ahead else at, restarted, chance.random() < 0.1)
            number, restarted = number + 1, chance.random() < 0.02


def is_let_through(seed: int, tick: Tick, reporter: str) -> bool:
    """Tell whether the server takes a mail to that reporter in that round; it may wait for several."""
    return Random(f"{seed} {tick.number} {reporter}").random() < 0.7


def _of_one(chance: Random, code: str, owed: Sequence[Obligation], days: int) -> Iterator[Event]:
    names = [one.form for one in owed]
    mine = addresses_of(code)
    diligence = chance.random()

    def instant() -> datetime:
        return BEGIN + timedelta(minutes=chance.randrange(days * 24 * 60))

    for _ in range(chance.randint(0, 8)):
        kind: Kind = chance.choices(("accepted", "queried", "returned", "nil"), (3 + 4 * diligence, 1, 2, 0.5))[0]
        some = tuple(chance.sample(names, chance.randint(1, len(names))))
        yield Event(instant(), kind, code, some, address=chance.choice(mine) if mine else "la@noikhac.example")
    copies = sorted({one.signed for one in owed if one.signed})
    for _ in range(chance.randint(0, 3)):
        some = tuple(chance.sample(copies, chance.randint(1, len(copies))))
        yield Event(instant(), "signed", code, some, address=chance.choice(mine) if mine else "la@noikhac.example")
    if chance.random() < 0.4:
        given = chance.choice([one for one in owed if one.deadline])
        if given.deadline is not None:
            until = given.deadline.day + timedelta(days=chance.randint(1, 25))
            granted = datetime.combine(given.deadline.day, BEGIN.time(), VIETNAM) + timedelta(
                hours=chance.randint(-15 * 24, 12 * 24)
            )
            some = tuple({given.form, *chance.sample(names, chance.randint(0, 2))})
            yield Event(granted, "extended", code, some, until)
            if chance.random() < 0.3:
                yield Event(granted + timedelta(hours=chance.randint(1, 400)), "taken back", code, some)
    for address in mine:
        if chance.random() < 0.3:
            yield Event(instant(), "bounce", code, address=address)
