"""How we answer."""
