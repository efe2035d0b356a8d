"""Mutant after mutant through vault, ledger and the daemon's own children; what broke a promise is kept as a file."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path
from typing import TYPE_CHECKING

from tests.corpora.intake import SENDERS, Intake
from tests.corpora.letters import Letter
from tests.fuzz.mutate import mutate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.corpora.intake import Fate

_BATCH = 40
_RENEW_AFTER = 50
"""Batches after which the office begins anew: a ledger of some thousand mails slows the questions of history."""
_LARGEST = 400_000
_MACHINES = ("ignored",)


@dataclass(slots=True)
class Tally:
    """How far a campaign came, and what it found."""

    number: int = 0
    """Of the next mutant."""
    tried: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    """Names of the kept files."""
    deaths: Counter[str] = field(default_factory=Counter)
    """Children that died, by what they died of: each cost its own mail a try, and nothing else."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The mails from which mutants are made."""

    own: tuple[bytes, ...]
    """Ours, most of registered senders: they go deep, so every other mutant is made of them."""
    others: tuple[bytes, ...]
    """Those of the corpora, where they are there."""

    def mutant(self, seed: int, number: int) -> bytes:
        """Return mutant *number* of the campaign with that *seed*."""
        chance = random.Random(f"{seed} {number}")
        kind = self.own if chance.random() < 0.5 or not self.others else self.others
        return mutate(chance.choice(kind), chance, kind)


def sound_mails() -> Sound:
    """Return the sound mails; the corpora are read anew each time."""
    from tests.corpora.letters import letters
    from tests.corpora.walk import CORPORA

    others = [one.raw for one in letters(SENDERS)] if CORPORA.exists() else []
    return Sound(_own_mails(), _usable(others))


def _own_mails() -> tuple[bytes, ...]:
    cases = [file.read_bytes() for file in sorted(Path(__file__).parents[1].glob("flow/cases/*/mail.eml"))]
    return _usable([*_forms(), *cases])


def _usable(raws: Sequence[bytes]) -> tuple[bytes, ...]:
    crlf = (raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n") for raw in raws)
    return tuple(one for one in crlf if 20 < len(one) <= _LARGEST)


def run_campaign(
    seed: int, keep: Path, *, seconds: float, progress: Callable[[Tally], None], first: int | None = None
) -> Tally:
    """Try mutants for so many *seconds*, from where the last campaign of that seed stopped, or from *first*."""
    ended, sound = time.monotonic() + seconds, sound_mails()
    keep.mkdir(parents=True, exist_ok=True)
    place = keep / f"{seed}.next"
    tally = Tally(first if first is not None else int(place.read_text("ascii")) if place.exists() else 0)
    while time.monotonic() < ended:
        with tempfile.TemporaryDirectory() as folder, Intake(Path(folder)) as intake:
            _begin(intake, sound.own)
            for _ in range(_RENEW_AFTER):
                if time.monotonic() >= ended:
                    break
                _try_some(intake, sound, seed, keep, tally)
                place.write_text(str(tally.number), "ascii")
                progress(tally)
    return tally


def _begin(intake: Intake, own: Sequence[bytes]) -> None:
    """Let the children start, which on a busy machine would look like a hang of the first mutants.

    Raises:
        RuntimeError: sound mails kill them, so that mutants would prove nothing.
    """
    letters = [Letter(f"sound-{number}", "sound", one) for number, one in enumerate(own)]
    dead = [told for fate in intake.settle(letters, lambda _: None) for told in fate.faults]
    if dead:
        raise RuntimeError(f"children die of sound mails: {dead[0]}")


def replay(file: Path) -> tuple[str, ...]:
    """Return what breaks when the mail in *file* is settled; nothing where all holds."""
    with tempfile.TemporaryDirectory() as folder, Intake(Path(folder)) as intake:
        _begin(intake, _own_mails())
        (fate,) = intake.settle([Letter(file.name, "replayed", file.read_bytes())], lambda _: None)
        return tuple(_breaches(fate, intake))


def _try_some(intake: Intake, sound: Sound, seed: int, keep: Path, tally: Tally) -> None:
    numbers = range(tally.number, tally.number + _BATCH)
    mutants = [Letter(f"{seed}-{number}", "mutated", sound.mutant(seed, number)) for number in numbers]
    before = _files(intake.data.parent)
    try:
        fates = intake.settle(mutants, lambda _: None)
    except Exception as problem:
        for one in mutants:
            (keep / f"{one.file}-daemon.eml").write_bytes(one.raw)
        raise RuntimeError(f"the daemon's side failed between {numbers[0]} and {numbers[-1]}") from problem
    tally.number, tally.tried = numbers[-1] + 1, tally.tried + len(fates)
    for fate in fates:
        tally.outcomes[fate.outcome] += 1
        for cause in {one for one in fate.faults if one.startswith("death")}:
            tally.deaths[cause] += 1
            # Its sender is told of a fault of ours, where the file is to blame: each is worth a look.
            (keep / f"{fate.letter.file}.died.eml").write_bytes(fate.letter.raw)
        told = tuple(_breaches(fate, intake))
        if told:
            kept = keep / f"{fate.letter.file}.eml"
            kept.write_bytes(fate.letter.raw)
            kept.with_suffix(".txt").write_text("\n".join(told) + "\n", "utf-8")
            tally.found.append(f"{kept.name}: {told[0]}")
    for stray in _files(intake.data.parent) - before:
        tally.found.append(f"{numbers[0]}-{numbers[-1]}: a file outside the temporary folder: {stray.name}")


def _breaches(fate: Fate, intake: Intake) -> Iterator[str]:
    """Yield each promise that broke; a child may die, which costs its own mail a try."""
    yield from (one for one in fate.breaches(*intake.limits) if not one.startswith("death"))
    for settlement in fate.settlements:
        if settlement.decision.outcome.value in _MACHINES and settlement.mails:
            yield "a machine is answered"
        if len(settlement.mails) > 2:
            yield f"{len(settlement.mails)} mails for one"
        for mail in settlement.mails:
            yield from _ill_formed(mail.to, mail.raw)


def _ill_formed(to: Sequence[str], raw: bytes) -> Iterator[str]:
    """Yield what is wrong with a mail of ours, as another program reads it."""
    read = message_from_bytes(raw)
    if read.defects:
        yield f"a reply with defects: {read.defects[0]!r}"
    if read["Bcc"] is not None or len(read.get_all("Subject", [])) != 1 or len(read.get_all("To", [])) != 1:
        yield "a reply with foreign headers"
    named = {address for _, address in getaddresses([*read.get_all("To", []), *read.get_all("Cc", [])]) if address}
    if not to or len(named) > len(to):
        yield f"a reply to {len(named)} addresses, handed over for {len(to)}"


def _files(folder: Path) -> set[Path]:
    """Return what lies in the office's folder beside its data, and in the working folder."""
    return {one for place in (folder, Path.cwd()) for one in place.iterdir() if one.name != "data"}


def _forms() -> Iterator[bytes]:
    """Yield mails with forms, small ones, because each is read some thousand times."""
    from tests.bench.setup import make_mail
    from tests.faults.mails import make_mails
    from tests.fixtures.workbooks import make_projects_workbook

    yield from make_mails(6, 1)
    yield from (make_mail(make_projects_workbook(rows), rows) for rows in (1, 8, 30))
