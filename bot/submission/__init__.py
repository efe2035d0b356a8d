"""Who has sent what: from a message to a submission, or the reason why it is none."""

from bot.submission.called import first_called, reporter_called
from bot.submission.naming import other_reporter
from bot.submission.officer import hear_officer, is_officer
from bot.submission.open import form_files, miss_file, open_submission
from bot.submission.sender import find_reporter
from bot.submission.thread import point_at

__all__ = [
    "find_reporter",
    "first_called",
    "form_files",
    "hear_officer",
    "is_officer",
    "miss_file",
    "open_submission",
    "other_reporter",
    "point_at",
    "reporter_called",
]
