"""Every fault of the lines to the mail servers that is promised to be survived."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.adapters.smtp_scripts import DROP, SILENCE
from tests.lines import imap_faults as lies
from tests.lines.middleman import Fault
from tests.lines.play import Scenario
from tests.lines.stage import SILENCE as PATIENCE
from tests.lines.stage import SILENCE_IN_SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.lines.stage import Stage


def scenarios() -> dict[str, tuple[Scenario, ...]]:
    """Return the faults of each line."""
    return {"imap": tuple(_imap()), "smtp": tuple(_smtp())}


# -- the mailbox -------------------------------------------------------------------------------------------------


def _imap() -> Iterator[Scenario]:
    yield Scenario("imap: connections refused", _shut, lambda stage: stage.line.open_door())
    yield _lie("TLS noise instead of a greeting", lies.NoTls)
    yield _lie("login refused", partial(lies.NoTo, (b"LOGIN", b"AUTHENTICATE"), b"NO [AUTHENTICATIONFAILED] wrong"))
    yield _lie("folder missing", partial(lies.NoTo, (b"SELECT",), b"NO [NONEXISTENT] no such folder"))
    for verb in lies.COMMANDS:
        yield _lie(f"BYE at {verb.decode()}", partial(lies.ByeAt, verb))
    for verb in (b"SELECT", b"UID FETCH", b"UID MOVE"):
        yield _lie(f"silence at {verb.decode()}", partial(lies.SilentAt, verb))
    for share in (0.25, 0.5, 0.75):
        yield _lie(f"drop at {share:.0%} of a mail", partial(lies.DropAt, share))
    yield _lie("literal longer than announced", partial(lies.Miscounted, 7))
    yield _lie("literal shorter than announced", partial(lies.Miscounted, -7))
    yield _lie("one byte a second", partial(lies.Trickle, PATIENCE / SILENCE_IN_SERVICE))
    yield _lie("news of others in between", lies.Chatter)
    yield _lie("numbers not ascending", lies.Unordered)
    yield _lie("EXISTS never sent", partial(lies.Rewritten, lies.without_exists))
    yield _lie("UIDVALIDITY 0", partial(lies.Rewritten, lies.without_uidvalidity))
    yield _lie("MOVE refused", partial(lies.NoTo, (b"UID MOVE",)))
    yield replace(_lie("MOVE and STORE refused", partial(lies.NoTo, (b"UID MOVE", b"UID STORE"))), stay=True)
    yield _lie("IDLE refused", partial(lies.NoTo, (b"IDLE",)))


def _lie(name: str, lie: Callable[[], Fault]) -> Scenario:
    def begin(stage: Stage) -> None:
        stage.line.fault = lie()
        stage.line.cut()

    def end(stage: Stage) -> None:
        stage.line.fault = Fault()

    return Scenario(f"imap: {name}", begin, end)


def _shut(stage: Stage) -> None:
    stage.line.close_door()
    stage.line.cut()


# -- the post ----------------------------------------------------------------------------------------------------


def _smtp() -> Iterator[Scenario]:
    yield Scenario("smtp: connections refused", lambda stage: stage.post.close_door(), lambda s: s.post.open_door())
    for place, answer in (
        ("ehlo", "421 4.3.2 shutting down"), ("mail", "421 4.3.2 shutting down"), ("mail", "451 4.3.0 later"),
        ("data", "451 4.3.0 later"), ("text", "451 4.3.0 later"), ("text", "421 4.3.2 shutting down"),
        ("mail", "530 5.7.0 authentication required"), ("data", DROP), ("data", SILENCE),
        ("text", "452 4.3.1 out of storage"),
    ):  # fmt: skip
        yield _says(f"smtp: {answer} at {place}", place, answer)
    yield _says("smtp: dropped after the dot", "text", DROP, copies=True)
    yield _says("smtp: silent after the dot", "text", SILENCE, copies=True)


def _says(name: str, place: str, answer: str, *, copies: bool = False) -> Scenario:
    def begin(stage: Stage) -> None:
        getattr(stage.script, place).extend([answer] * 10_000)

    def end(stage: Stage) -> None:
        getattr(stage.script, place).clear()

    return Scenario(name, begin, end, copies=copies)
