"""The e-mail-driven submission bot."""
