"""Documents: from the bytes of a Word or PDF file to what an outline still misses in it."""
