"""A mail whose author no server of ours has proved → the keys of its signatures → whether one of them does.

The keys are asked for here, because the children have no network; the signatures are checked in a child, because a
crafted mail may cost any time there, and no more than a child's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.adapters.signing_keys import KeysUnreachable
from bot.model import Authentication, Proof
from bot.runners.pool import Fault
from bot.runners.turns import Stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.adapters.ledger import Undecided
    from bot.runners.pool import Ticket
    from bot.runners.process import Desk
    from bot.runners.turns import Stop

log = structlog.get_logger(__name__)

_NOT_NOW = Authentication(Proof.UNKNOWN, "dkim=temperror (bot)")


def prove(desk: Desk, message: Undecided, ticket: Ticket, keys: Sequence[str], stop: Stop) -> Authentication:
    """Return what the signatures prove; a proof is kept with the message, and never looked for again.

    Where it cannot be found out now, the message waits for its next try, as after any fault; at the last one nothing
    is proved, and it is left to the ministry. So nobody gets an apology for a mail that may not be his.

    Raises Fault for a next try, and Stopped.
    """
    if desk.keys is None:
        return Authentication()
    try:
        found = desk.pool.prove(ticket, desk.keys.find(keys))
    except (KeysUnreachable, Fault) as trouble:
        if stop.is_set():
            raise Stopped from trouble
        if message.tries + 1 < desk.work.tries:
            raise Fault(f"the signature cannot be checked ({trouble})") from trouble
        log.warning("author not proved", message=message.id, problem=str(trouble))
        return _NOT_NOW
    if found.passed:
        desk.ledger.note_proof(message.id, found.grounds)
    log.info("signature checked", mail=message.sha256[:12], proved=found.passed)
    return found
