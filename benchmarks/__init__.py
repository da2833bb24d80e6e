"""How fast the ledger is, each figure beside its peers in the same run.

A peer never does all that the ledger does; each row says what it leaves out.
Only the ratio within one run means anything: machines and hours differ.
"""
