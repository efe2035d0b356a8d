"""From which bytes, rules and program a verdict came; it is made again, by the rules of then and by those of today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.adapters.code import code_version
from bot.adapters.ledger import Judged
from bot.model import Rulebook
from bot.runners.check import stock_of
from bot.runners.editions import read_edition
from bot.runners.pool import Fault, WorkerPool
from bot.runners.rulebook import load_followed
from bot.runners.rules_try import Trial, judge_again

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger, Shown
    from bot.adapters.vault import Vault
    from bot.config import Config
    from bot.runners.rules_try import PartChange


@dataclass(frozen=True, slots=True)
class Again:
    """The verdict made again by one state of the rules."""

    rules: str
    parts: tuple[PartChange, ...] = ()
    """What differs from what was told; nothing where it is the same."""
    fault: str = ""
    """Why it could not be made again."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Where a verdict came from."""

    raw_kept: bool
    """Whether the mail is in the vault."""
    code: str
    """The version of this program; that of the verdict is in what the ledger shows."""
    then: Again | None
    """By the rules of then; None where they are not kept, or where no rule had a say."""
    today: Again | None
    """By the rules of today; None where they are those of then, or where no rule had a say."""


def explain(shown: Shown, ledger: Ledger, vault: Vault, config: Config, rulebook: Rulebook) -> Explained:
    """Return where the verdict on *shown* came from, made again from the raw bytes; nothing is sent or written."""
    kept = shown.sha256 in vault
    message = _judged(shown)
    if message is None or not kept:
        return Explained(kept, code_version(), None, None)
    old = _old_rules(shown.rules, ledger, vault, config, rulebook)
    then = _again(message, old, ledger, vault, config) if old else None
    today = None if shown.rules == rulebook.hash else _again(message, rulebook, ledger, vault, config)
    return Explained(kept, code_version(), then, today)


def _judged(shown: Shown) -> Judged | None:
    """Return the message as one that rules judge, or None where they had no say in it."""
    if not (shown.reporter and shown.parts and shown.settled_at):
        return None
    return Judged(shown.id, shown.receipt, shown.sha256, shown.received_at, shown.settled_at, shown.reporter)


def _old_rules(rules: str, ledger: Ledger, vault: Vault, config: Config, today: Rulebook) -> Rulebook | None:
    """Return the rulebook of that hash with the contacts of today; a program that has changed may not read it."""
    if rules == today.hash:
        return today
    files = read_edition(ledger, vault, rules)
    loaded = load_followed(files, None, config.ministry.campaigns) if files else None
    if not isinstance(loaded, Rulebook):
        return None
    addresses = {one.code: one.addresses for one in today.reporters}
    known = tuple(replace(one, addresses=addresses.get(one.code, ())) for one in loaded.reporters)
    return replace(loaded, reporters=known)


def _again(message: Judged, rulebook: Rulebook, ledger: Ledger, vault: Vault, config: Config) -> Again:
    pool = WorkerPool(stock_of(config, rulebook), config.work.model_copy(update={"workers": 1}))
    try:
        return Again(rulebook.hash, judge_again(Trial(ledger, vault, pool, 1), message))
    except Fault as fault:
        return Again(rulebook.hash, fault=str(fault))
    finally:
        pool.close()
