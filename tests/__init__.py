"""The specification: the tree mirrors bot/."""
