"""One fault from its beginning to five minutes after its end, with mails before, meanwhile and afterwards."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from tests.faults.mails import make_mails
from tests.lines.stage import Stage, header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers import DovecotUser

BACK_WITHIN = timedelta(minutes=5)
_GIVE_UP = timedelta(hours=8)
_MEET_WITHIN = timedelta(minutes=20)
"""So much longer a fault lasts that has met nobody yet."""
_TWICE = (
    "SELECT count(*) FROM (SELECT 1 FROM part WHERE form <> '' GROUP BY reporter, form, revision HAVING count(*) > 1)"
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault by name: how it begins and how it ends."""

    name: str
    begin: Callable[[Stage], None]
    end: Callable[[Stage], None]
    minutes: tuple[int, int] = (2, 45)
    """How long it may last, drawn by seed."""
    copies: bool = False
    """The line breaks after the final dot: both sides may own a mail (RFC 1047), so there may be second copies.

    What may have arrived already is tried again after ever longer pauses, so that there are few of them: what counts
    as being back is then the answers to mails that came when the fault was over.
    """
    final: bool = False
    """The server says no for good: what it heard of then is given up with an alarm, and stays unanswered."""
    numbers: bool = False
    """It renumbers the mails, which only pymap can be made to do."""
    felt: Callable[[], bool] = lambda: True
    """Whether the daemon met the fault: else nothing is proved."""
    sound: bool = False
    """What is at fault are not the lines."""
    watched: bool = False
    """The watcher calls when mail comes after the fault."""
    stops: bool = False
    """The disk fails for good: the daemon has to stop, and a person starts it again after the fault."""
    window: bool = False
    """A failure of ours may fall between the final dot and the note of it: one second copy, of one mail."""
    stay: bool = False
    """The server lets nothing be done to what lies in the inbox: a copy lies in the folder, the mail stays."""


