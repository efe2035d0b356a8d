"""Gather, decide, apply: the only place where the pure packages and the adapters meet."""
