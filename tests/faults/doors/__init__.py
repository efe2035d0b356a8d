"""Faults of what stands under the daemon: the disk, the database and the clock."""
