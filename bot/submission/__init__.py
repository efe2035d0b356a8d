"""Who has sent what: from a message to a submission, or the reason why it is none."""

from bot.submission.naming import other_reporter
from bot.submission.open import form_files, miss_file, open_submission
from bot.submission.sender import find_reporter
from bot.submission.thread import point_at

__all__ = ["find_reporter", "form_files", "miss_file", "open_submission", "other_reporter", "point_at"]
