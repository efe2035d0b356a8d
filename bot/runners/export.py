"""The ministry asks for its dataset: what counts of one form, from ledger and vault into one file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

from bot.dataset.consolidate import Consolidation, open_database
from bot.dataset.flat import write_csv, write_parquet
from bot.dataset.pages import fields_of, write_book
from bot.dataset.sources import Body, Missing, Source
from bot.deadline import late_days
from bot.model import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.adapters.ledger import Accepted, Ledger
    from bot.adapters.vault import Vault
    from bot.model import Campaign, Form, Rulebook
    from bot.phrases import Phrases

WORDS = "_dataset.txt"
SUFFIXES = (".xlsx", ".csv", ".parquet")
_MEMORY_MIB = 512


class TablesLost(Exception):  # noqa: N818  it says what is the matter with the vault
    """Tables that count are not in the vault any more; the arguments are their receipts."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that one export is made of."""

    whole: Consolidation
    missing: tuple[Missing, ...]

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return sum(one.rows for one in self.whole.sources)


def gather(
    ledger: Ledger, vault: Vault, rulebook: Rulebook, form: Form, campaign: Campaign, now: datetime, *, today: bool
) -> Gathered:
    """Return what counts of *form* in *campaign* at *now*; with *today* the bodies of today stand beside the old ones.

    Raises TablesLost where the vault does not hold what the ledger counts.
    """
    accepted = ledger.accepted([campaign.id])
    own = [one for one in _in_order(accepted, rulebook) if one.form == form.id]
    wanted = {table for one in form.shortlist for table in one.tables}
    sources = sources_of(own, vault, rulebook)
    beside: dict[str, dict[str, Path]] = {}
    for one in accepted:
        full_id = f"{campaign.family}/{one.form}"
        if full_id in wanted and one.table and one.table in vault:
            beside.setdefault(one.reporter, {})[full_id] = vault.path(one.table)
    complete = tuple(replace(sources[one], beside=beside.get(one.reporter, {})) for one in own)
    return Gathered(Consolidation(form, complete, today), _missing(ledger, rulebook, form, campaign, now))


def sources_of(accepted: Sequence[Accepted], vault: Vault, rulebook: Rulebook) -> dict[Accepted, Source]:
    """Return each revision that counts with its table in the vault; raises TablesLost where some are not there."""
    lost = [one.receipt for one in accepted if one.table and one.table not in vault]
    if lost:
        raise TablesLost(*lost)
    return {
        one: Source(
            body=_body(rulebook, one.reporter),
            receipt=one.receipt,
            revision=one.revision,
            received_at=one.received_at,
            late_days=one.late_days,
            queries=one.open_queries,
            file=one.file,
            content=one.content,
            rows=one.rows,
            path=vault.path(one.table) if one.table else None,
        )
        for one in accepted
    }


def write_export(
    file: IO[bytes], suffix: str, gathered: Gathered, words: Phrases, on_source: Callable[[], None]
) -> None:
    """Write the dataset into *file* as its *suffix* says; *on_source* is called after the rows of each reporter."""
    whole = gathered.whole
    database = open_database(_MEMORY_MIB)

    def sources() -> Iterator[Source]:
        for source in whole.sources:
            yield source
            on_source()

    try:
        if suffix == ".xlsx":
            write_book(file, database, whole, sources(), gathered.missing, words)
        elif suffix == ".csv":
            write_csv(file, database, whole, sources(), fields_of(whole, words))
        else:
            write_parquet(file, whole, sources(), fields_of(whole, words))
    finally:
        database.close()


def _in_order(accepted: Sequence[Accepted], rulebook: Rulebook) -> list[Accepted]:
    """Return them in the order of the register of reporters; who is not in it any more comes last."""
    places = {one.code: place for place, one in enumerate(rulebook.reporters)}
    return sorted(accepted, key=lambda one: places.get(one.reporter, len(places)))


def _body(rulebook: Rulebook, code: str) -> Body:
    known = {one.code: one for one in rulebook.reporters}
    own = known.get(code)
    if own is None:  # the register has lost it since
        return Body(code, code, "", code, code, "")
    today = own
    while today.successor in known:
        today = known[today.successor]
    return Body(own.code, own.name, own.region, today.code, today.name, today.region)


def _missing(ledger: Ledger, rulebook: Rulebook, form: Form, campaign: Campaign, now: datetime) -> tuple[Missing, ...]:
    owed = [one for one in rulebook.obligations if (one.campaign, one.form) == (campaign.id, form.id)]
    addresses = {one.code: one.addresses for one in rulebook.reporters}
    return tuple(
        Missing(
            body=_body(rulebook, one.obligation.reporter),
            state=one.state.value,
            due=one.obligation.deadline.words if one.obligation.deadline else "",
            overdue_days=late_days(one.obligation.deadline, now, rulebook.workdays),
            receipt=one.receipt,
            addresses=addresses.get(one.obligation.reporter, ()),
        )
        for one in ledger.standing(owed)
        if one.state in (State.NOTHING, State.RETURNED)
    )
