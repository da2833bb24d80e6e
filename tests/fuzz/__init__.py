"""Tokens bent at random, for as long as one likes: `python -m tests.fuzz --minutes 5`."""
