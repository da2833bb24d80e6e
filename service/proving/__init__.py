"""The evidence of one case as a file that proves itself offline."""
