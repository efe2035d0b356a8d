"""The flow as a whole: one message through the pipeline, and the daemon at real servers."""
