"""The daemon in figures, in the text format of Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, generate_latest

if TYPE_CHECKING:
    from bot.adapters.ledger import Counts
    from bot.model.health import Health

KIND = "text/plain; version=0.0.4; charset=utf-8"
_OUTCOMES = ("accepted", "returned", "refused", "duplicate", "held", "ignored", "failed")


def metrics_of(health: Health, counts: Counts | None) -> bytes:
    """Return the figures; without those of the ledger where it could not be read (*counts* is None)."""
    registry = CollectorRegistry()

    def gauge(name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"bot_{name}", says, labels, registry=registry)

    gauge("alive", "0 where only a new start helps").set(health.alive)
    gauge("well", "0 where something is in trouble").set(not health.troubles)
    gauge("start_time_seconds", "When the daemon was started").set(health.since.timestamp())
    gauge("disk_free_bytes", "Room left for the data").set(health.vitals.disk_free)
    gauge("undecided_seconds", "For how long the oldest undecided message is known").set(health.vitals.undecided_for)
    done = gauge("work_done_seconds", "Since the work last came to its end well", "work")
    failing = gauge("work_failing_seconds", "Since the work only fails, 0 where it does not", "work")
    for one in health.vitals.works:
        done.labels(one.name).set(one.done_ago)
        failing.labels(one.name).set(one.failing_for or 0)
    trouble = gauge("trouble_seconds", "For how long something is in trouble", "ill", "subject")
    for each in health.troubles:
        trouble.labels(each.ill.value, each.subject).set(each.lasts)
    if counts is not None:
        messages = gauge("messages", "Messages by what was decided", "outcome")
        for outcome in dict.fromkeys((*_OUTCOMES, *counts.by_outcome)):
            messages.labels(outcome).set(counts.by_outcome.get(outcome, 0))
        gauge("messages_undecided", "Messages that wait for their decision").set(counts.undecided)
        outbox = gauge("outbox", "Mails of ours by what became of them", "state")
        for state in ("pending", "sent", "dead"):
            outbox.labels(state).set(getattr(counts, f"outbox_{state}"))
    return generate_latest(registry)
