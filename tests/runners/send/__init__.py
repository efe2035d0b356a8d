"""Tests of sending: the outbox, and the copies of what was sent."""
