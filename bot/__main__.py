"""The command ``bot``."""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command line."""
    from bot.cli import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of an old locale shows what it can of our Vietnamese instead of breaking.
            stream.reconfigure(errors="replace")
    app()


if __name__ == "__main__":
    main()
