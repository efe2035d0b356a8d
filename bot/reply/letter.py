"""What all our mails know, and what all replies to a reporter know: see ``contexts``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.reply.answer_lines import NilLine, Noted
    from bot.reply.lines import Office, PartLine, PlainLine, TimeLine
    from bot.reply.owed import OwedGroup, SignedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What each of our mails knows."""

    office: Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Letter):
    """What each reply to a known reporter knows."""

    addressee: str
    reporter: str
    receipt: str
    received: str
    parts: tuple[PartLine, ...]
    plain: PlainLine | None
    """Where so many parts are plain that they are not listed one by one."""
    times: tuple[TimeLine, ...]
    """What the parts say of their time, forms with the same answer together."""
    documents: tuple[str, ...]
    """Names of the other files that were kept."""
    blanks: tuple[str, ...]
    """Names of the blank forms that are attached, because what came was not the right one."""
    met: str
    """Of the same campaign, the forms that are done, this mail's among them."""
    signed: tuple[SignedLine, ...]
    """The signed copies that came with the mail."""
    owed: tuple[OwedGroup, ...]
    noted: Noted | None
    """What the mail says about the numbers of an earlier one of ours; None where it says nothing."""
    nothing: NilLine | None
    """What it says of having nothing to declare; None where it says nothing of the kind."""
