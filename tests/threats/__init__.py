"""The threats of the table of promises: a test for each, named by its number, at the door where a sender stands."""
