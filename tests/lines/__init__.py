"""Faults in the lines to the mail servers: what lies between, and what a daemon does with it in simulated time."""
