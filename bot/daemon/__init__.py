"""The daemon: doors, the rounds that pass through them, and the threads and clock that start the rounds."""

from bot.daemon.jobs import Job
from bot.daemon.run import Daemon, DecidesOtherwise

__all__ = ["Daemon", "DecidesOtherwise", "Job"]
