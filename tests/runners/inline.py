"""The children's work without children: for tests of what stands around them."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

from bot.message.drafts import is_unchanged
from bot.runners.pipeline import Pipeline
from bot.runners.pool import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from bot.config import Work
    from bot.model import Authentication, History, Mail, Message, Part, Settlement
    from bot.runners.pipeline import Opened, Plight
    from bot.runners.pool import Stock, Ticket


class InlinePool:
    """Stands in for WorkerPool; a mail or file that holds the words of *breaks* breaks its child."""

    breaks = b"DIE-CHILD-DIE"

    def __init__(self, stock: Stock, _work: Work) -> None:
        # A pipeline takes a while to begin: those of the same rules share one.
        followed = tuple(one.id for one in stock.rulebook.campaigns if one.followed)
        of = (
            stock.rulebook.hash,
            stock.rulebook.reporters,
            followed,
            stock.sender,
            stock.operator,
            stock.trust,
            stock.officers,
            stock.blank_secret,
        )
        key = (*of, frozenset(stock.templates.items()))
        if key not in _PIPELINES:
            _PIPELINES[key] = Pipeline(
                stock.rulebook,
                stock.templates,
                stock.sender,
                trust=stock.trust,
                officers=stock.officers,
                operator=stock.operator,
                blank_secret=stock.blank_secret,
            )
        self._pipeline = _PIPELINES[key]

    def open(self, ticket: Ticket) -> Opened:
        return self._pipeline.open(self._parse(ticket), ticket.vouched)

    def prove(self, ticket: Ticket, records: Mapping[str, bytes]) -> Authentication:
        return self._pipeline.prove(self._parse(ticket), ticket.path.read_bytes(), records)

    def settle(self, ticket: Ticket, history: History, now: datetime) -> Settlement:
        return self._pipeline.settle(self._parse(ticket), ticket.number, history, now, ticket.vouched)

    def check(self, path: Path, name: str, now: datetime) -> tuple[tuple[Part, ...], bytes | None]:
        data = path.read_bytes()
        if self.breaks in data:
            raise Fault("the child process died") from TimeoutError
        return self._pipeline.check(name, data, now)

    def acknowledge(self, ticket: Ticket, now: datetime) -> Mail | None:
        return self._pipeline.acknowledge(self._parse(ticket), ticket.number, now, ticket.vouched)

    def apologise(self, plight: Plight, now: datetime) -> tuple[Mail, ...]:
        return self._pipeline.apologise(plight, now)

    def is_unchanged(self, draft: bytes, sent: bytes) -> bool:
        return is_unchanged(draft, sent)

    def close(self) -> None:
        pass

    def warm_up(self) -> None:
        pass

    def _parse(self, ticket: Ticket) -> Message:
        raw = ticket.path.read_bytes()
        if self.breaks in raw:
            raise Fault("the child process died")
        self._pipeline.know(ticket.contacts)
        return self._pipeline.parse(raw, ticket.received_at, oversize=ticket.oversize, found=ticket.found)


_PIPELINES: dict[tuple[object, ...], Pipeline] = {}
# DuckDB's binding complains of connections that the interpreter's end finds open.
atexit.register(_PIPELINES.clear)
