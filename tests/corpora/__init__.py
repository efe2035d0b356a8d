"""Every real file of the shared corpora through the readers, each in a limited child process."""
