"""A mail of whose author nothing is known, and its forms: they may have been drawn for him by ourselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blank_token import is_token
from bot.language import VIETNAM, one_line
from bot.model import Authentication, Proof
from bot.runners.blank import MOST_BLANKS
from bot.sheet.code import read_hidden_code
from bot.sheet.content import Kind, kind_of
from bot.submission import find_reporter, form_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from bot.model import Attachment, Message, Reporter, Rulebook, TrustedServers
    from bot.sheet.code import BlankCode

_BESIDE = frozenset({Kind.PDF, Kind.PICTURE, Kind.WORD, Kind.LOCK})
"""What comes along with forms and can be none: signed copies, narratives, letters. All else must bear a token."""


def prove_by_blanks(message: Message, rulebook: Rulebook, trust: TrustedServers, secret: bytes) -> Message:
    """Return the mail as proved if a registered sender's forms are all blanks that were drawn for his reporter.

    Nothing is read of a mail that is proved, disproved or believed anyway, that a machine or a stranger has written,
    or that has more forms than we enclose in a mail.

    Args:
        message: as parsed.
        rulebook: holds the reporters and the forms that are still asked for.
        trust: by whose word, and whether without any, a mail counts as its author's.
        secret: with which the tokens were made; empty, and none counts.
    """
    found, sender = message.authentication, message.heading.sender
    open_to_proof = secret and found.proof is not Proof.FAILED and not trust.believes(found)
    if not open_to_proof or not sender or message.heading.automatic:
        return message
    day = message.received_at.astimezone(VIETNAM).date()
    reporter = find_reporter(sender, rulebook.reporters, day)
    forms = _forms_in(message) if reporter else ()
    if reporter is None or not forms:
        return message
    codes = tuple(_proving(forms, reporter, rulebook, day, secret))
    if len(codes) < len(forms):
        return message
    named = ", ".join(dict.fromkeys(f"{one.form} ({one.reporter})" for one in codes))
    return replace(message, authentication=Authentication(Proof.BLANKS, one_line(f"blank token: {named}", 300)))


def _forms_in(message: Message) -> tuple[Attachment, ...]:
    """Return the files that may be forms, each content once; none where there are more than can be blanks of ours."""
    files = {one.sha256: one for one in form_files(message)}
    if len(files) > 2 * MOST_BLANKS:
        return ()
    forms = tuple(one for one in files.values() if kind_of(one.data) not in _BESIDE)
    return forms if len(forms) <= MOST_BLANKS else ()


def _proving(
    forms: Sequence[Attachment], reporter: Reporter, rulebook: Rulebook, day: date, secret: bytes
) -> Iterator[BlankCode]:
    """Yield the codes of good tokens until a file has none that was made for *reporter*, or a body that it followed."""
    known = {one.code: one for one in rulebook.reporters}
    for file in forms:
        code = read_hidden_code(file.data)
        if code is None or not is_token(code.token, code.form, code.reporter, code.version, secret):
            return
        if code.reporter not in known or known[code.reporter].body_on(day, known) != reporter:
            return
        yield code
