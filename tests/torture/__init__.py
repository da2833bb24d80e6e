"""Killing the ledger at work, and looking at what it leaves behind.

`make torture RUNS=1000` goes on for long; `test_crash.py` does a few runs each time.
"""
