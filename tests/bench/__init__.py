"""What the whole way costs, as ratios measured in one run: ``uv run python -m tests.bench``."""
