"""What we answer: one frozen context per mail, rendered from ``templates/``, composed into RFC 5322 bytes. Pure."""
