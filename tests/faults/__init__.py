"""A disk that fails: what is answered then, what is lost, and what goes on after.

The scenarios run in processes of their own, in which a few calls of the C
library go through `shim.c` and fail when they are told to.
"""