@dataclass(slots=True)
class Played:
    """What came of one run."""

    scenario: str
    seed: int
    mails: int
    lasted: timedelta
    back: timedelta | None = None
    """From the end of the fault to the last reply to what came until then or at that moment; None when never."""
    rest: timedelta = timedelta(0)
    """The same for all of it: beyond ``back`` only where what may have arrived already is told apart."""
    copies: int = 0
    breaches: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Return whether no promise broke."""
        return not self.breaches


def play(scenario: Scenario, folder: Path, *, mails: int, seed: int, box: DovecotUser | None = None) -> Played:
    """Play *scenario* once in *folder*, at *box* where one is given; everything that is chance comes from *seed*."""
    chance = random.Random(f"{scenario.name} {seed}")
    posts = [one.replace(b"\n", b"\r\n") for one in make_mails(mails, seed)]
    chance.shuffle(posts)
    before, during, after = posts[: mails // 3], posts[mails // 3 : 2 * mails // 3], posts[2 * mails // 3 :]
    lasts = timedelta(minutes=chance.uniform(*scenario.minutes))
    played = Played(scenario.name, seed, mails, lasts)
    with Stage(folder, box=box) if box else Stage(folder, sound=scenario.sound) as stage:
        for one in before:
            stage.deliver(one)
        if chance.random() < 0.5:  # else the fault meets a full box
            stage.run(stage.true_now() + timedelta(minutes=1))
        played.breaches += _suffer(stage, scenario, sorted((chance.random(), one) for one in during), lasts)
        ended = stage.true_now()
        for one in after:
            stage.deliver(one)
        if scenario.watched:
            stage.call()
        wanted = {header(one, b"message-id") for one in (after if scenario.final else posts)}
        stage.run(
            ended + _GIVE_UP, lambda: wanted <= stage.answered_at.keys() and (scenario.stay or not _in_inbox(stage))
        )
        if wanted <= stage.answered_at.keys():
            fresh = {header(one, b"message-id") for one in after} if scenario.copies else wanted
            last_of_all, last_fresh = (max(stage.answered_at[one] for one in which) for which in (wanted, fresh))
            played.back, played.rest = max(timedelta(0), last_fresh - ended), max(timedelta(0), last_of_all - ended)
        played.breaches += _breaches(stage, posts, played, scenario)
    return played


def _suffer(stage: Stage, scenario: Scenario, during: list[tuple[float, bytes]], lasts: timedelta) -> Iterator[str]:
    """Let the fault begin and end, with mails *during* it, each at its share of the time."""
    scenario.begin(stage)
    begun = stage.true_now()
    for share, one in during:
        stage.run(begun + lasts * share)
        stage.deliver(one)
    stage.run(begun + lasts)
    stage.run(stage.true_now() + _MEET_WITHIN, scenario.felt)
    stopped = stage.daemon.stop.is_set()
    stage.finish_round()
    scenario.end(stage)
    if not scenario.felt():
        yield "the fault was never met"
    elif stopped != scenario.stops:
        yield "the daemon stopped" if stopped else "the daemon went on over a broken disk"
    if stopped:
        stage.restart()


def _breaches(stage: Stage, posts: list[bytes], played: Played, scenario: Scenario) -> Iterator[str]:
    if played.back is None:
        yield "never worked again"
    elif played.back > BACK_WITHIN:
        yield f"back after {played.back.total_seconds():.0f} s"
    yield from _lost(stage, posts)
    yield from _twice(stage, posts, played, scenario)
    if (left := _in_inbox(stage)) and not scenario.stay:
        yield f"{left} mails left in the inbox"
    yield from _against_itself(stage, len(posts))


def _lost(stage: Stage, posts: list[bytes]) -> Iterator[str]:
    """Yield the mails that are not in the vault byte for byte, and those that no folder of the server has any more."""
    kept = _kept(stage)
    at_the_server = Counter(sha256(raw).hexdigest() for raw in _everything(stage))
    for one in posts:
        known = sha256(one).hexdigest()
        if known not in kept:
            yield f"{header(one, b'message-id')} is not in the vault"
        if not at_the_server[known]:
            yield f"{header(one, b'message-id')} was expunged"


def _kept(stage: Stage) -> dict[str, bytes]:
    """Return what the vault holds, by the hash of what is really there."""
    vault = stage.folder / "du-lieu" / "vault"
    raws = (file.read_bytes() for file in vault.rglob("*") if file.is_file())
    return {sha256(raw).hexdigest(): raw for raw in raws}


def _twice(stage: Stage, posts: list[bytes], played: Played, scenario: Scenario) -> Iterator[str]:
    told = [(header(one.raw, b"in-reply-to"), one.message_id) for one in stage.script.taken]
    told = [one for one in told if one[0]]  # an alarm answers nobody
    different = Counter(asked for asked, _ in set(told))
    for one in posts:
        asked = header(one, b"message-id")
        wanted = 1 - _given_up(stage, asked) if scenario.final else 1
        if different[asked] != wanted:
            yield f"{different[asked]} different replies to {asked}"
    played.copies = sum(count - 1 for count in Counter(told).values())
    if played.copies > scenario.window and not scenario.copies:
        yield f"{played.copies} replies were sent twice"


def _given_up(stage: Stage, asked: str) -> int:
    """Return 1 where the reply to *asked* was given up and the operator has an alarm for each such mail, else 0."""
    ledger = sqlite3.connect(stage.folder / "du-lieu" / "ledger.db")
    try:
        rows = ledger.execute("SELECT raw FROM outbox WHERE dead_at IS NOT NULL AND kind <> 'alert_operator'")
        dead = {raw for (raw,) in rows}
        (alarms,) = ledger.execute("SELECT count(*) FROM outbox WHERE kind = 'alert_operator'").fetchone()
    finally:
        ledger.close()
    ours = {header(raw, b"in-reply-to") for known, raw in _kept(stage).items() if known in dead}
    return int(asked in ours and alarms >= len(dead))


def _against_itself(stage: Stage, mails: int) -> Iterator[str]:
    """Yield what the database says against itself, read with nothing of the program."""
    ledger = sqlite3.connect(stage.folder / "du-lieu" / "ledger.db")
    try:
        for question, right in (
            ("PRAGMA integrity_check", "ok"),
            ("SELECT count(*) FROM message", mails),
            ("SELECT count(*) FROM message WHERE outcome IS NULL OR state = 'received'", 0),
            ("SELECT count(*) FROM part", mails),
            (_TWICE, 0),
        ):  # fmt: skip
            (found,) = ledger.execute(question).fetchone()
            if found != right:
                yield f"{found} instead of {right}: {question}"
    finally:
        ledger.close()


def _everything(stage: Stage) -> Iterator[bytes]:
    with stage.person() as person:
        for _, _, name in person.list_folders():
            person.select_folder(name, readonly=True)
            found = person.search()
            yield from (told[b"BODY[]"] for told in (person.fetch(found, ["BODY.PEEK[]"]) if found else {}).values())


def _in_inbox(stage: Stage) -> int:
    with stage.person() as person:
        return len(person.search("UNDELETED"))
