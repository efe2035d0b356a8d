"""The command ``bot``."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from bot.cli import app

    app()


if __name__ == "__main__":
    main()
