"""Trouble in one sentence: what broke, for a person who has to mend it."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.imap import MailboxLost, MailboxRefused
from bot.adapters.ledger import LedgerTooNew
from bot.adapters.sign_in import SignInAway
from bot.causes import in_vietnamese, sentence_of
from bot.language import one_line


def tell_ledger(problem: Exception) -> str:
    """Return in one sentence why a ledger cannot be used; the URL is not in it."""
    if isinstance(problem, LedgerTooNew):
        return f"sổ ghi do phiên bản mới hơn của chương trình tạo ra ({problem})"
    if isinstance(problem, ImportError):
        return f"thiếu gói Python {problem.name}"
    return one_line(in_vietnamese(str(getattr(problem, "orig", None) or problem)), 300)


def tell_problem(problem: Exception) -> str:
    """Return in one sentence what broke; of what nobody foresaw only the kind, for its text may hold anything."""
    if isinstance(problem, (MailboxLost, SignInAway)):  # OSErrors by birth, but with a sentence of their own
        return in_vietnamese(str(problem))
    if isinstance(problem, MailboxRefused):
        return str(problem)
    if isinstance(problem, OSError):
        return sentence_of(problem)
    if isinstance(problem, (SQLAlchemyError, LedgerTooNew, ImportError)):
        return tell_ledger(problem)
    return f"sự cố của chương trình ({type(problem).__name__})"
