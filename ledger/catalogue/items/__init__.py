"""The service items, a file for each version of each."""
