"""The children's work done in this process: quick, and failing where a test wants it to."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.message.drafts import is_unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.model import Authentication, History, Mail, Message, Settlement
    from bot.runners.pipeline import Opened, Pipeline, Plight
    from bot.runners.pool import Ticket


@dataclass
class InThisProcess:
    """The pipeline without children, which fails where the test says so, by the number of the message."""

    pipeline: Pipeline
    opening: dict[int, Callable[[], object]] = field(default_factory=dict)
    settling: dict[int, Callable[[], object]] = field(default_factory=dict)
    proving: Callable[[], object] = lambda: None
    acknowledging: Callable[[], object] = lambda: None
    apologising: Callable[[], object] = lambda: None
    settled: list[int] = field(default_factory=list)
    tried: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        """There is nothing to end."""

    def warm_up(self) -> None:
        self.pipeline.warm_up()

    def open(self, ticket: Ticket) -> Opened:
        self.tried[ticket.number] += 1
        self.opening.get(ticket.number, lambda: None)()
        with self._one_at_a_time:
            return self.pipeline.open(self._parsed(ticket), ticket.vouched)

    def prove(self, ticket: Ticket, records: Mapping[str, bytes]) -> Authentication:
        self.proving()
        return self.pipeline.prove(self._parsed(ticket), ticket.path.read_bytes(), records)

    def settle(self, ticket: Ticket, history: History, now: datetime) -> Settlement:
        self.settling.get(ticket.number, lambda: None)()
        with self._one_at_a_time:
            self.settled.append(ticket.number)
            return self.pipeline.settle(self._parsed(ticket), ticket.number, history, now, ticket.vouched)

    def acknowledge(self, ticket: Ticket, now: datetime) -> Mail | None:
        self.acknowledging()
        return self.pipeline.acknowledge(self._parsed(ticket), ticket.number, now, ticket.vouched)

    def apologise(self, plight: Plight, now: datetime) -> tuple[Mail, ...]:
        self.apologising()
        return self.pipeline.apologise(plight, now)

    def is_unchanged(self, draft: bytes, sent: bytes) -> bool:
        return is_unchanged(draft, sent)

    def _parsed(self, ticket: Ticket) -> Message:
        self.pipeline.know(ticket.contacts)
        return self.pipeline.parse(
            ticket.path.read_bytes(), ticket.received_at, oversize=ticket.oversize, found=ticket.found
        )
