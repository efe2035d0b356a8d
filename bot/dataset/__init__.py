"""The tables that were read, kept for as long as the ministry needs them."""
