"""Kills the daemon at random times while mails flow, and proves afterwards that nothing was lost or done twice."""
