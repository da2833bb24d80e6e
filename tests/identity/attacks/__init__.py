"""Every attack that TOKENS names, kept as bytes: what it is, and which step refuses it."""
