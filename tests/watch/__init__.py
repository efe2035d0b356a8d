"""The watch over the daemon, and its alarms."""
