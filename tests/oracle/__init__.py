"""A year of random histories: what the program says, against a plain re-computation from the list of events."""
