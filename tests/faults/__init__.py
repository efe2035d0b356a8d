"""Kills the daemon, at named points and anywhere, and proves that nothing was lost or done twice."""
