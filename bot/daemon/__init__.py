"""The daemon: doors, the rounds that pass through them, and the threads and clock that start the rounds."""

from bot.daemon.run import Daemon, DecidesOtherwise, Job

__all__ = ["Daemon", "DecidesOtherwise", "Job"]
