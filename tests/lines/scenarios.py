"""Every fault of the lines to the mail servers that is promised to be survived."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.demo.servers import DemoImap
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
    yield Scenario("imap: a person reads and marks everything", _read_everything, lambda _: None)
    yield Scenario("imap: a person moves mails away and back", _move_away, _move_back)
    yield Scenario("imap: UIDVALIDITY +1, same numbers for others", lambda _: None, _renumber, (2, 9), numbers=True)
    without = _lie("UIDVALIDITY 0, same numbers for others", partial(lies.Rewritten, lies.without_uidvalidity))
    yield replace(without, end=_renumber, minutes=(2, 9), numbers=True)
    yield _lie("IDLE refused", partial(lies.NoTo, (b"IDLE",)))


def _lie(name: str, lie: Callable[[], Fault]) -> Scenario:
    def begin(stage: Stage) -> None:
        stage.line.fault = lie()
        stage.slow = stage.line.fault.slow
        stage.line.cut()

    def end(stage: Stage) -> None:
        stage.line.fault, stage.slow = Fault(), False

    return Scenario(f"imap: {name}", begin, end)


def _read_everything(stage: Stage) -> None:
    with stage.person() as person:
        if found := person.search():
            person.add_flags(found, [rb"\Seen", rb"\Flagged", rb"\Answered"])


def _move_away(stage: Stage) -> None:
    with stage.person() as person:
        if not person.folder_exists("Khac"):
            person.create_folder("Khac")
        if found := person.search():
            person.move(found, "Khac")


def _move_back(stage: Stage) -> None:
    with stage.person() as person:
        person.select_folder("Khac")
        if found := person.search():
            person.move(found, "INBOX")


def _renumber(stage: Stage) -> None:
    """Give the numbers from the first on to other mails, as a mailbox does that was made anew."""
    assert isinstance(stage.box, DemoImap)
    stage.box.stop()
    stage.box._run(_count_anew(stage.box))
    stage.box.start()
    stage.line.cut()


async def _count_anew(box: DemoImap) -> None:
    mailbox = await (await box._mailboxes()).get_mailbox("INBOX")
    mailbox._uid_validity += 1
    left = list(reversed(mailbox._messages.values()))
    mailbox._max_uid = 100 + len(left)
    mailbox._messages = {uid: type(one).copy(one, uid=uid) for uid, one in enumerate(left, 101)}


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
    yield replace(_for_all("smtp: 450 greylisted", "450 4.7.1 greylisted, come back"), minutes=(15, 15))
    yield replace(_for_all("smtp: 550 for everybody", "550 5.1.1 no such user"), final=True, minutes=(2, 9))
    yield replace(_says("smtp: 552 too large", "text", "552 5.3.4 too large"), final=True, minutes=(2, 9))
    yield Scenario("smtp: 535 login refused", _refuse_logins, lambda stage: stage.script.login.clear())
    slow = 200 * PATIENCE / SILENCE_IN_SERVICE
    yield replace(_says("smtp: 250 after 200 seconds", "text", f"SLOW {slow:.2f}"), minutes=(2, 4))
    yield _says("smtp: dropped after the dot", "text", DROP, copies=True)
    yield _says("smtp: silent after the dot", "text", SILENCE, copies=True)


class _Everybody(dict[str, deque[str]]):
    """The same answers whoever is the recipient."""

    def get(self, _address: str, _default: object = None) -> deque[str]:
        return self.setdefault("", deque())


def _for_all(name: str, answer: str) -> Scenario:
    def begin(stage: Stage) -> None:
        stage.script.rcpt = _Everybody({"": deque([answer] * 10_000)})

    def end(stage: Stage) -> None:
        stage.script.rcpt = {}

    return Scenario(name, begin, end)


def _refuse_logins(stage: Stage) -> None:
    stage.script.login.extend([False] * 10_000)
    stage.post.close_door()  # who is logged in stays so
    stage.post.open_door()


def _says(name: str, place: str, answer: str, *, copies: bool = False) -> Scenario:
    def begin(stage: Stage) -> None:
        getattr(stage.script, place).extend([answer] * 10_000)

    def end(stage: Stage) -> None:
        getattr(stage.script, place).clear()

    return Scenario(name, begin, end, copies=copies)
