"""The doors to the world: clock, mail servers, disk and database."""
