"""The office without mail servers: what a sender sends goes in at one end, what we write comes out at the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self, cast

from bot.adapters.clock import SimulatedClock
from bot.adapters.delivery import Accepted
from bot.adapters.ledger import Arrival, Ledger, Mailbox
from bot.daemon import Daemon
from bot.demo.arriving import stamp
from bot.runners.place_in_line import names_registered
from tests.flow.in_process import InThisProcess
from tests.flow.office import NOON, OPERATOR, configure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta
    from email.message import EmailMessage

    from bot.adapters.smtp import Postman
    from bot.model import Outcome
    from bot.runners.pipeline import Pipeline

BOX = Mailbox("hop-thu", "INBOX", 1)
CAPS = {"replies_per_hour": 3, "replies_per_day": 20, "replies_in_all": 200}
"""Those that the program comes with."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of ours that a server has taken."""

    at: datetime
    to: tuple[str, ...]
    raw: bytes = field(repr=False)

    @property
    def mail(self) -> EmailMessage:
        parsed: EmailMessage = message_from_bytes(self.raw, policy=default)
        return parsed

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@dataclass
class Server:
    """Takes whatever it is given."""

    clock: SimulatedClock
    taken: list[Sent] = field(default_factory=list)
    resume_at: datetime | None = None
    """As a postman has it."""

    def deliver(
        self,
        _mail_from: str,
        to: Sequence[str],
        raw: bytes,
        *,
        partly: bool = False,  # noqa: ARG002
        begin: Callable[[], bool] = lambda: True,
    ) -> Accepted:
        assert begin()
        self.taken.append(Sent(self.clock.now(), tuple(to), raw))
        return Accepted("250 OK")

    def close_if_idle(self) -> bool:
        return False

    def close(self) -> None:
        """There is nothing to close."""


@cache
def _new_ledger() -> bytes:
    """Return an empty ledger: to make one takes longer than most of what is tried here."""
    with TemporaryDirectory() as folder:
        ledger = Ledger(f"sqlite:///{folder}/ledger.db")
        ledger.migrate()
        ledger.close()
        return (Path(folder) / "ledger.db").read_bytes()


class Stand:
    """The daemon's own rounds at doors that are the test; the children's work is done here."""

    def __init__(self, folder: Path, thinker: Pipeline, **caps: int) -> None:
        self.clock = SimulatedClock(NOON)
        config = configure(
            folder, smtp={**CAPS, **caps}, ministry={"digest_to": []}, authentication={"accept_unproved": False}
        )
        config.store.folder.mkdir(mode=0o700, exist_ok=True)
        (config.store.folder / "ledger.db").write_bytes(_new_ledger())
        self.daemon = Daemon(config, self.clock)
        self.workers = InThisProcess(thinker)
        self.server = Server(self.clock)
        self.daemon._pool = self.workers
        self.daemon.postman = cast("Postman", self.server)
        self.outcomes: list[Outcome | None] = []
        self._uid = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon._pool = None
        self.daemon.__exit__(None, None, None)

    @property
    def ledger(self) -> Ledger:
        return self.daemon.ledger

    @property
    def sent(self) -> list[Sent]:
        """What went to others than the operator."""
        return [one for one in self.server.taken if one.to != (OPERATOR,)]

    @property
    def alarms(self) -> list[Sent]:
        return [one for one in self.server.taken if one.to == (OPERATOR,)]

    def receive(self, *raws: bytes, genuine: bool = True) -> list[Sent]:
        """Let the mails come in now, settle them and send what follows; return what was sent for it."""
        return self.take(*(stamp(raw, genuine=genuine) for raw in raws))

    def take(self, *raws: bytes) -> list[Sent]:
        """Do as :meth:`receive` does with mails of whose author our server says no more than stands in them."""
        before = len(self.server.taken)
        self.keep(*raws)
        self.daemon.settle(self.outcomes.append)
        self.daemon.post()
        return self.server.taken[before:]

    def keep(self, *raws: bytes) -> None:
        """Let the mails come in now, as a sweep of the inbox does."""
        now, arrivals = self.clock.now(), []
        for raw in raws:
            self._uid += 1
            known = names_registered(raw, now, self.daemon.rulebook)
            arrivals.append(Arrival(self._uid, self.daemon.vault.put(raw), len(raw), now, registered=known))
        self.ledger.receive(BOX, arrivals, now)

    def later(self, pause: timedelta) -> None:
        """Let time pass, and the post look whether something is due."""
        self.clock.move_to(self.clock.now() + pause)
        self.daemon.post()
