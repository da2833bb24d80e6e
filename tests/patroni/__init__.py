"""PostgreSQL kept by Patroni, its primary killed under load: `make patroni`.

Not part of `make test`: it needs an environment of its own, and minutes.
"""
