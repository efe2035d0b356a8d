"""The demo: provinces that write and servers that carry their mail. Production imports nothing of it."""
